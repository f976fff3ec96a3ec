import { AnyOriginWorker } from '../../../platform/worker/any-origin-worker.ts';
import type { ArchiveWorkerLike } from './archive-client.ts';

/** Starts the worker that writes ZIP archives. */
export const spawnArchiveWorker = (): ArchiveWorkerLike => spawn(AnyOriginWorker);

/** As in spawn-worker.ts: the expression must stay literal. */
function spawn(Worker: typeof globalThis.Worker): ArchiveWorkerLike {
  const worker = new Worker(new URL('../worker/archive/archive-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-archive',
  });
  return worker as ArchiveWorkerLike;
}
