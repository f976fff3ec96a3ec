import { toPlainError } from '../../core/errors.ts';
import type { AnswerFromWorker, CallToWorker } from './messages.ts';
import type { Calls, WorkerOf } from './worker-kind.ts';

/** What a fake worker answers to each call; a handler may throw, or return a promise that never settles. */
export type FakeAnswers<Api, Progress> = {
  [M in keyof Api]?: (argument: never, onProgress: (progress: Progress) => void) => unknown;
};

interface Call<Api> {
  id: number;
  method: keyof Api;
  argument: never;
}

/** A worker for tests of a page's state: answers from a table, a task later, and notes what it was asked. */
export class FakeWorker<Api extends Calls<Api>, Progress> implements Pick<WorkerOf<Api, Progress>, 'terminate'> {
  onmessage: ((event: { data: AnswerFromWorker<Progress> }) => void) | null = null;
  onerror: WorkerOf<Api, Progress>['onerror'] = null;
  onmessageerror: WorkerOf<Api, Progress>['onmessageerror'] = null;
  readonly calls: Call<Api>[] = [];
  readonly cancelled: number[] = [];
  terminated = false;

  constructor(private readonly answers: FakeAnswers<Api, Progress>) {
    queueMicrotask(() => this.onmessage?.({ data: { type: 'ready' } }));
  }

  postMessage(message: CallToWorker<Api>): void {
    if (message.type === 'cancel') {
      this.cancelled.push(message.id);
      return;
    }
    const call = message as unknown as Call<Api>;
    this.calls.push(call);
    void this.answer(call);
  }

  terminate(): void {
    this.terminated = true;
  }

  methods(): (keyof Api)[] {
    return this.calls.map(({ method }) => method);
  }

  /** Arguments of every call of a method, in order. */
  asked<M extends keyof Api>(method: M): Parameters<Api[M]>[0][] {
    return this.calls.filter((call) => call.method === method).map(({ argument }) => argument);
  }

  private async answer({ id, method, argument }: Call<Api>): Promise<void> {
    try {
      await Promise.resolve();
      const onProgress = (progress: Progress) => this.onmessage?.({ data: { type: 'progress', id, progress } });
      const value = await this.answers[method]?.(argument, onProgress);
      this.onmessage?.({ data: { type: 'result', id, value } });
    } catch (thrown) {
      this.onmessage?.({ data: { type: 'failure', id, error: toPlainError(thrown) } });
    }
  }
}
