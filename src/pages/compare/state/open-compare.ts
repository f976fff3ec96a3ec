import { spawnCompareWorker } from '../link/worker.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import { Compare } from './compare.ts';

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
