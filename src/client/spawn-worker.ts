import type { WorkerLike } from './worker-like.ts';

/** Starts the engine's module worker. Vite finds the file by this very expression, so it must stay literal. */
export function spawnWorker(): WorkerLike {
  const worker = new Worker(new URL('../engine/worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-engine',
  });
  return worker as WorkerLike;
}
