import type { InstallProgress, ModelLibraryApi } from '../../models/library-contract.ts';
import type { WorkerKind, WorkerOf } from '../../platform/worker/worker-kind.ts';

export type LibraryWorkerLike = WorkerOf<ModelLibraryApi, InstallProgress>;

/** The worker that downloads, converts and keeps models. */
export const LIBRARY: WorkerKind = {
  code: 'library',
  name: 'model worker',
  crashRemedy: 'Try again; what had been downloaded is kept. A smaller model or another precision needs less memory.',
};
