import type { ArchiveApi } from '../shared/archive.ts';
import type { CodedError } from '../shared/errors.ts';
import type { AnswerFromWorker, CallToWorker } from '../shared/worker-messages.ts';
import { WorkerClient } from './worker-client.ts';
import type { WorkerLike } from './worker-like.ts';

export type ArchiveWorkerLike = WorkerLike<CallToWorker<ArchiveApi>, AnswerFromWorker<never>>;

/** The worker that writes a ZIP archive, as the page sees it. */
export class ArchiveClient extends WorkerClient<ArchiveApi, never> {
  constructor(worker: ArchiveWorkerLike, onDeath: (error: CodedError) => void) {
    super(worker, {
      role: { code: 'archive', name: 'writer of the archive' },
      onDeath,
      crashRemedy: 'Start again, with fewer pairs or fewer formats.',
    });
  }
}
