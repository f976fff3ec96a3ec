import { spawnCompareWorker } from '../link/spawn-compare-worker.ts';
import type { Workspace } from '../../match/state/workspace.ts';
import { Compare } from './compare.ts';
import type { HandedPair } from './own-pairs.ts';

const opened = new WeakMap<Workspace, Compare>();

/** The comparison that belongs to a workspace; made when first asked for, and kept with its features. */
export function compareOf(workspace: Workspace): Compare {
  let compare = opened.get(workspace);
  if (!compare) {
    compare = new Compare(workspace, spawnCompareWorker);
    opened.set(workspace, compare);
  }
  return compare;
}

/**
 * Hands pairs with their true warps to the comparison and shows its scores: for pages that make such pairs.
 * Rejects with a CodedError where a truth cannot be read; the pairs before it are there then.
 */
export async function handPairs(workspace: Workspace, pairs: readonly HandedPair[]): Promise<void> {
  const compare = compareOf(workspace);
  for (const pair of pairs) await compare.ownPairs.addPair(pair);
  compare.update({ page: 'scores' });
  workspace.showPage('compare');
}
