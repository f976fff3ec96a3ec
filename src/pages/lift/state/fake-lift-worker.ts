import type { MatchScore } from '../../../core/match-score.ts';
import type { LiftWorkerLike } from '../link/worker.ts';
import { toPlainError } from '../../../core/errors.ts';
import type { FrameFacts, LiftApi, LiftProgress } from '../contract/api.ts';

type Answer = (argument: never, onProgress: (progress: LiftProgress) => void) => unknown;
export type LiftAnswers = Partial<Record<keyof LiftApi, Answer>>;

interface Call {
  type: 'call';
  id: number;
  method: keyof LiftApi;
  argument: never;
}

export const FACTS: FrameFacts = {
  size: { width: 512, height: 384 },
  milliseconds: 1,
  covered: 0.9,
  visible: 0.8,
  viewpoint: 12,
  cameras: { a: [], b: [], pose: [] },
};

export const SCORE: MatchScore = {
  modelId: 'm',
  modelName: 'M',
  places: 100,
  epe: 2,
  medianError: 1,
  pck: [0.5, 0.8, 0.9, 1],
  auroc: 0.9,
  curve: [],
  milliseconds: 5,
};

const USUAL: LiftAnswers = {
  start: () => ({ provider: 'wasm', rendersOn: 'cpu', adapter: null, isFallbackAdapter: false }),
  setPhoto: ({ name, depth }: { name: string; depth: { kind: string } }) => ({
    photo: { name },
    depth: { kind: depth.kind, name: depth.kind, size: FACTS.size, notes: [], milliseconds: 1 },
  }),
  setDepth: ({ source }: { source: { kind: string } }) => ({
    kind: source.kind,
    name: source.kind,
    size: FACTS.size,
    notes: [],
    milliseconds: 1,
  }),
  render: () => FACTS,
  score: () => SCORE,
  addNetwork: ({ name }: { name: string }) => ({ name, bytes: 1, notKept: null }),
  probe: ({ x, y }: { x: number; y: number }) => ({ x: x + 10, y, visible: true }),
};

/** A lift worker for tests of the state: answers from a table, a task later, and notes what it was asked. */
export class FakeLiftWorker implements LiftWorkerLike {
  onmessage: LiftWorkerLike['onmessage'] = null;
  onerror: LiftWorkerLike['onerror'] = null;
  onmessageerror: LiftWorkerLike['onmessageerror'] = null;
  readonly calls: Call[] = [];
  readonly cancelled: number[] = [];
  terminated = false;

  constructor(private readonly answers: LiftAnswers = {}) {
    queueMicrotask(() => this.onmessage?.({ data: { type: 'ready' } }));
  }

  postMessage(message: Parameters<LiftWorkerLike['postMessage']>[0]): void {
    if (message.type === 'cancel') {
      this.cancelled.push(message.id);
      return;
    }
    const call = message as unknown as Call;
    this.calls.push(call);
    void this.answer(call);
  }

  terminate(): void {
    this.terminated = true;
  }

  methods(): string[] {
    return this.calls.map(({ method }) => method);
  }

  /** Arguments of every call of a method, in order. */
  asked<M extends keyof LiftApi>(method: M): Parameters<LiftApi[M]>[0][] {
    return this.calls.filter((call) => call.method === method).map(({ argument }) => argument);
  }

  private async answer({ id, method, argument }: Call): Promise<void> {
    try {
      await Promise.resolve();
      const onProgress = (progress: LiftProgress) => this.onmessage?.({ data: { type: 'progress', id, progress } });
      const value = await (this.answers[method] ?? USUAL[method])?.(argument, onProgress);
      this.onmessage?.({ data: { type: 'result', id, value } });
    } catch (thrown) {
      this.onmessage?.({ data: { type: 'failure', id, error: toPlainError(thrown) } });
    }
  }
}
