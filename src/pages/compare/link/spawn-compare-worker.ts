import type { CompareWorkerLike } from './compare-client.ts';

/** Starts the comparing module worker. Vite finds the file by this very expression, so it must stay literal. */
export function spawnCompareWorker(): CompareWorkerLike {
  const worker = new Worker(new URL('../worker/compare-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-compare',
  });
  return worker as CompareWorkerLike;
}
