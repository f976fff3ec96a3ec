import { spawnLiftWorker } from '../link/worker.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import { Lift } from './lift.ts';

const opened = new WeakMap<Workspace, Lift>();

/** The lift studio that belongs to a workspace; made when first asked for, and kept with its photo. */
export function liftOf(workspace: Workspace): Lift {
  let lift = opened.get(workspace);
  if (!lift) {
    lift = new Lift(workspace, spawnLiftWorker);
    opened.set(workspace, lift);
  }
  return lift;
}
