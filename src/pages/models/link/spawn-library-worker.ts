import type { LibraryWorkerLike } from '../../../workspace/library/library-worker.ts';

/** Starts the models' module worker. Vite finds the file by this very expression, so it must stay literal. */
export function spawnLibraryWorker(): LibraryWorkerLike {
  const worker = new Worker(new URL('../worker/convert-worker.ts', import.meta.url), {
    type: 'module',
    name: 'liftmatch-models',
  });
  return worker as LibraryWorkerLike;
}
