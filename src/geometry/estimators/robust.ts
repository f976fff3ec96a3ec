import { seededRandom } from '../random.ts';
import { type RobustScore, robustScore, type ScoreMethod } from './robust-score.ts';
import { finish, type Steps } from '../steps.ts';

export interface RobustOptions {
  /** Largest residual of an inlier, in the unit of the points. */
  threshold: number;
  /** Most minimal samples that are drawn. Default 10,000. */
  iterations?: number;
  /** Sampling ends once a better model would have been met with this probability. Default 0.999999. */
  confidence?: number;
  /** Default `magsac`. */
  method?: ScoreMethod;
  seed?: number;
}

/** What the loop needs to know of a kind of model. Pairs go by index. */
export interface Estimator<Model> {
  /** Number of pairs. */
  count: number;
  sampleSize: number;
  /** Pairs that samples are drawn from; all if absent. */
  population?: ArrayLike<number>;
  /** How much every pair counts; 1 if absent. */
  weight?: ArrayLike<number>;
  /** How often every pair is drawn, compared with others; all alike if absent. For large samples, of which few would be right. */
  drawn?: ArrayLike<number>;
  /** All models through a minimal sample of distinct pairs; none where it is degenerate. */
  solve(sample: Int32Array): Model[];
  /** Squared residual of a pair; Infinity where the model cannot explain it. */
  squaredResidual(model: Model, i: number): number;
  /** Weighted least squares over all pairs, from a model near by. Null where it fails. */
  refine(model: Model, weights: Float64Array): Model | null;
}

export interface RobustFit<Model> {
  model: Model;
  /** 1 for pairs within the threshold. */
  inliers: Uint8Array;
  /** Share of the (weighted) pairs within the threshold. */
  inlierRatio: number;
  score: number;
  /** Minimal samples drawn. */
  iterations: number;
}

const DEFAULTS = { iterations: 10_000, confidence: 0.999999, method: 'magsac', seed: 1 } as const;
/** Reweighted least squares after a new best model, and at the end. */
const ROUNDS = { inner: 3, final: 10 } as const;
/** Pairs that turn most bad models down before all are asked. */
const SCOUTS = 256;
/** Samples between two steps of a search: a millisecond or so. */
const SAMPLES_A_STEP = 8;

/**
 * LO-RANSAC (Chum et al. 2003): minimal samples, each better model refined at once by iteratively reweighted least
 * squares, an end by confidence. The same seed, options and pairs give the same model.
 * @returns null where there are too few pairs or no model explains any beyond its sample
 */
export function fitRobust<Model>(estimator: Estimator<Model>, options: RobustOptions): RobustFit<Model> | null {
  return finish(searchRobust(estimator, options));
}

/** {@link fitRobust} in steps. */
export function* searchRobust<Model>(
  estimator: Estimator<Model>,
  options: RobustOptions,
): Steps<RobustFit<Model> | null> {
  const { iterations, confidence, method, seed } = { ...DEFAULTS, ...options };
  const { count, sampleSize, population, drawn } = estimator;
  const urn = new Urn(population ?? count, drawn);
  if (urn.drawable < sampleSize) return null;
  const random = seededRandom(seed);
  const jury = new Jury(estimator, robustScore(method), options.threshold ** 2);
  const sample = new Int32Array(sampleSize);
  let best: Model | null = null;
  let bestScore = 0;
  let needed = iterations;
  let iteration = 0;
  for (; iteration < needed; iteration++) {
    if (iteration % SAMPLES_A_STEP === 0) yield iteration / needed;
    urn.draw(sample, random);
    let better = false;
    for (const model of estimator.solve(sample)) {
      const score = jury.score(model, bestScore);
      if (score <= bestScore) continue;
      [best, bestScore, better] = [model, score, true];
    }
    if (!better) continue;
    [best, bestScore] = jury.refined(best!, bestScore, ROUNDS.inner);
    needed = Math.min(iterations, samplesNeeded(jury.inlierShare(best, urn), sampleSize, confidence));
  }
  if (best === null) return null;
  [best, bestScore] = jury.refined(best, bestScore, ROUNDS.final);
  const { inliers, inlierRatio } = jury.verdict(best);
  if (inliers.reduce((sum, inlier) => sum + inlier, 0) < sampleSize) return null;
  return { model: best, inliers, inlierRatio, score: bestScore, iterations: iteration };
}

/** A model that came from elsewhere, refined and judged as the search does with its own; iterations 0. */
export function polishRobust<Model>(
  estimator: Estimator<Model>,
  options: RobustOptions,
  start: Model,
): RobustFit<Model> {
  const jury = new Jury(estimator, robustScore(options.method ?? DEFAULTS.method), options.threshold ** 2);
  const [model, score] = jury.refined(start, jury.score(start, 0), ROUNDS.final);
  return { model, ...jury.verdict(model), score, iterations: 0 };
}

/** Judges models by all pairs. */
class Jury<Model> {
  private readonly weights: Float64Array;
  private readonly total: number;

  constructor(
    private readonly estimator: Estimator<Model>,
    private readonly scoring: RobustScore,
    private readonly squaredThreshold: number,
  ) {
    this.weights = new Float64Array(estimator.count);
    let total = 0;
    for (let i = 0; i < estimator.count; i++) total += estimator.weight?.[i] ?? 1;
    this.total = total;
  }

  /** Sum of gains; 0 for a model that cannot reach `toBeat`, or that a few scouts found hopeless. */
  score(model: Model, toBeat: number): number {
    if (toBeat > 0 && this.isHopeless(model, toBeat)) return 0;
    const { count, weight } = this.estimator;
    let score = 0;
    let left = this.total;
    for (let i = 0; i < count; i++) {
      const w = weight ? weight[i] : 1;
      const s = this.estimator.squaredResidual(model, i) / this.squaredThreshold;
      left -= w;
      if (s < 1) score += w * this.scoring.gain(s);
      if (score + left <= toBeat) return 0;
    }
    return score;
  }

  /** Whether every n-th pair gives the model less than half of the score, pair for pair, that it would have to beat. */
  private isHopeless(model: Model, toBeat: number): boolean {
    const { count, weight } = this.estimator;
    const step = Math.floor(count / SCOUTS);
    if (step < 4) return false;
    let score = 0;
    let total = 0;
    for (let i = 0; i < count; i += step) {
      const w = weight ? weight[i] : 1;
      const s = this.estimator.squaredResidual(model, i) / this.squaredThreshold;
      total += w;
      if (s < 1) score += w * this.scoring.gain(s);
    }
    return score * this.total < (toBeat * total) / 2;
  }

  /** The best of the model and its refinements, with its score. */
  refined(model: Model, score: number, rounds: number): [Model, number] {
    let [best, bestScore] = [model, score];
    let current = model;
    for (let round = 0; round < rounds; round++) {
      const next = this.estimator.refine(current, this.leastSquaresWeights(current));
      if (next === null) break;
      current = next;
      const nextScore = this.score(current, 0);
      // Refining on converges; a gain this small moves nothing that could be measured.
      const done = nextScore - bestScore < 1e-9 * bestScore && round > 0;
      if (nextScore > bestScore) [best, bestScore] = [current, nextScore];
      if (done) break;
    }
    return [best, bestScore];
  }

  /** How often what the urn gives is an inlier. */
  inlierShare(model: Model, urn: Urn): number {
    return urn.share((i) => this.isInlier(model, i));
  }

  verdict(model: Model): { inliers: Uint8Array; inlierRatio: number } {
    const inliers = new Uint8Array(this.estimator.count);
    let weight = 0;
    for (let i = 0; i < inliers.length; i++) {
      if (!this.isInlier(model, i)) continue;
      inliers[i] = 1;
      weight += this.estimator.weight?.[i] ?? 1;
    }
    return { inliers, inlierRatio: this.total > 0 ? weight / this.total : 0 };
  }

  private isInlier(model: Model, i: number): boolean {
    return this.estimator.squaredResidual(model, i) < this.squaredThreshold;
  }

  private leastSquaresWeights(model: Model): Float64Array {
    for (let i = 0; i < this.weights.length; i++) {
      const s = this.estimator.squaredResidual(model, i) / this.squaredThreshold;
      this.weights[i] = s < 1 ? (this.estimator.weight?.[i] ?? 1) * this.scoring.weight(s) : 0;
    }
    return this.weights;
  }
}

/** Samples after which one without outliers was drawn with the wanted probability. */
function samplesNeeded(inlierShare: number, sampleSize: number, confidence: number): number {
  const clean = inlierShare ** sampleSize;
  if (clean >= 1) return 1;
  return Math.ceil(Math.log(1 - confidence) / Math.log1p(-clean)) || Infinity;
}

/** What samples are drawn from: all pairs alike, or some oftener than others. */
class Urn {
  /** Pairs that can be drawn at all. */
  readonly drawable: number;
  private readonly count: number;
  /** Sums of how often each is drawn, up to each; null where all are alike. */
  private readonly upTo: Float64Array | null = null;

  constructor(
    private readonly population: ArrayLike<number> | number,
    drawn?: ArrayLike<number>,
  ) {
    this.count = typeof population === 'number' ? population : population.length;
    this.drawable = this.count;
    if (!drawn) return;
    this.upTo = new Float64Array(this.count);
    let [sum, drawable] = [0, 0];
    for (let k = 0; k < this.count; k++) {
      const w = Math.max(0, drawn[this.pair(k)]);
      if (w > 0) drawable++;
      this.upTo[k] = sum += w;
    }
    this.drawable = drawable;
  }

  /** Fills `out` with distinct pairs. */
  draw(out: Int32Array, random: () => number): void {
    for (let k = 0; k < out.length; k++) {
      let i: number;
      do i = this.pair(this.one(random()));
      while (out.subarray(0, k).includes(i));
      out[k] = i;
    }
  }

  /** How often a draw gives a pair of these. */
  share(isOne: (pair: number) => boolean): number {
    const { upTo, count } = this;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      if (isOne(this.pair(k))) sum += upTo ? upTo[k] - (k > 0 ? upTo[k - 1] : 0) : 1;
    }
    return sum / (upTo ? upTo[count - 1] : count);
  }

  private pair(k: number): number {
    return typeof this.population === 'number' ? k : this.population[k];
  }

  /** The place in the population that a number in [0, 1) falls on. */
  private one(at: number): number {
    const { upTo, count } = this;
    if (!upTo) return Math.floor(at * count);
    const wanted = at * upTo[count - 1];
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
