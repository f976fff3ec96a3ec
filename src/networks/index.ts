import { depthFamily } from './dpt/plan.ts';
import { eloftrFamily } from './eloftr/plan.ts';
import type { NetworkFamily } from './family.ts';
import { romaFamily } from './roma/plan.ts';
import { vitFamily } from './vit/plan.ts';

/**
 * Every family, a line each. Where a file holds several networks, the first family found is the outermost: a depth
 * network and some matchers contain a ViT.
 */
export const FAMILIES: readonly NetworkFamily[] = [depthFamily, romaFamily, eloftrFamily, vitFamily];
