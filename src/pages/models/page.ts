/** The models' part of the app: no page of its own, but a button in the header, a dialog and a worker. */
export { spawnLibraryWorker } from './link/spawn-library-worker.ts';
export { ModelsAction } from './ui/models-action.tsx';
