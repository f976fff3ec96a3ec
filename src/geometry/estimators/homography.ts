import { type Matrix3, project } from '../../core/matrix3.ts';
import { normalisation, type PointPairs } from '../point-pairs.ts';
import { type Estimator, type RobustOptions, searchRobust } from './robust.ts';
import { solveLinear } from '../solve-linear.ts';
import { finish, type Steps } from '../steps.ts';

export interface RobustHomography {
  homography: Matrix3;
  /** Share of the (weighted) pairs within the threshold. */
  inlierRatio: number;
  /** 1 for pairs within the threshold. */
  inliers: Uint8Array;
  /** Minimal samples drawn. */
  iterations: number;
}

/** A homography takes few samples: four points with half of them wrong are met in 200. */
const ITERATIONS = 1000;

/**
 * Homography A→B by LO-RANSAC; residuals are transfer errors in B.
 * @returns null where fewer than four pairs or no consistent model exist
 */
export const fitHomographyRobust = (pairs: PointPairs, options: RobustOptions): RobustHomography | null =>
  finish(searchHomography(pairs, options));

/** {@link fitHomographyRobust} in steps. */
export function* searchHomography(pairs: PointPairs, options: RobustOptions): Steps<RobustHomography | null> {
  const fit = yield* searchRobust(homographyEstimator(pairs), { iterations: ITERATIONS, ...options });
  if (!fit) return null;
  const { model: homography, inlierRatio, inliers, iterations } = fit;
  return { homography, inlierRatio, inliers, iterations };
}

function homographyEstimator(pairs: PointPairs): Estimator<Matrix3> {
  return {
    count: pairs.xa.length,
    sampleSize: 4,
    weight: pairs.weight,
    solve(sample) {
      const candidate = fitHomography(pairs, sample);
      return candidate && keepsOrientation(pairs, sample, candidate) ? [candidate] : [];
    },
    squaredResidual: (model, i) => squaredTransferError(model, pairs, i),
    refine(_, weights) {
      const chosen: number[] = [];
      for (let i = 0; i < weights.length; i++) if (weights[i] > 0) chosen.push(i);
      if (chosen.length < 4) return null;
      return fitHomography(
        pairs,
        chosen,
        chosen.map((i) => weights[i]),
      );
    },
  };
}

/** Squared distance in B between where the homography takes a pair's place and where the pair says; Infinity behind. */
export function squaredTransferError(model: Matrix3, pairs: PointPairs, i: number): number {
  const x = pairs.xa[i];
  const y = pairs.ya[i];
  const w = model[6] * x + model[7] * y + model[8];
  if (!(w > 1e-9)) return Infinity;
  const dx = (model[0] * x + model[1] * y + model[2]) / w - pairs.xb[i];
  const dy = (model[3] * x + model[4] * y + model[5]) / w - pairs.yb[i];
  return dx * dx + dy * dy;
}

/**
 * First-order squared distance of a pair from what the homography allows, both photos together, in the squared unit of
 * the points: what Sampson's distance is to epipolar geometry. For noise of σ in every coordinate it is σ² times a χ² of
 * two degrees of freedom, Sampson's of one. Infinity behind.
 */
export function squaredPlaneDistance(m: Matrix3, pairs: PointPairs, i: number): number {
  const [x, y, u, v] = [pairs.xa[i], pairs.ya[i], pairs.xb[i], pairs.yb[i]];
  const w = m[6] * x + m[7] * y + m[8];
  if (!(w > 1e-9)) return Infinity;
  const [e, f] = [m[0] * x + m[1] * y + m[2] - u * w, m[3] * x + m[4] * y + m[5] - v * w];
  const [a, b] = [m[0] - u * m[6], m[1] - u * m[7]];
  const [c, d] = [m[3] - v * m[6], m[4] - v * m[7]];
  const [p, q, r] = [a * a + b * b + w * w, a * c + b * d, c * c + d * d + w * w];
  const determinant = p * r - q * q;
  return determinant > 0 ? (r * e * e - 2 * q * e * f + p * f * f) / determinant : Infinity;
}

/**
 * Least-squares homography of the pairs listed in `indices` (all if absent), h33 = 1, after moving both sets to their
 * centroid and unit spread (Hartley). Exact for four pairs. Null where they are degenerate.
 */
export function fitHomography(
  pairs: PointPairs,
  indices?: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Matrix3 | null {
  const n = indices ? indices.length : pairs.xa.length;
  const at = (k: number) => (indices ? indices[k] : k);
  const a = normalisation(pairs.xa, pairs.ya, n, at);
  const b = normalisation(pairs.xb, pairs.yb, n, at);
  // Normal equations of the 2n × 8 linear system.
  const normal = new Float64Array(8 * 9);
  const row = new Float64Array(9);
  for (let k = 0; k < n; k++) {
    const i = at(k);
    const w = weights ? weights[k] : 1;
    const x = (pairs.xa[i] - a.x) * a.scale;
    const y = (pairs.ya[i] - a.y) * a.scale;
    const u = (pairs.xb[i] - b.x) * b.scale;
    const v = (pairs.yb[i] - b.y) * b.scale;
    row.set([x, y, 1, 0, 0, 0, -u * x, -u * y, u]);
    addOuter(normal, row, w);
    row.set([0, 0, 0, x, y, 1, -v * x, -v * y, v]);
    addOuter(normal, row, w);
  }
  const h = solveLinear(normal, 8);
  if (!h) return null;
  // Undo the normalisation: T_b⁻¹ · H · T_a.
  const [h0, h1, h2, h3, h4, h5, h6, h7] = h;
  const left = (top: number, bottom: number, shift: number) => top / b.scale + shift * bottom;
  const m = [
    left(h0, h6, b.x),
    left(h1, h7, b.x),
    left(h2, 1, b.x),
    left(h3, h6, b.y),
    left(h4, h7, b.y),
    left(h5, 1, b.y),
    h6,
    h7,
    1,
  ];
  for (const r of [0, 3, 6]) {
    m[r + 2] -= a.scale * (m[r] * a.x + m[r + 1] * a.y);
    m[r] *= a.scale;
    m[r + 1] *= a.scale;
  }
  return m.every(Number.isFinite) ? (m as unknown as Matrix3) : null;
}

/** A real camera sees no plane from behind: all sampled points must stay in front. */
function keepsOrientation(pairs: PointPairs, sample: Int32Array, model: Matrix3): boolean {
  for (const i of sample) if (Number.isNaN(project(model, pairs.xa[i], pairs.ya[i])[0])) return false;
  return true;
}

function addOuter(normal: Float64Array, row: Float64Array, weight: number): void {
  for (let i = 0; i < 8; i++) {
    const r = weight * row[i];
    if (r) for (let j = 0; j < 9; j++) normal[9 * i + j] += r * row[j];
  }
}
