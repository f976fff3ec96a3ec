import { type FakeAnswers, FakeWorker } from '../../../platform/worker/fake-worker.ts';
import type { MatchScore } from '../../../core/match-score.ts';
import type { SceneProgress, SceneApi, SceneFacts } from '../contract/api.ts';

export type SceneAnswers = FakeAnswers<SceneApi, SceneProgress>;

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
  beside: ({ files }: { files: { name: string }[] }) => {
    const surfaces = files.filter(({ name }) => name === 'surfaces.json').length;
    return { cameras: 10 * (files.length - surfaces) || null, surfaces: 5 * surfaces || null, notes: [] };
  },
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

/** The page's worker for tests of its state, see {@link FakeWorker}. */
export class FakeSceneWorker extends FakeWorker<SceneApi, SceneProgress> {
  constructor(answers: SceneAnswers = {}) {
    super({ ...USUAL, ...answers });
  }
}
