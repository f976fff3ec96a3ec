import { type GaussianTable, sigmoid } from './table.ts';

/** What a scene is like as a whole. */
export interface SceneStatistics {
  /** Where most of what can be seen is: the median of the centres, weighted by opacity and area. */
  readonly center: readonly [number, number, number];
  /** Within this distance of the center lies {@link INNER_SHARE} of the weight. */
  readonly radius: number;
  /** The same of all but the outermost {@link TAIL_SHARE}. */
  readonly outerRadius: number;
  /** A box without the outermost {@link TAIL_SHARE} of the weight on each side: floaters do not widen it. */
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
  /**
   * φ: the median, by the same weight, of a Gaussian's smallest by its middle deviation. Discs have less than
   * {@link FLAT_BELOW}; then a pixel's depth is best read off their planes.
   */
  readonly flatness: number;
  /** The median of the largest deviation, unweighted. */
  readonly size: number;
}

export const INNER_SHARE = 0.9;
const TAIL_SHARE = 0.005;

/** From here on a scene counts as one of discs: PGSR and 2DGS lie below, plain 3DGS at about a third. */
export const FLAT_BELOW = 0.1;

/** A weighted quantile is sorted for; this many Gaussians, evenly taken from the file, give it to a few thousandths. */
const SAMPLES = 200_000;

/** Throws nothing: an empty table has a center at the origin, and no extent. */
export function sceneStatistics(table: GaussianTable): SceneStatistics {
  const step = Math.max(1, Math.ceil(table.count / SAMPLES));
  const picked = Uint32Array.from({ length: Math.ceil(table.count / step) }, (_, k) => k * step);
  const weights = Float64Array.from(picked, (i) => weightOf(table, i));
  const axis = (k: number) => Float64Array.from(picked, (i) => table.positions[3 * i + k]);
  const axes = [0, 1, 2].map(axis);
  const of = (share: number) =>
    axes.map((values) => weightedQuantile(values, weights, share)) as unknown as [number, number, number];
  const center = of(0.5);
  const distances = Float64Array.from(picked, (_, k) =>
    Math.hypot(axes[0][k] - center[0], axes[1][k] - center[1], axes[2][k] - center[2]),
  );
  return {
    center,
    radius: weightedQuantile(distances, weights, INNER_SHARE),
    outerRadius: weightedQuantile(distances, weights, 1 - TAIL_SHARE),
    min: of(TAIL_SHARE),
    max: of(1 - TAIL_SHARE),
    flatness: weightedQuantile(
      Float64Array.from(picked, (i) => flatnessOf(table, i)),
      weights,
      0.5,
    ),
    size: weightedQuantile(
      Float64Array.from(picked, (i) => sizeOf(table, i)),
      weights.map(() => 1),
      0.5,
    ),
  };
}

/** A scene that reaches farther than this many radii from its middle has a background, which need not be seen whole. */
const FAR_RADII = 2;

/**
 * How far from the middle one has to see at first: to the end of an object but for its outermost floaters, in a scene with
 * a far background to where most of it is.
 */
export const radiusToSee = ({ radius, outerRadius }: Pick<SceneStatistics, 'radius' | 'outerRadius'>): number =>
  outerRadius <= FAR_RADII * radius ? outerRadius : radius;

/** Smallest by middle deviation of Gaussian `i`, 0…1. */
export function flatnessOf({ logScales }: GaussianTable, i: number): number {
  const [a, b, c] = [logScales[3 * i], logScales[3 * i + 1], logScales[3 * i + 2]];
  const [least, most] = [Math.min(a, b, c), Math.max(a, b, c)];
  return Math.exp(least - (a + b + c - least - most));
}

/** Largest deviation of Gaussian `i`, scene units. */
export const sizeOf = ({ logScales }: GaussianTable, i: number): number =>
  Math.exp(Math.max(logScales[3 * i], logScales[3 * i + 1], logScales[3 * i + 2]));

/**
 * About how much of a picture Gaussian `i` fills seen face on: its opacity times the area of its two largest axes.
 * Areas are capped by the logarithm's own range only; a sky of a few huge ones weighs what it shows.
 */
function weightOf({ logScales, opacityLogits }: GaussianTable, i: number): number {
  const [a, b, c] = [logScales[3 * i], logScales[3 * i + 1], logScales[3 * i + 2]];
  return sigmoid(opacityLogits[i]) * Math.exp(a + b + c - Math.min(a, b, c));
}

/** The value below which `share` of the weight lies. */
function weightedQuantile(values: Float64Array, weights: Float64Array, share: number): number {
  if (values.length === 0) return 0;
  const order = Uint32Array.from(values.keys()).sort((p, q) => values[p] - values[q]);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  for (const i of order) {
    below += weights[i];
    if (below >= share * total) return values[i];
  }
  return values[order.at(-1)!];
}
