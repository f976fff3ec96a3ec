import { depthFamily } from './dpt/plan.ts';
import { eloftrFamily } from './eloftr/plan.ts';
import { dinov3Family } from './dinov3/plan.ts';
import type { NetworkFamily } from './family.ts';
import { romaFamily } from './roma/plan.ts';
import { romav2Family } from './romav2/plan.ts';
import { vitFamily } from './vit/plan.ts';

/**
 * Every family, a line each. Where a file holds several networks, the first family found is the outermost: a depth
 * network and some matchers contain a ViT.
 */
export const FAMILIES: readonly NetworkFamily[] = [
  depthFamily,
  romav2Family,
  romaFamily,
  eloftrFamily,
  vitFamily,
  dinov3Family,
];
