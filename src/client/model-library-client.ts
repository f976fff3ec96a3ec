import type { CodedError } from '../shared/errors.ts';
import type { InstallProgress, ModelLibraryApi } from '../shared/model-library.ts';
import type { AnswerFromWorker, CallToWorker } from '../shared/worker-messages.ts';
import { WorkerClient } from './worker-client.ts';
import type { WorkerLike } from './worker-like.ts';

export type LibraryWorkerLike = WorkerLike<CallToWorker<ModelLibraryApi>, AnswerFromWorker<InstallProgress>>;

/** The worker that downloads, converts and keeps models, as the page sees it. */
export class ModelLibraryClient extends WorkerClient<ModelLibraryApi, InstallProgress> {
  constructor(worker: LibraryWorkerLike, onDeath: (error: CodedError) => void) {
    super(worker, {
      role: { code: 'library', name: 'model worker' },
      onDeath,
      crashRemedy:
        'Try again; what had been downloaded is kept. A smaller model or another precision needs less memory.',
    });
  }
}
