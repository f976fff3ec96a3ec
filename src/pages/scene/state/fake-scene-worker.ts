import { toPlainError } from '../../../core/errors.ts';
import type { MatchScore } from '../../../core/match-score.ts';
import type { SceneProgress, SceneApi, SceneFacts } from '../contract/api.ts';
import type { SceneWorkerLike } from '../link/worker.ts';

type Answer = (argument: never, onProgress: (progress: SceneProgress) => void) => unknown;
export type SceneAnswers = Partial<Record<keyof SceneApi, Answer>>;

interface Call {
  type: 'call';
  id: number;
  method: keyof SceneApi;
  argument: never;
}

export const FACTS: SceneFacts = {
  name: 'table.spz',
  format: 'spz',
  bytes: 1000,
  count: 100,
  shDegree: 0,
  antialiased: false,
  center: [0, 0, 0],
  radius: 1,
  radiusToSee: 1,
  depth: { rule: 'plane', flatness: 0.01, because: 'flat' },
  notes: [],
};

export const SCORE: MatchScore = {
  modelId: 'm',
  modelName: 'M',
  places: 10,
  epe: 2,
  medianError: 1,
  pck: [0.5, 0.6, 0.7, 0.8],
  auroc: null,
  curve: [],
  milliseconds: 5,
};

const USUAL: SceneAnswers = {
  start: () => ({ rendersOn: 'cpu', provider: 'wasm', adapter: null, reason: '', maxGaussians: 300_000 }),
  open: ({ name }: { name: string }) => ({ ...FACTS, name }),
  hide: ({ strength }: { strength: number }) => ({ shown: Math.round(100 * (1 - strength)) }),
  cameras: ({ files }: { files: unknown[] }) => ({ count: 10 * files.length, notes: [] }),
  pair: () => ({ id: 7, pictures: { a: new Blob(['a']), b: new Blob(['b']) }, labels: new Blob(['l']), angle: 12 }),
  score: () => SCORE,
  paintScore: () => new Blob(['p']),
  truth: () => new Blob(['t']),
  dataset: ({ views }: { views: number }) => ({
    pairs: views,
    kept: 0,
    skipped: 0,
    outsideBin: 0,
    bytes: 10,
    blob: new Blob(['z']),
  }),
};

/** A scene worker for tests of the state: answers from a table, a task later, and notes what it was asked. */
export class FakeSceneWorker implements SceneWorkerLike {
  onmessage: SceneWorkerLike['onmessage'] = null;
  onerror: SceneWorkerLike['onerror'] = null;
  onmessageerror: SceneWorkerLike['onmessageerror'] = null;
  readonly calls: Call[] = [];
  readonly cancelled: number[] = [];

  constructor(private readonly answers: SceneAnswers = {}) {
    queueMicrotask(() => this.onmessage?.({ data: { type: 'ready' } }));
  }

  postMessage(message: Parameters<SceneWorkerLike['postMessage']>[0]): void {
    if (message.type === 'cancel') {
      this.cancelled.push(message.id);
      return;
    }
    const call = message as unknown as Call;
    this.calls.push(call);
    void this.answer(call);
  }

  terminate(): void {}

  /** Arguments of every call of a method, in order. */
  asked<M extends keyof SceneApi>(method: M): Parameters<SceneApi[M]>[0][] {
    return this.calls.filter((call) => call.method === method).map(({ argument }) => argument);
  }

  private async answer({ id, method, argument }: Call): Promise<void> {
    try {
      await Promise.resolve();
      const onProgress = (progress: SceneProgress) => this.onmessage?.({ data: { type: 'progress', id, progress } });
      const value = await (this.answers[method] ?? USUAL[method])?.(argument, onProgress);
      this.onmessage?.({ data: { type: 'result', id, value } });
    } catch (thrown) {
      this.onmessage?.({ data: { type: 'failure', id, error: toPlainError(thrown) } });
    }
  }
}
