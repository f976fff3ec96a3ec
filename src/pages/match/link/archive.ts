import { AnyOriginWorker } from '../../../platform/worker/any-origin-worker.ts';
import type { WorkerKind, WorkerOf } from '../../../platform/worker/worker-kind.ts';
import type { ArchiveApi } from '../contract/archive.ts';

export type ArchiveWorkerLike = WorkerOf<ArchiveApi, never>;

/** The worker that writes a ZIP archive. */
export const ARCHIVE: WorkerKind = {
  code: 'archive',
  name: 'writer of the archive',
  crashRemedy: 'Start again, with fewer pairs or fewer formats.',
};

export const spawnArchive = (): ArchiveWorkerLike => spawn(AnyOriginWorker);

/** As in engine.ts: the expression must stay literal. */
function spawn(Worker: typeof globalThis.Worker): ArchiveWorkerLike {
  const worker = new Worker(new URL('../worker/archive/archive-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-archive',
  });
  return worker as ArchiveWorkerLike;
}
