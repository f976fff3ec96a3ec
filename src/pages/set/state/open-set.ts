import type { Workspace } from '../../../workspace/workspace.ts';
import { spawnSetWorker } from '../link/worker.ts';
import { PhotoSet } from './photo-set.ts';

const opened = new WeakMap<Workspace, PhotoSet>();

/** The set page of a workspace; made when first asked for, and kept with its photos. */
export function setOf(workspace: Workspace): PhotoSet {
  let set = opened.get(workspace);
  if (!set) {
    set = new PhotoSet(workspace, spawnSetWorker);
    opened.set(workspace, set);
  }
  return set;
}
