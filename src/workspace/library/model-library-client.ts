import type { CodedError } from '../../core/errors.ts';
import type { InstallProgress, ModelLibraryApi } from '../../models/library-contract.ts';
import type { AnswerFromWorker, CallToWorker } from '../../platform/worker/messages.ts';
import { WorkerClient } from '../../platform/worker/worker-client.ts';
import type { WorkerLike } from '../../platform/worker/worker-like.ts';

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
