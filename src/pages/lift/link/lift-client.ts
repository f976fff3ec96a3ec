import type { CodedError } from '../../../core/errors.ts';
import type { LiftApi, LiftEvent, LiftProgress } from '../contract/api.ts';
import type { AnswerFromWorker, CallToWorker } from '../../../platform/worker/messages.ts';
import { WorkerClient } from '../../../platform/worker/worker-client.ts';
import type { WorkerLike } from '../../../platform/worker/worker-like.ts';

export type LiftWorkerLike = WorkerLike<CallToWorker<LiftApi>, AnswerFromWorker<LiftProgress> | LiftEvent>;

export interface LiftClientOptions {
  onDeath: (error: CodedError) => void;
  onDeviceLost: (reason: string) => void;
}

/** The worker that lifts, renders and scores, as the page sees it. */
export class LiftClient extends WorkerClient<LiftApi, LiftProgress, LiftEvent> {
  constructor(worker: LiftWorkerLike, { onDeath, onDeviceLost }: LiftClientOptions) {
    super(worker, {
      role: { code: 'lift', name: 'lift studio’s worker' },
      onDeath,
      onEvent: ({ reason }) => onDeviceLost(reason),
      crashRemedy: 'Choose a smaller render size if it happens again.',
    });
  }
}
