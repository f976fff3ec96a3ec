import type { LiftWorkerLike } from './lift-client.ts';

/** Starts the lift studio's module worker. Vite finds the file by this very expression, so it must stay literal. */
export function spawnLiftWorker(): LiftWorkerLike {
  const worker = new Worker(new URL('../worker/lift-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-lift',
  });
  return worker as LiftWorkerLike;
}
