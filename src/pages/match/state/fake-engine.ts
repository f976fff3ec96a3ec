import { FakeWorker } from '../link/fake-worker.ts';
import { CodedError, toPlainError } from '../../../core/errors.ts';
import type { SharedMatch, DenseField, MatchResult } from '../../../core/match.ts';
import type { Side } from '../../../core/geometry.ts';
import type { EngineMethod, ToWorker } from '../contract/protocol.ts';
import type { ModelEntry } from '../../../workspace/types.ts';

type Call = Extract<ToWorker, { type: 'call' }>;
type Handler = (argument: never) => unknown;

const size = { width: 640, height: 480 };

export const RESULT: MatchResult = {
  modelId: 'm',
  modelName: 'M',
  provider: 'wasm',
  inputSize: { a: size, b: size },
  gridSize: { a: size, b: size },
  timings: {},
  cached: { a: false, b: false },
  rescue: { tried: false, rotation: 0, scale: 1 },
  verdict: {
    kind: 'good',
    sentence: 'These photos match well.',
    overlap: { a: 0.6, b: 0.7 },
    meanCertainty: { a: 0.5, b: 0.5 },
    medianCycle: { a: 1, b: 1 },
  },
};

/** Engines for tests of the state: every worker spawned answers each call through `handlers`, a task later. */
export class FakeEngine {
  readonly workers: FakeWorker[] = [];
  /** Every call of all workers, in order. */
  readonly calls: Call[] = [];
  /** A handler may throw (a failure) or return a promise that never settles (a call that hangs). */
  readonly handlers: Partial<Record<EngineMethod, Handler>> = {
    start: () => ({ provider: 'wasm', providerReason: 'test', adapter: null, isFallbackAdapter: false, threads: 1 }),
    setPhoto: ({ name }: { name: string }) => {
      if (name.startsWith('bad')) throw new CodedError('photo-bad', `“${name}” is bad.`, 'Choose another.');
      return { name, size, workingSize: size, notes: [] };
    },
    match: () => RESULT,
    swap: () => RESULT,
    probe: ({ side, x, y }: { side: 'a' | 'b'; x: number; y: number }) => ({
      from: { side, x, y },
      to: { side: side === 'a' ? 'b' : 'a', x: x + 1, y: y + 1 },
      certainty: 0.9,
      cycleError: 0.5,
    }),
  };

  readonly spawn = (): FakeWorker => {
    const worker = new FakeWorker();
    worker.onCall = (call) => void this.answer(worker, call);
    this.workers.push(worker);
    queueMicrotask(() => worker.reply({ type: 'ready' }));
    return worker;
  };

  get worker(): FakeWorker {
    return this.workers[this.workers.length - 1];
  }

  methods(): EngineMethod[] {
    return this.calls.map((call) => call.method);
  }

  count(method: EngineMethod): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  private async answer(worker: FakeWorker, call: Call): Promise<void> {
    this.calls.push(call);
    try {
      await Promise.resolve();
      const value = await this.handlers[call.method]?.(call.argument as never);
      worker.reply({ type: 'result', id: call.id, value });
    } catch (thrown) {
      worker.reply({ type: 'failure', id: call.id, error: toPlainError(thrown) });
    }
  }
}

/** A canvas that hands over something that is not an OffscreenCanvas: enough for an engine that does not draw. */
export const fakeCanvas = () => ({ transferControlToOffscreen: () => ({}) as OffscreenCanvas });

/** Lets everything that is on its way arrive. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A matcher as the catalogue of models has it. */
export const MODEL: ModelEntry = {
  id: 'm',
  name: 'M',
  license: '',
  source: '',
  description: '',
  manifestUrl: 'm',
  multiple: 32,
  defaultLongSide: 448,
  minLongSide: 64,
  maxLongSide: 1024,
  bytes: 1,
};

/** A share file, read: photos of these names and a match of one place. */
export function fakeSharedMatch(names: Record<Side, string>, query: string): SharedMatch {
  const field: DenseField = {
    grid: { width: 1, height: 1 },
    warp: new Float32Array(2),
    certainty: new Float32Array(1),
    cycle: new Float32Array(1),
  };
  const photo = (name: string) => ({ name, file: new Blob([name]) });
  return {
    photos: { a: photo(names.a), b: photo(names.b) },
    query,
    result: { ...RESULT, modelName: 'Elsewhere' },
    fields: { a: field, b: field },
  };
}
