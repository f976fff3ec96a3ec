import { type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { essentialOf, raysOf, type RelativePose, squaredSampson, unitNorm } from '../epipolar.ts';
import { fivePoint } from './five-point.ts';
import { apply3, properSvd3, transpose3, type Vector3 } from '../linear-algebra.ts';
import { mean, median, poseError } from '../measures.ts';
import { type MereTurn, nearestTurn, planarPoses } from './planar-pose.ts';
import { type DominantPlane, dominantPlane, onWithin, shareOn } from './plane-share.ts';
import type { PointPairs } from '../point-pairs.ts';
import { refineEpipolar } from './refine-epipolar.ts';
import { type Estimator, polishRobust, type RobustOptions, searchRobust } from './robust.ts';
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
  /** Share of the inliers that lie in front of both cameras; those too far to be told from infinity count. */
  inFront: number;
  /**
   * Median angle between the two rays of an inlier once the rotation is undone, degrees. Near 0 the camera only turned:
   * the rotation holds, the translation is noise.
   */
  parallax: number;
}

export interface RobustPose extends RobustEssential, RecoveredPose {
  /** Share of the inliers that one homography explains as well: before a flat scene, any lens would do. */
  planarShare: number;
  /**
   * What else explains the inliers as well: a mere `turn` of a camera with other lenses, the other `pose` that a plane
   * allows, or, where a turn explains all through a narrow lens, a `shift` beside a flat scene. Null where nothing was
   * found.
   */
  rival: 'turn' | 'pose' | 'shift' | null;
}

/** Inliers that cheirality is decided by. */
const VOTERS = 1000;
/** From this share of a plane on, its two poses are tried beside the one that samples gave. */
const PLANE_MATTERS = 0.5;
/** A turn that explains this share of the inliers explains them as well as two cameras do. */
const TURN_EXPLAINS = 0.93;
/** A turn that a shift may hide more of than this, radians, is not known. */
const UNSURE_TURN = Math.PI / 180;
/** A pose that scores less than this share of the best explains less. */
const AS_WELL = 0.9;
/** Another pose that reaches this share of the best one's support, and is this far off (degrees), is a rival. */
const RIVAL = { support: 0.97, apart: 5 } as const;

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
  const fit = yield* searchRobust(essentialEstimator(rays), options);
  if (!fit) return null;
  const { model: essential, inlierRatio, inliers, iterations } = fit;
  return { essential, inlierRatio, inliers, iterations };
}

const essentialEstimator = (rays: PointPairs): Estimator<Matrix3> => ({
  count: rays.xa.length,
  sampleSize: 5,
  weight: rays.weight,
  drawn: rays.weight,
  solve: (sample) => fivePoint(rays, sample),
  squaredResidual: (model, i) => squaredSampson(model, rays, i),
  refine: (model, weights) => refineEpipolar(model, rays, weights, 'essential'),
});

/**
 * Pose of camera B beside A from pixels and both K. Where a plane dominates, an essential matrix may fit all pairs and
 * yet be the plane's other one: both are tried, and the one is taken that has the points in front of the cameras. The threshold is in pixels, for a focal length that is the mean of
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
  const scaled = { ...options, threshold: options.threshold / meanFocal(Ka, Kb) };
  const fit = yield* searchEssential(rays, scaled);
  if (!fit) return null;
  const plane = dominantPlane(rays, fit.essential, fit.inliers, scaled);
  const found = { ...fit, ...recoverPose(fit.essential, rays, fit.inliers, scaled.threshold) };
  if (!plane || plane.share < PLANE_MATTERS) return { ...found, planarShare: plane?.share ?? 0, rival: null };
  return ofPlane(rays, found, plane, scaled);
}

/** The best of the pose that was found and the two that the plane allows, with what rivals it. */
function ofPlane(
  rays: PointPairs,
  found: RobustEssential & RecoveredPose,
  plane: DominantPlane,
  options: RobustOptions,
): RobustPose {
  const estimator = essentialEstimator(rays);
  const starts = [found.essential, ...planarPoses(plane.homography).map((pose) => unitNorm(essentialOf(pose)))];
  const poses = starts
    .map((start) => {
      const { model: essential, inliers, inlierRatio, score } = polishRobust(estimator, options, start);
      const pose = recoverPose(essential, rays, inliers, options.threshold);
      return { essential, inliers, inlierRatio, iterations: found.iterations, ...pose, score };
    })
    .sort((p, q) => q.score - p.score)
    // What explains less is no other solution of the plane, however much of it lies in front.
    .filter(({ score }, _, [first]) => score > AS_WELL * first.score)
    .map(({ score, ...pose }) => ({ ...pose, support: score * pose.inFront }))
    .sort((p, q) => q.support - p.support);
  const { support, ...best } = poses[0];
  const on = inlierPairs(rays, best.inliers);
  const planarShare = shareOn(plane.homography, on, plane.limit);
  const explains = (turn: MereTurn | null) =>
    turn !== null && shareOn(turn.homography, on, plane.limit) > TURN_EXPLAINS;
  // A turn is a homography: what is off the plane is off every turn, and would pull a least-squares fit away from the rest.
  const onPlane = inlierPairs(on, onWithin(plane.homography, on, plane.limit));
  const turned = nearestTurn(plane.homography, onPlane, 'fixed');
  if (turned && explains(turned)) {
    // Its turn is known better without a baseline, which would only fit the noise.
    const { rotation } = turned;
    const seen = { inFront: aheadShare(on, rotation), parallax: parallaxOf(on, rotation) };
    return {
      ...best,
      ...seen,
      rotation,
      planarShare,
      rival: hiddenTurn(on, options.threshold) > UNSURE_TURN ? 'shift' : null,
    };
  }
  if (explains(nearestTurn(plane.homography, onPlane, 'free'))) return { ...best, planarShare, rival: 'turn' };
  const isRivalled = poses.some(
    (pose) => pose.support > RIVAL.support * support && poseError(pose, best) > RIVAL.apart,
  );
  return { ...best, planarShare, rival: isRivalled ? 'pose' : null };
}

function inlierPairs(rays: PointPairs, inliers: Uint8Array): PointPairs {
  const chosen = [...inliers.keys()].filter((i) => inliers[i]);
  const column = (values: ArrayLike<number>) => Float64Array.from(chosen, (i) => values[i]);
  return { xa: column(rays.xa), ya: column(rays.ya), xb: column(rays.xb), yb: column(rays.yb) };
}

/**
 * The turn, radians, that a shift before a plane can undo within the limit: the two differ by the turn times the squared
 * distance from the axis, so that a narrow lens cannot tell them apart.
 */
function hiddenTurn(rays: PointPairs, limit: number): number {
  const spread = (values: ArrayLike<number>) => {
    const all = Array.from(values);
    const middle = mean(all);
    return mean(all.map((value) => (value - middle) ** 2));
  };
  // Of an evenly covered photo, half the squared sides.
  return limit / (2 * (spread(rays.xa) + spread(rays.ya)));
}

/** Share of the pairs that both cameras of a mere turn look towards. */
function aheadShare(rays: PointPairs, rotation: Matrix3): number {
  let ahead = 0;
  for (let i = 0; i < rays.xa.length; i++) if (apply3(rotation, [rays.xa[i], rays.ya[i], 1])[2] > 0) ahead++;
  return ahead / rays.xa.length;
}

/** Median angle between the rays of a pair once the rotation is undone, degrees. */
function parallaxOf(rays: PointPairs, rotation: Matrix3): number {
  const angles = Array.from(rays.xa, (_, i) => {
    const [x, y, z] = apply3(rotation, [rays.xa[i], rays.ya[i], 1]);
    const [u, v] = [rays.xb[i], rays.yb[i]];
    return Math.atan2(Math.hypot(y - z * v, z * u - x, x * v - y * u), x * u + y * v + z);
  });
  return (median(angles) * 180) / Math.PI;
}

/** The focal length by which a threshold in pixels becomes one of rays. */
export const meanFocal = (Ka: Matrix3, Kb: Matrix3): number => (Ka[0] + Ka[4] + Kb[0] + Kb[4]) / 4;

/**
 * Of the four poses that an essential matrix allows, the one with the most inliers in front of both cameras.
 * @param noise rays that the turn brings nearer to each other than this meet at infinity as far as can be told: in front
 */
export function recoverPose(
  essential: Matrix3,
  rays: PointPairs,
  inliers?: ArrayLike<number>,
  noise = 0,
): RecoveredPose {
  const chosen: number[] = [];
  for (let i = 0; i < rays.xa.length; i++) if (!inliers || inliers[i]) chosen.push(i);
  const step = Math.max(1, Math.ceil(chosen.length / VOTERS));
  const voters = chosen.filter((_, k) => k % step === 0);
  let best: RecoveredPose | null = null;
  let mostVotes = -1;
  for (const pose of posesOf(essential)) {
    const parallaxes: number[] = [];
    let front = 0;
    let far = 0;
    for (const i of voters) {
      const place = triangulate(rays, i, pose);
      if (place) parallaxes.push(place.parallax);
      if (place && place.depthA > 0 && place.depthB > 0) front++;
      else if (noise > 0 && isFar(rays, i, pose.rotation, noise)) far++;
    }
    // What is far says nothing of the baseline's sign.
    const votes = front + far + 1e-3 * front;
    if (votes <= mostVotes) continue;
    mostVotes = votes;
    const inFront = voters.length ? (front + far) / voters.length : 0;
    best = { ...pose, inFront, parallax: (median(parallaxes) * 180) / Math.PI };
  }
  return best!;
}

function isFar(rays: PointPairs, i: number, rotation: Matrix3, noise: number): boolean {
  const [x, y, z] = apply3(rotation, [rays.xa[i], rays.ya[i], 1]);
  return z > 0 && Math.hypot(x / z - rays.xb[i], y / z - rays.yb[i]) < noise;
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
