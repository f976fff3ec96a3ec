import type { CodedError } from '../../../core/errors.ts';
import type { EngineApi, EngineEvent, FromWorker, ToWorker } from '../contract/protocol.ts';
import type { Progress } from '../../../core/match.ts';
import type { CallOptions as WorkerCallOptions } from '../../../platform/worker/worker-client.ts';
import { WorkerClient } from '../../../platform/worker/worker-client.ts';
import type { WorkerLike } from '../../../platform/worker/worker-like.ts';

/** The engine's worker, or what stands in for it in a test. */
export type EngineWorkerLike = WorkerLike<ToWorker, FromWorker>;

export type CallOptions = WorkerCallOptions<Progress>;

export interface EngineClientOptions {
  /** Called once, when the worker has died or never came up. Every open call has been rejected by then. */
  onDeath: (error: CodedError) => void;
  /** The GPU device is gone; the worker still runs. */
  onDeviceLost: (reason: string) => void;
  /** How long the worker's code may take to load and say `ready`, milliseconds. */
  readyTimeout?: number;
}

/** The matching engine as the page sees it. After a death the owner makes a new worker, a new canvas and a new client. */
export class EngineClient extends WorkerClient<EngineApi, Progress, EngineEvent> {
  constructor(worker: EngineWorkerLike, { onDeath, onDeviceLost, readyTimeout }: EngineClientOptions) {
    super(worker, {
      role: { code: 'engine', name: 'matching engine' },
      onDeath,
      onEvent: ({ reason }) => onDeviceLost(reason),
      readyTimeout,
      crashRemedy:
        'It is started again by itself. If it keeps happening, choose a smaller input size or close other tabs.',
    });
  }
}
