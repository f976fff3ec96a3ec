import { dinov3Family } from './dinov3/plan.ts';
import { depthsplatFamily } from './depthsplat/plan.ts';
import { depthFamily } from './dpt/plan.ts';
import { eloftrFamily } from './eloftr/plan.ts';
import type { NetworkFamily } from './family.ts';
import { lighterGlueFamily } from './lighterglue/plan.ts';
import { loftrFamily } from './loftr/plan.ts';
import { romaFamily } from './roma/plan.ts';
import { romav2Family } from './romav2/plan.ts';
import { tinyRomaFamily } from './tiny-roma/plan.ts';
import { vitFamily } from './vit/plan.ts';
import { xfeatFamily } from './xfeat/plan.ts';
import { xfeatSparseFamily } from './xfeat/sparse-plan.ts';

/**
 * Every family, a line each. Where a file holds several networks, the first family found is the outermost: a depth
 * network and some matchers contain a ViT. The catalogue shows published checkpoints in this order.
 */
export const FAMILIES: readonly NetworkFamily[] = [
  romaFamily,
  romav2Family,
  eloftrFamily,
  loftrFamily,
  tinyRomaFamily,
  lighterGlueFamily,
  xfeatFamily,
  xfeatSparseFamily,
  depthsplatFamily,
  depthFamily,
  vitFamily,
  dinov3Family,
];

/** What `as` may be: a family, any family of a kind, or the outermost network that the tensors show. */
export const CONVERSION_TARGETS: readonly string[] = [
  ...new Set(['auto', ...FAMILIES.map(({ kind }) => kind), ...FAMILIES.map(({ name }) => name)]),
];

/** Whether a family is meant by a target; targets come from kept recipes and command lines. */
export const isMeant = ({ name, kind }: NetworkFamily, target: string): boolean =>
  target === 'auto' || target === name || target === kind;

/** The family of that name. */
export const familyOf = (name: string): NetworkFamily | undefined => FAMILIES.find((family) => family.name === name);
