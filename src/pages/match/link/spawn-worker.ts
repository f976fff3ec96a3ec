import type { EngineWorkerLike } from './engine-client.ts';
import { AnyOriginWorker } from '../../../platform/worker/any-origin-worker.ts';

/** Starts the engine's module worker, also in sandboxed frames and from another origin. */
export const spawnWorker = (): EngineWorkerLike => spawn(AnyOriginWorker);

/** Vite finds the file by this very expression, so it must stay literal: only what `Worker` means is passed in. */
function spawn(Worker: typeof globalThis.Worker): EngineWorkerLike {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-engine',
  });
  return worker as EngineWorkerLike;
}
