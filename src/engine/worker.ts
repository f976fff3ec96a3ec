import { CodedError, toPlainError } from '../shared/errors.ts';
import type { EngineApi, EngineMethod, FromWorker, Progress, ToWorker } from '../shared/protocol.ts';
import { Engine } from './engine.ts';

/** What a handler may use besides its argument. */
export interface CallContext {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** One handler a method, checked against the protocol: a forgotten one does not compile. */
export type Handlers = {
  [M in EngineMethod]: (
    argument: Parameters<EngineApi[M]>[0],
    context: CallContext,
  ) => ReturnType<EngineApi[M]> | Promise<ReturnType<EngineApi[M]>>;
};

const scope = self as unknown as DedicatedWorkerGlobalScope;
const running = new Map<number, AbortController>();
const post = (message: FromWorker) => scope.postMessage(message);
const engine: Handlers = new Engine((reason) => post({ type: 'device-lost', reason }));

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'cancel') running.get(data.id)?.abort();
  else void answer(data);
};

async function answer({ id, method, argument }: Extract<ToWorker, { type: 'call' }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  const context: CallContext = {
    signal: controller.signal,
    onProgress: (progress) => post({ type: 'progress', id, progress }),
  };
  try {
    const known = Object.hasOwn(Engine.prototype, method);
    if (!known) throw new CodedError('internal', `The engine has no method “${String(method)}”.`);
    // The union of methods and arguments is correlated by the protocol; TypeScript cannot follow that through a lookup.
    const handler = engine[method] as (argument: unknown, context: CallContext) => unknown;
    post({ type: 'result', id, value: await handler.call(engine, argument, context) });
  } catch (error) {
    post({ type: 'failure', id, error: toPlainError(error) });
  } finally {
    running.delete(id);
  }
}

post({ type: 'ready' });
