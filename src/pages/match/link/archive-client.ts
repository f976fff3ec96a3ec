import type { ArchiveApi } from '../contract/archive.ts';
import type { CodedError } from '../../../core/errors.ts';
import type { AnswerFromWorker, CallToWorker } from '../../../platform/worker/messages.ts';
import { WorkerClient } from '../../../platform/worker/worker-client.ts';
import type { WorkerLike } from '../../../platform/worker/worker-like.ts';

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
