import { type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { conditioned, squaredSampson, unitNorm } from '../epipolar.ts';
import { epipolarRows } from './five-point.ts';
import { squaredTransferError } from './homography.ts';
import {
  apply3,
  cross3,
  determinant3,
  nullSpace9,
  properSvd3,
  skew3,
  transpose3,
  type Vector3,
} from '../linear-algebra.ts';
import { dominantPlane } from './plane-share.ts';
import type { PointPairs } from '../point-pairs.ts';
import { refineEpipolar } from './refine-epipolar.ts';
import { type Estimator, type RobustOptions, searchRobust } from './robust.ts';
import { finish, type Steps } from '../steps.ts';

export interface RobustFundamental {
  /** x_bᵀ F x_a = 0 for places in the unit of the pairs; Frobenius norm 1. */
  fundamental: Matrix3;
  /** Share of the (weighted) pairs within the threshold. */
  inlierRatio: number;
  /** 1 for pairs within the threshold. */
  inliers: Uint8Array;
  /** Minimal samples drawn. */
  iterations: number;
  /**
   * Share of the inliers that one homography explains as well (see plane-share.ts). Near 1 the scene is flat or the camera only turned: many
   * fundamental matrices then fit equally, and epipolar lines mean nothing.
   */
  planarShare: number;
}

/** From this share of a plane on, the minimal samples may all have come from it. */
const PLANE_DOMINATES = 0.5;
/** Pairs further than this from the plane, in thresholds, have parallax. */
const OFF_PLANE = 2;

/**
 * Fundamental matrix by LO-RANSAC over 7-point samples; residuals are Sampson distances. Where a plane dominates, the
 * plane's homography and two pairs off it are tried too (plane and parallax; DEGENSAC, Chum, Werner, Matas 2005).
 * @returns null where fewer than eight pairs or no consistent model exist
 */
export const fitFundamentalRobust = (pairs: PointPairs, options: RobustOptions): RobustFundamental | null =>
  finish(searchFundamental(pairs, options));

/** {@link fitFundamentalRobust} in steps. */
export function* searchFundamental(pairs: PointPairs, options: RobustOptions): Steps<RobustFundamental | null> {
  if (pairs.xa.length < 8) return null;
  const { moved, scale, undo } = conditioned(pairs);
  const scaled = { ...options, threshold: options.threshold * scale };
  let fit = yield* searchRobust(fundamentalEstimator(moved), scaled);
  if (!fit) return null;
  let plane = dominantPlane(moved, fit.model, fit.inliers, scaled);
  if (plane && plane.share > PLANE_DOMINATES) {
    const parallax = yield* searchRobust(parallaxEstimator(moved, plane.homography, scaled.threshold), scaled);
    if (parallax && parallax.score > fit.score) {
      fit = parallax;
      plane = dominantPlane(moved, fit.model, fit.inliers, scaled);
    }
  }
  return {
    fundamental: unitNorm(undo(fit.model)),
    inlierRatio: fit.inlierRatio,
    inliers: fit.inliers,
    iterations: fit.iterations,
    planarShare: plane?.share ?? 0,
  };
}

/**
 * Least-squares fundamental matrix by the normalised 8-point algorithm (Hartley 1997) over the pairs listed in
 * `indices` (all if absent), rank 2. Null for fewer than eight.
 */
export function eightPoint(
  pairs: PointPairs,
  indices?: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Matrix3 | null {
  const chosen = indices ?? Array.from({ length: pairs.xa.length }, (_, i) => i);
  if (chosen.length < 8) return null;
  const { moved, undo } = conditioned(pairs);
  const [entries] = nullSpace9(epipolarRows(moved, chosen, weights), 1);
  return unitNorm(undo(ofRankTwo(entries as unknown as Matrix3)));
}

/** The one to three fundamental matrices through seven pairs. */
export function sevenPoint(pairs: PointPairs, sample: ArrayLike<number>): Matrix3[] {
  const [p, q] = nullSpace9(epipolarRows(pairs, sample), 2);
  const mix = (t: number) => p.map((value, i) => t * value + (1 - t) * q[i]) as unknown as Matrix3;
  // det(t·P + (1 − t)·Q) is a cubic in t: known from four of its values.
  const [d0, d1, dm, d2] = [0, 1, -1, 2].map((t) => determinant3(mix(t)));
  const c2 = (d1 + dm) / 2 - d0;
  const c3 = (d2 - d0 - 4 * c2 - (d1 - dm)) / 6;
  const c1 = (d1 - dm) / 2 - c3;
  return realRoots(c3, c2, c1, d0).map((t) => unitNorm(mix(t)));
}

function fundamentalEstimator(pairs: PointPairs): Estimator<Matrix3> {
  return {
    count: pairs.xa.length,
    sampleSize: 7,
    weight: pairs.weight,
    solve: (sample) => sevenPoint(pairs, sample),
    squaredResidual: (model, i) => squaredSampson(model, pairs, i),
    refine: (model, weights) => refineEpipolar(model, pairs, weights, 'fundamental'),
  };
}

/** F = [e']× H, the epipole e' where the lines of two pairs between the plane's prediction and their place meet. */
function parallaxEstimator(pairs: PointPairs, homography: Matrix3, threshold: number): Estimator<Matrix3> {
  const offPlane: number[] = [];
  for (let i = 0; i < pairs.xa.length; i++) {
    if (squaredTransferError(homography, pairs, i) > (OFF_PLANE * threshold) ** 2) offPlane.push(i);
  }
  const line = (i: number): Vector3 =>
    cross3(apply3(homography, [pairs.xa[i], pairs.ya[i], 1]), [pairs.xb[i], pairs.yb[i], 1]);
  return {
    ...fundamentalEstimator(pairs),
    sampleSize: 2,
    population: offPlane,
    solve(sample) {
      const epipole = cross3(line(sample[0]), line(sample[1]));
      const length = Math.hypot(...epipole);
      return length > 1e-12 ? [unitNorm(multiply3(skew3(epipole), homography))] : [];
    },
  };
}

/** The nearest matrix of rank 2 in the Frobenius norm. */
function ofRankTwo(m: Matrix3): Matrix3 {
  const { u, singular, v } = properSvd3(m);
  const left = u.map((value, k) => (k % 3 < 2 ? value * singular[k % 3] : 0)) as unknown as Matrix3;
  return multiply3(left, transpose3(v));
}

/** Real roots of a cubic; of a quadratic or a line where the leading coefficients vanish. */
function realRoots(c3: number, c2: number, c1: number, c0: number): number[] {
  const size = Math.max(Math.abs(c3), Math.abs(c2), Math.abs(c1), Math.abs(c0));
  if (Math.abs(c3) < 1e-12 * size) {
    if (Math.abs(c2) < 1e-12 * size) return Math.abs(c1) > 0 ? [-c0 / c1] : [];
    const d = c1 * c1 - 4 * c2 * c0;
    return d < 0 ? [] : [(-c1 + Math.sqrt(d)) / (2 * c2), (-c1 - Math.sqrt(d)) / (2 * c2)];
  }
  // t = u − b/3 leaves u³ + pu + q = 0.
  const [b, c, d] = [c2 / c3, c1 / c3, c0 / c3];
  const p = c - (b * b) / 3;
  const q = (2 * b ** 3) / 27 - (b * c) / 3 + d;
  const discriminant = (q / 2) ** 2 + (p / 3) ** 3;
  const roots =
    discriminant > 0
      ? [Math.cbrt(-q / 2 + Math.sqrt(discriminant)) + Math.cbrt(-q / 2 - Math.sqrt(discriminant))]
      : threeRoots(p, q);
  return roots.map((u) => polished(u - b / 3, b, c, d));
}

function threeRoots(p: number, q: number): number[] {
  if (p === 0) return [0];
  const radius = 2 * Math.sqrt(-p / 3);
  const angle = Math.acos(Math.max(-1, Math.min(1, (3 * q) / (p * radius)))) / 3;
  return [0, 1, 2].map((k) => radius * Math.cos(angle - (2 * Math.PI * k) / 3));
}

/** A Newton step gives back the digits that Cardano's formula cancels. */
function polished(t: number, b: number, c: number, d: number): number {
  for (let k = 0; k < 2; k++) {
    const slope = (3 * t + 2 * b) * t + c;
    if (slope !== 0) t -= (((t + b) * t + c) * t + d) / slope;
  }
  return t;
}
