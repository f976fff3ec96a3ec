import type { CompareApi, CompareEvent, CompareProgress } from '../contract.ts';
import type { CodedError } from '../../../core/errors.ts';
import type { AnswerFromWorker, CallToWorker } from '../../../platform/worker/messages.ts';
import { WorkerClient } from '../../../platform/worker/worker-client.ts';
import type { WorkerLike } from '../../../platform/worker/worker-like.ts';

export type CompareWorkerLike = WorkerLike<CallToWorker<CompareApi>, AnswerFromWorker<CompareProgress> | CompareEvent>;

export interface CompareClientOptions {
  onDeath: (error: CodedError) => void;
  onDeviceLost: (reason: string) => void;
}

/** The worker that encodes and compares, as the page sees it. */
export class CompareClient extends WorkerClient<CompareApi, CompareProgress, CompareEvent> {
  constructor(worker: CompareWorkerLike, { onDeath, onDeviceLost }: CompareClientOptions) {
    super(worker, {
      role: { code: 'compare', name: 'comparing worker' },
      onDeath,
      onEvent: ({ reason }) => onDeviceLost(reason),
      crashRemedy: 'Compare again with fewer encoders or a smaller size.',
    });
  }
}
