import type { PlainError } from '../../core/errors.ts';

/** Page → worker: a call of `Api`, or the wish to cancel one. */
export type CallToWorker<Api> =
  | {
      [M in keyof Api]: {
        type: 'call';
        id: number;
        method: M;
        argument: Api[M] extends (argument: infer A) => unknown ? A : never;
      };
    }[keyof Api]
  | { type: 'cancel'; id: number };

/** Worker → page. `ready` comes once the worker's code runs, so failing to start differs from crashing. */
export type AnswerFromWorker<Progress> =
  | { type: 'ready' }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'failure'; id: number; error: PlainError }
  | { type: 'progress'; id: number; progress: Progress }
  /** Its graphics device is gone, and with it all that it held there. */
  | { type: 'device-lost'; reason: string };
