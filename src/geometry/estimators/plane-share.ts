import type { Matrix3 } from '../../core/matrix3.ts';
import { squaredSampson } from '../epipolar.ts';
import { fitHomographyRobust, squaredPlaneDistance } from './homography.ts';
import { median } from '../measures.ts';
import type { PointPairs } from '../point-pairs.ts';
import type { RobustOptions } from './robust.ts';

/** A distance of two dimensions that holds as much noise as one of one dimension: √(χ²₂ / χ²₁) at 95 %. */
const TWO_DIMENSIONS = Math.sqrt(5.991 / 3.841);
/** Noise of this many σ stays on the plane: √χ²₂ at 99 %. */
const NOISE_REACH = Math.sqrt(9.21);
/** σ is read from residuals up to this many thresholds: where noise exceeds the threshold, inliers alone hide it. */
const NOISE_BAND = 3;
/** From the median of absolute residuals to σ of Gaussian noise. */
const MEDIAN_TO_SIGMA = 1.4826;

/** The plane that explains most of a general model's inliers. */
export interface DominantPlane {
  homography: Matrix3;
  /** Share of those inliers that lie on it as nearly as the noise allows. */
  share: number;
  /** Largest plane distance (see squaredPlaneDistance) that counts as on it, in the unit of the pairs. */
  limit: number;
}

/**
 * How far one plane (or a mere turn) explains what an epipolar model does. A pair's distance from the epipolar geometry
 * is measured across the line only, that from the plane along it too; so both are compared as noise would give them, and
 * noise is read from the pairs, not from the threshold.
 * @param general F with the pairs' own unit, or E with rays
 * @returns null where no homography fits
 */
export function dominantPlane(
  pairs: PointPairs,
  general: Matrix3,
  inliers: Uint8Array,
  options: Pick<RobustOptions, 'threshold' | 'seed'>,
): DominantPlane | null {
  const chosen: number[] = [];
  for (let i = 0; i < inliers.length; i++) if (inliers[i]) chosen.push(i);
  const column = (values: ArrayLike<number>) => Float64Array.from(chosen, (i) => values[i]);
  const subset = { xa: column(pairs.xa), ya: column(pairs.ya), xb: column(pairs.xb), yb: column(pairs.yb) };
  const limit = Math.max(TWO_DIMENSIONS * options.threshold, NOISE_REACH * noiseOf(pairs, general, options.threshold));
  // In B alone, as transfer errors are measured, distances are larger by √2 where the scale is one.
  const fit = fitHomographyRobust(subset, { threshold: Math.SQRT2 * limit, seed: options.seed });
  return fit && { homography: fit.homography, share: shareOn(fit.homography, subset, limit), limit };
}

/** 1 for the pairs that a homography explains within the limit. */
export const onWithin = (homography: Matrix3, pairs: PointPairs, limit: number): Uint8Array =>
  Uint8Array.from(pairs.xa, (_, i) => (squaredPlaneDistance(homography, pairs, i) < limit ** 2 ? 1 : 0));

/** Share of the pairs that a homography explains within the limit. */
export function shareOn(homography: Matrix3, pairs: PointPairs, limit: number): number {
  const on = onWithin(homography, pairs, limit).reduce((sum, one) => sum + one, 0);
  return on / pairs.xa.length;
}

/** σ of the noise in every coordinate. */
function noiseOf(pairs: PointPairs, general: Matrix3, threshold: number): number {
  const residuals: number[] = [];
  for (let i = 0; i < pairs.xa.length; i++) {
    const residual = Math.sqrt(squaredSampson(general, pairs, i));
    if (residual < NOISE_BAND * threshold) residuals.push(residual);
  }
  return residuals.length ? MEDIAN_TO_SIGMA * median(residuals) : 0;
}
