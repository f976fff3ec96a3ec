import { type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { raysOf, type RelativePose, squaredSampson } from '../epipolar.ts';
import { fivePoint } from './five-point.ts';
import { properSvd3, transpose3, type Vector3 } from '../linear-algebra.ts';
import { median } from '../measures.ts';
import type { PointPairs } from '../point-pairs.ts';
import { refineEpipolar } from './refine-epipolar.ts';
import { type RobustOptions, searchRobust } from './robust.ts';
import { finish, type Steps } from '../steps.ts';
import { triangulate } from '../triangulate.ts';

export interface RobustEssential {
  /** x_bᵀ E x_a = 0 for rays; Frobenius norm 1. */
  essential: Matrix3;
  /** Share of the (weighted) pairs within the threshold. */
  inlierRatio: number;
  /** 1 for pairs within the threshold. */
  inliers: Uint8Array;
  /** Minimal samples drawn. */
  iterations: number;
}

/** A pose with what speaks for it. */
export interface RecoveredPose extends RelativePose {
  /** Share of the inliers that lie in front of both cameras. */
  inFront: number;
  /**
   * Median angle between the two rays of an inlier once the rotation is undone, degrees. Near 0 the camera only turned:
   * the rotation holds, the translation is noise.
   */
  parallax: number;
}

export interface RobustPose extends RobustEssential, RecoveredPose {}

/** Inliers that cheirality is decided by. */
const VOTERS = 1000;

/**
 * Essential matrix by LO-RANSAC over 5-point samples, refined on Sampson distances over the five degrees of freedom.
 * Planar scenes are no degeneracy of it. `rays`: places after K⁻¹, the threshold in their unit.
 * @returns null where fewer than six pairs or no consistent model exist
 */
export const fitEssentialRobust = (rays: PointPairs, options: RobustOptions): RobustEssential | null =>
  finish(searchEssential(rays, options));

/** {@link fitEssentialRobust} in steps. */
export function* searchEssential(rays: PointPairs, options: RobustOptions): Steps<RobustEssential | null> {
  if (rays.xa.length < 6) return null;
  const fit = yield* searchRobust<Matrix3>(
    {
      count: rays.xa.length,
      sampleSize: 5,
      weight: rays.weight,
      solve: (sample) => fivePoint(rays, sample),
      squaredResidual: (model, i) => squaredSampson(model, rays, i),
      refine: (model, weights) => refineEpipolar(model, rays, weights, 'essential'),
    },
    options,
  );
  if (!fit) return null;
  const { model: essential, inlierRatio, inliers, iterations } = fit;
  return { essential, inlierRatio, inliers, iterations };
}

/**
 * Pose of camera B beside A from pixels and both K. The threshold is in pixels, for a focal length that is the mean of
 * both cameras'.
 */
export const fitPoseRobust = (
  pixels: PointPairs,
  Ka: Matrix3,
  Kb: Matrix3,
  options: RobustOptions,
): RobustPose | null => finish(searchPose(pixels, Ka, Kb, options));

/** {@link fitPoseRobust} in steps. */
export function* searchPose(
  pixels: PointPairs,
  Ka: Matrix3,
  Kb: Matrix3,
  options: RobustOptions,
): Steps<RobustPose | null> {
  const rays = raysOf(pixels, Ka, Kb);
  const fit = yield* searchEssential(rays, { ...options, threshold: options.threshold / meanFocal(Ka, Kb) });
  return fit && { ...fit, ...recoverPose(fit.essential, rays, fit.inliers) };
}

/** The focal length by which a threshold in pixels becomes one of rays. */
export const meanFocal = (Ka: Matrix3, Kb: Matrix3): number => (Ka[0] + Ka[4] + Kb[0] + Kb[4]) / 4;

/** Of the four poses that an essential matrix allows, the one with the most inliers in front of both cameras. */
export function recoverPose(essential: Matrix3, rays: PointPairs, inliers?: ArrayLike<number>): RecoveredPose {
  const chosen: number[] = [];
  for (let i = 0; i < rays.xa.length; i++) if (!inliers || inliers[i]) chosen.push(i);
  const step = Math.max(1, Math.ceil(chosen.length / VOTERS));
  const voters = chosen.filter((_, k) => k % step === 0);
  let best: RecoveredPose | null = null;
  for (const pose of posesOf(essential)) {
    const seen = voters.map((i) => triangulate(rays, i, pose)).filter((place) => place !== null);
    const front = seen.filter(({ depthA, depthB }) => depthA > 0 && depthB > 0);
    const inFront = voters.length ? front.length / voters.length : 0;
    if (best && inFront <= best.inFront) continue;
    best = { ...pose, inFront, parallax: (median(seen.map(({ parallax }) => parallax)) * 180) / Math.PI };
  }
  return best!;
}

/** R and t of E = [t]×R: two rotations, two signs. */
function posesOf(essential: Matrix3): RelativePose[] {
  const { u, v } = properSvd3(essential);
  const quarter: Matrix3 = [0, -1, 0, 1, 0, 0, 0, 0, 1];
  const t: Vector3 = [u[2], u[5], u[8]];
  const back: Vector3 = [-t[0], -t[1], -t[2]];
  return [quarter, transpose3(quarter)].flatMap((turn) => {
    const rotation = multiply3(multiply3(u, turn), transpose3(v));
    return [t, back].map((translation) => ({ rotation, translation }));
  });
}
