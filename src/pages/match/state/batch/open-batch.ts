import { spawnArchive } from '../../link/archive.ts';
import { spawnEngine } from '../../link/engine.ts';
import type { MatchWorkspace } from '../match-workspace.ts';
import { Batch } from './batch.ts';

/** A batch goes on while its dialog is closed: one a workspace. */
const known = new WeakMap<MatchWorkspace, Batch>();

/** The workspace's batch. */
export function openBatch(workspace: MatchWorkspace): Batch {
  const batch =
    known.get(workspace) ??
    new Batch(workspace.store, {
      spawnEngine,
      spawnArchive,
      makeCanvas: () => (typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1)),
      gpu: workspace.gpu,
    });
  known.set(workspace, batch);
  return batch;
}
