import { type Matrix3, multiply3 } from '../../core/matrix3.ts';
import type { RelativePose } from '../epipolar.ts';
import { apply3, cross3, determinant3, properSvd3, rotationOf, transpose3, type Vector3 } from '../linear-algebra.ts';
import type { PointPairs } from '../point-pairs.ts';
import { solveLinear } from '../solve-linear.ts';

/** Singular values nearer to 1 than this, as shares, are those of a rotation: no plane can be told. */
const ROTATION_ONLY = 1e-6;

/**
 * The two motions of a camera before a plane that one homography allows, H ∝ R + t nᵀ between rays (Ma, Soatto, Košecká
 * and Sastry 2004, 5.3). Which of them, and the signs of t and n, the points decide that must lie in front. Translations
 * have length 1.
 * @returns none where the homography is a mere rotation or degenerate
 */
export function planarPoses(homography: Matrix3): RelativePose[] {
  const { singular } = properSvd3(homography);
  const middle = Math.abs(singular[1]);
  if (!(middle > 0)) return [];
  const sign = determinant3(homography) < 0 ? -1 : 1;
  const h = homography.map((value) => (sign * value) / middle) as unknown as Matrix3;
  const { singular: s, v } = properSvd3(h);
  const [most, least] = [s[0] ** 2, s[2] ** 2];
  if (most - least < ROTATION_ONLY) return [];
  const column = (k: number): Vector3 => [v[k], v[3 + k], v[6 + k]];
  const [v1, v2, v3] = [column(0), column(1), column(2)];
  const [p, q] = [Math.max(0, 1 - least), Math.max(0, most - 1)].map((part) => Math.sqrt(part / (most - least)));
  const poses: RelativePose[] = [];
  for (const side of [1, -1]) {
    // A direction in the plane's horizon whose length the homography keeps, as that of v2.
    const u = [0, 1, 2].map((k) => p * v1[k] + side * q * v3[k]) as unknown as Vector3;
    const normal = cross3(v2, u);
    const before = columns(v2, u, normal);
    const after = columns(apply3(h, v2), apply3(h, u), cross3(apply3(h, v2), apply3(h, u)));
    const rotation = multiply3(after, transpose3(before));
    const shift = apply3(h.map((value, k) => value - rotation[k]) as unknown as Matrix3, normal);
    const length = Math.hypot(...shift);
    if (!(length > 0)) continue;
    poses.push({ rotation, translation: shift.map((value) => value / length) as unknown as Vector3 });
  }
  return poses;
}

/** A camera that only turned, with lenses that may be others than those assumed. */
export interface MereTurn {
  rotation: Matrix3;
  /** Between the rays of the assumed cameras. */
  homography: Matrix3;
  /** True focal length of each camera as a multiple of the assumed one. */
  focal: { a: number; b: number };
}

/** Focal lengths that are looked for, as multiples of the assumed ones. */
const FOCAL_RANGE = { from: 1 / 3, to: 3 } as const;
const FOCAL_STARTS = [1, 0.5, 0.75, 1.4, 2] as const;
const TURN_STEPS = 12;
/** Pairs that a turn is fitted to; more only cost time. */
const TURN_PAIRS = 300;

/**
 * The turn that comes nearest to a homography between rays: with the assumed lenses (`lenses` fixed), or with the focal
 * lengths that suit it best. Fitted to the pairs by Levenberg–Marquardt on transfer errors.
 * @param rays those that the homography explains
 */
export function nearestTurn(homography: Matrix3, rays: PointPairs, lenses: 'fixed' | 'free'): MereTurn | null {
  const step = Math.max(1, Math.floor(rays.xa.length / TURN_PAIRS));
  const chosen = Array.from({ length: Math.floor(rays.xa.length / step) }, (_, k) => k * step);
  let best: { turn: MereTurn; cost: number } | null = null;
  for (const start of lenses === 'fixed' ? [1] : FOCAL_STARTS) {
    const straight = multiply3(diagonal(1 / start), multiply3(homography, diagonal(start)));
    const fitted = fitTurn(nearestRotation(straight), start, rays, chosen, lenses === 'free');
    if (!best || fitted.cost < best.cost) best = fitted;
  }
  return best?.turn ?? null;
}

function fitTurn(rotation: Matrix3, start: number, rays: PointPairs, chosen: number[], isFree: boolean) {
  const unknowns = isFree ? 5 : 3;
  let current = turnOf(rotation, Math.log(start), Math.log(start));
  let residuals = transferErrors(current.homography, rays, chosen);
  let cost = squares(residuals);
  let damping = 1e-3;
  for (let round = 0; round < TURN_STEPS; round++) {
    const jacobian = Array.from({ length: unknowns }, (_, p) => {
      const delta = new Array<number>(5).fill(0);
      delta[p] = 1e-5;
      const moved = transferErrors(movedTurn(current, delta).homography, rays, chosen);
      return moved.map((value, k) => (value - residuals[k]) / 1e-5);
    });
    let improved = false;
    for (let attempt = 0; attempt < 5 && !improved; attempt++, damping *= 10) {
      const normal = new Float64Array(unknowns * (unknowns + 1));
      for (let p = 0; p < unknowns; p++) {
        for (let q = 0; q < unknowns; q++) normal[p * (unknowns + 1) + q] = dot(jacobian[p], jacobian[q]);
        normal[p * (unknowns + 1) + p] *= 1 + damping;
        normal[p * (unknowns + 1) + unknowns] = -dot(jacobian[p], residuals);
      }
      const delta = solveLinear(normal, unknowns);
      if (!delta) break;
      const moved = movedTurn(current, [...delta, 0, 0]);
      const movedResiduals = transferErrors(moved.homography, rays, chosen);
      const movedCost = squares(movedResiduals);
      if (!(movedCost < cost)) continue;
      const gain = (cost - movedCost) / cost;
      [current, residuals, cost] = [moved, movedResiduals, movedCost];
      damping /= 100;
      improved = gain > 1e-9;
      if (!improved) return { turn: current, cost };
    }
    if (!improved) break;
  }
  return { turn: current, cost };
}

function turnOf(rotation: Matrix3, logA: number, logB: number): MereTurn {
  const bounded = (log: number) => Math.min(FOCAL_RANGE.to, Math.max(FOCAL_RANGE.from, Math.exp(log)));
  const focal = { a: bounded(logA), b: bounded(logB) };
  return {
    rotation,
    focal,
    homography: multiply3(diagonal(focal.b), multiply3(rotation, diagonal(1 / focal.a))),
  };
}

const movedTurn = ({ rotation, focal }: MereTurn, [x, y, z, a, b]: readonly number[]): MereTurn =>
  turnOf(multiply3(rotation, rotationOf([x, y, z])), Math.log(focal.a) + a, Math.log(focal.b) + b);

/** Differences in B of x and y; what lies behind is far off. */
function transferErrors(m: Matrix3, rays: PointPairs, chosen: readonly number[]): number[] {
  return chosen.flatMap((i) => {
    const [x, y] = [rays.xa[i], rays.ya[i]];
    const w = m[6] * x + m[7] * y + m[8];
    if (!(w > 1e-9)) return [10, 10];
    return [(m[0] * x + m[1] * y + m[2]) / w - rays.xb[i], (m[3] * x + m[4] * y + m[5]) / w - rays.yb[i]];
  });
}

/** The rotation nearest to a matrix whose scale says nothing. */
function nearestRotation(m: Matrix3): Matrix3 {
  const positive = determinant3(m) < 0 ? (m.map((value) => -value) as unknown as Matrix3) : m;
  const { u, v } = properSvd3(positive);
  return multiply3(u, transpose3(v));
}

const diagonal = (focal: number): Matrix3 => [focal, 0, 0, 0, focal, 0, 0, 0, 1];

const columns = (p: Vector3, q: Vector3, r: Vector3): Matrix3 => [p[0], q[0], r[0], p[1], q[1], r[1], p[2], q[2], r[2]];

function dot(p: readonly number[], q: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += p[k] * q[k];
  return sum;
}

const squares = (values: readonly number[]): number => dot(values, values);
