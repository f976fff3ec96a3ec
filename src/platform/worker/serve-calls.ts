import { CodedError, partMissing, toPlainError } from '../../core/errors.ts';
import { lossesTold } from '../gpu/watch-device.ts';
import type { AnswerFromWorker, CallToWorker } from './messages.ts';
import { serving } from './serving.ts';

/** What a handler may use besides its argument. */
export interface ServedCall<Progress> {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** One handler a method, checked against the protocol: a forgotten one does not compile. */
export type ServedHandlers<Api, Progress> = {
  [M in keyof Api]: Api[M] extends (argument: infer A) => infer R
    ? (argument: A, context: ServedCall<Progress>) => R | Promise<R>
    : never;
};

/** What an answer holds that moves to the page rather than being copied. */
const moved = new WeakMap<object, Transferable[]>();

/** Marks objects inside a handler's answer to be moved to the page: this worker cannot use them afterwards. */
export function moving<T extends object>(answer: T, objects: Transferable[]): T {
  moved.set(answer, objects);
  return answer;
}

/** Answers the page's calls in this worker, several at a time, and says `ready`. */
export function serveCalls<Api, Progress>(
  scope: DedicatedWorkerGlobalScope,
  handlers: ServedHandlers<Api, Progress>,
): void {
  const running = new Map<number, AbortController>();
  const post = (message: AnswerFromWorker<Progress>, transfer: Transferable[] = []) =>
    scope.postMessage(message, transfer);
  // Methods are the class's own: nothing that every object inherits can be called.
  const methods = Object.getPrototypeOf(handlers) as object;

  const answer = async (id: number, method: keyof Api, argument: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    serving.calls++;
    const context: ServedCall<Progress> = {
      signal: controller.signal,
      onProgress: (progress) => post({ type: 'progress', id, progress }),
    };
    try {
      if (!Object.hasOwn(methods, method))
        throw new CodedError('internal', `The worker has no method “${String(method)}”.`);
      // The union of methods and arguments is correlated by the protocol; TypeScript cannot follow that through a lookup.
      const handler = handlers[method] as (argument: unknown, context: ServedCall<Progress>) => unknown;
      const value = await handler.call(handlers, argument, context);
      post({ type: 'result', id, value }, moved.get(value as object));
    } catch (error) {
      // What fails because the device is gone ends with the worker, and is not told for itself.
      if (!controller.signal.aborted) await lossesTold();
      post({ type: 'failure', id, error: toPlainError(partMissing(error)) });
    } finally {
      serving.calls--;
      running.delete(id);
    }
  };

  scope.onmessage = ({ data }: MessageEvent<CallToWorker<Api>>) => {
    if (data.type === 'cancel') running.get(data.id)?.abort();
    else void answer(data.id, data.method, data.argument);
  };
  post({ type: 'ready' });
}

/** Tells the page that this worker's graphics device is gone: it will end the worker. */
export function tellDeviceLost(scope: DedicatedWorkerGlobalScope, reason: string): void {
  scope.postMessage({ type: 'device-lost', reason } satisfies AnswerFromWorker<never>);
}
