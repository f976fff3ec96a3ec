import { type FakeAnswers, FakeWorker } from '../../../platform/worker/fake-worker.ts';
import type { MatchScore } from '../../../core/match-score.ts';
import type { FrameFacts, LiftApi, LiftProgress } from '../contract/api.ts';

export type LiftAnswers = FakeAnswers<LiftApi, LiftProgress>;

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

/** The page's worker for tests of its state, see {@link FakeWorker}. */
export class FakeLiftWorker extends FakeWorker<LiftApi, LiftProgress> {
  constructor(answers: LiftAnswers = {}) {
    super({ ...USUAL, ...answers });
  }
}
