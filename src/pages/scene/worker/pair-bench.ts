import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import type { ModelSource } from '../../../core/match.ts';
import type { MatchScore, SweepPoint } from '../../../core/match-score.ts';
import { truthNpz } from '../../../exports/dataset/truth-npz.ts';
import { datasetPair } from '../../../exports/scene-dataset/scene-files.ts';
import { resized, type SplatCamera } from '../../../gaussians/camera.ts';
import { sweptView } from '../../../gaussians/pairs/swept-view.ts';
import { colourBytes, pairOf, type ScenePair } from '../../../gaussians/pairs/scene-pair.ts';
import type { SplatMaps } from '../../../gaussians/raster/render.ts';
import { releaseMaps, type SideMaps } from '../../../matching/scoring/score-maps.ts';
import type { ViewScorer } from '../../../matching/scoring/view-scorer.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import type { SceneApi, SceneProgress, ScorePaint } from '../contract/api.ts';
import { pairViews } from './pair-views.ts';
import { encodePng } from './pairs.ts';
import { paintScore } from './paint-score.ts';

type SweepOptions = Parameters<SceneApi['sweep']>[0];

interface JobContext {
  signal: AbortSignal;
  onProgress: (progress: SceneProgress) => void;
}

const MAX_STEPS = 200;

/** What is done with a pair once it is labelled: matchers are measured on it, and others get its truth. */
export class PairBench {
  private last: { id: number; pair: ScenePair } | null = null;
  private shown: { colour: Uint8ClampedArray; maps: SideMaps<Float32Array>; pair: ScenePair } | null = null;
  private made = 0;

  /** @param root of the device that matchers run on; null for the CPU */
  constructor(
    private readonly scorer: ViewScorer,
    private readonly root: Scope | null,
  ) {}

  /** Takes a pair in place of the last one. @returns what it is known by */
  keep(pair: ScenePair): number {
    this.drop();
    this.last = { id: ++this.made, pair };
    return this.made;
  }

  /** The scene is another one: its pair means nothing. */
  drop(): void {
    if (this.last) this.scorer.forget(keyOf(this.last.id));
    this.last = null;
    this.shown = null;
  }

  async score(
    { pair: id, model, longSide }: Parameters<SceneApi['score']>[0],
    context: JobContext,
  ): Promise<MatchScore> {
    throwIfAborted(context.signal);
    const pair = this.require(id);
    const key = keyOf(id);
    const { score, maps } = await this.measure(pair, { a: `${key}/a`, b: `${key}/b` }, model, longSide, context);
    // Another pair may have come meanwhile.
    if (this.last?.id === id) this.shown = { colour: colourBytes(pair.a.maps), maps, pair };
    return score;
  }

  /** @throws CodedError `scene-no-score` */
  async paint(options: ScorePaint): Promise<Blob> {
    const { shown } = this;
    if (!shown) throw new CodedError('scene-no-score', 'This pair has not been scored.', 'Score it first.');
    const { width, height } = shown.pair.a.camera;
    return encodePng(paintScore(shown.colour, shown.maps, options), width, height);
  }

  truth(id: number): Promise<Blob> {
    return truthNpz(datasetPair(this.require(id)));
  }

  /**
   * Renders second views from `from` to `to` and measures every model on each. Points are told as they are there; the
   * same options on the same scene give the same points.
   * @param render a view at its camera's size
   * @throws CodedError `sweep-options`, `scene-nothing-seen`, `cancelled`
   */
  async sweep(
    options: SweepOptions,
    size: { width: number; height: number },
    render: (camera: SplatCamera) => Promise<SplatMaps>,
    context: JobContext,
  ): Promise<SweepPoint[]> {
    checkSweep(options);
    const { kind, from, to, steps, models, longSide, rule } = options;
    const total = models.length * steps;
    const points: SweepPoint[] = [];
    context.onProgress({ stage: 'render', done: 0, total });
    const a = { camera: resized(options.view, size.width, size.height), maps: await rendered(options.view) };
    const depth = medianDepth(a.maps);
    const key = `scene/sweep-${++this.made}`;

    async function rendered(view: SplatCamera): Promise<SplatMaps> {
      throwIfAborted(context.signal);
      return render(resized(view, size.width, size.height));
    }

    try {
      for (const model of models) {
        for (let step = 0; step < steps; step++) {
          const value = steps === 1 ? from : from + ((to - from) * step) / (steps - 1);
          context.onProgress({ stage: 'render', done: points.length, total });
          const camera = sweptView(a.camera, depth, kind, value);
          const pair = pairOf(a, { camera, maps: await rendered(camera) }, rule);
          const onProgress = ({ stage, check }: SceneProgress) =>
            context.onProgress({ stage, done: points.length, total, ...(check && { check }) });
          const { score } = await this.measure(pair, { a: `${key}/a`, b: `${key}/b` }, model, longSide, {
            signal: context.signal,
            onProgress,
          });
          const point: SweepPoint = { model: model.id, step, value, score };
          points.push(point);
          context.onProgress({ stage: 'score', done: points.length, total, point });
        }
      }
    } finally {
      this.scorer.forget(key);
    }
    return points;
  }

  private async measure(
    pair: ScenePair,
    keys: { a: string; b: string },
    model: ModelSource,
    longSide: number | null,
    { signal, onProgress }: JobContext,
  ): Promise<{ score: MatchScore; maps: SideMaps<Float32Array> }> {
    const views = pairViews(pair, keys, this.root);
    try {
      const { score, maps } = await this.scorer.measure(model, views, {
        longSide,
        signal,
        onProgress: ({ stage, fraction, check }) =>
          onProgress({ stage, done: fraction ?? 0, total: fraction === null ? null : 1, ...(check && { check }) }),
      });
      if (maps.on === 'cpu') return { score, maps: maps.sides.a };
      releaseMaps(maps);
      throw new Error('Views in ordinary memory were measured on the GPU.');
    } finally {
      views.release();
    }
  }

  private require(id: number): ScenePair {
    if (this.last?.id === id) return this.last.pair;
    throw new CodedError('scene-no-pair', 'This pair is not there any more.', 'Set A and B, or draw a pair.');
  }
}

const keyOf = (id: number) => `scene/${id}`;

/** @throws CodedError `scene-nothing-seen` */
function medianDepth({ depth, alpha }: SplatMaps): number {
  const depths = Float64Array.from(depth.rayMedian)
    .filter((z, i) => z > 0 && alpha[i] > 0.5)
    .sort();
  if (depths.length > 0) return depths[Math.floor(depths.length / 2)];
  throw new CodedError(
    'scene-nothing-seen',
    'View A shows nothing of the scene.',
    'Turn to the scene, then set it as A.',
  );
}

function checkSweep({ kind, from, to, steps, models }: SweepOptions): void {
  const isRange = Number.isFinite(from) && Number.isFinite(to) && (kind === 'angle' || Math.min(from, to) > 0);
  if (isRange && Number.isInteger(steps) && steps >= 1 && steps <= MAX_STEPS && models.length > 0) return;
  throw new CodedError(
    'sweep-options',
    `A sweep of ${kind} from ${from} to ${to} in ${steps} steps with ${models.length} models cannot be run.`,
    `Choose at least one model, 1 to ${MAX_STEPS} steps${kind === 'angle' ? '' : ', factors above 0'} and two numbers.`,
  );
}
