import type { Size } from '../../core/geometry.ts';
import type { DenseField } from '../../core/match.ts';
import { inverseDepth, type Pose } from '../../geometry/inverse-depth.ts';

/** A lens without distortion whose principal point is the photo's centre: focal lengths as shares of width and height. */
export type UnitFocal = readonly [x: number, y: number];

/** What one photo's warp says of depth before its own camera, on a grid over the photo. */
export interface TriangulatedMap {
  readonly size: Size;
  /** [h, w] 1 / depth, baselines; any number where the weight is 0. */
  readonly inverse: Float32Array;
  /** [h, w] 1 / variance of it: certainty over the variance that the rays' angle gives; 0 where nothing is told. */
  readonly weight: Float32Array;
  /** [h, w] 0…1: that the other photo shows the place, and that cameras and both warps agree on where. */
  readonly covisible: Float32Array;
}

export interface TriangulateOptions {
  /** Of the photo's file; the field's cycle errors are its pixels. */
  readonly photo: Size;
  readonly here: UnitFocal;
  readonly there: UnitFocal;
  /** From this photo's camera to the other's, the translation of length 1. */
  readonly pose: Pose;
  /** Standard deviation of a match, in the other photo's picture at focal length 1. */
  readonly noise: number;
}

/** Certainty from which a place counts as seen by both, and below which as seen by one. */
const SEEN = [0.2, 0.6] as const;
/** Distance of two rays, in standard deviations of a match, at which a place counts a quarter. */
const MEETS = 3;

/**
 * Triangulates every cell of a warp by least squares in the other picture (see geometry/inverse-depth.ts), with the
 * variance that a match's noise has there: x′(ι) moves by |t.xy − x′ t.z| / depth′ for one unit of ι.
 */
export function triangulateField(field: DenseField, options: TriangulateOptions): TriangulatedMap {
  const { grid: size, warp, certainty, cycle } = field;
  const { photo, here, there, pose, noise } = options;
  const points = size.width * size.height;
  const inverse = new Float32Array(points);
  const weight = new Float32Array(points);
  const covisible = new Float32Array(points);
  const [r, [tx, ty, tz]] = [pose.rotation, pose.translation];
  const cycleUnit = 1 / (photo.width * here[0]);
  for (let y = 0, i = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, i++) {
      const [s, t] = [warp[i], warp[points + i]];
      if (!(certainty[i] > 0) || !(Math.abs(s) <= 1) || !(Math.abs(t) <= 1)) continue;
      const a = [((x + 0.5) / size.width - 0.5) / here[0], ((y + 0.5) / size.height - 0.5) / here[1]] as const;
      const b = [s / 2 / there[0], t / 2 / there[1]] as const;
      const { value, residual } = inverseDepth(a, b, pose);
      const depth = r[6] * a[0] + r[7] * a[1] + r[8] + value * tz;
      if (!(depth > 0)) continue;
      const deviation = Math.hypot(noise, Math.min(cycle[i] * cycleUnit, 1) / 2);
      const along = Math.hypot(tx - b[0] * tz, ty - b[1] * tz);
      const meets = 1 / (1 + (residual / (MEETS * deviation)) ** 2) ** 2;
      const spread = (deviation * depth) / Math.max(along, 1e-9);
      inverse[i] = value;
      // A place that would lie behind the camera by more than its noise is matched wrong.
      const ahead = value > -2 * spread ? 1 : 0;
      weight[i] = (ahead * certainty[i] * meets) / (spread * spread);
      covisible[i] = ahead * smoothstep(SEEN[0], SEEN[1], certainty[i]) * Math.min(1, 4 * meets);
    }
  }
  return { size, inverse, weight, covisible };
}

export const smoothstep = (low: number, high: number, value: number): number => {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
};
