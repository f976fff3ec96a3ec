import { type Matrix3, project } from '../shared/matrix3.ts';
import { seededRandom } from './random.ts';

/** Correspondences as columns of equal length, in any one unit. Weights are optional and non-negative. */
export interface PointPairs {
  xa: ArrayLike<number>;
  ya: ArrayLike<number>;
  xb: ArrayLike<number>;
  yb: ArrayLike<number>;
  weight?: ArrayLike<number>;
}

export interface RobustOptions {
  /** Largest residual of an inlier, in the unit of the points. */
  threshold: number;
  iterations?: number;
  seed?: number;
}

export interface RobustHomography {
  homography: Matrix3;
  /** Share of the (weighted) pairs within the threshold. */
  inlierRatio: number;
}

/**
 * Homography A→B by LO-RANSAC with a truncated quadratic score (MSAC) and reweighted least squares on the inliers.
 * @returns null where fewer than four pairs or no consistent model exist
 */
export function fitHomographyRobust(pairs: PointPairs, options: RobustOptions): RobustHomography | null {
  const n = pairs.xa.length;
  if (n < 4) return null;
  const random = seededRandom(options.seed ?? 1);
  const squared = options.threshold ** 2;
  let best: Matrix3 | null = null;
  let bestScore = 0;
  const sample = new Int32Array(4);
  for (let iteration = 0; iteration < (options.iterations ?? 1000); iteration++) {
    drawDistinct(sample, n, random);
    const candidate = fitHomography(pairs, sample);
    if (!candidate || !keepsOrientation(pairs, sample, candidate)) continue;
    const score = scoreOf(pairs, candidate, squared);
    if (score > bestScore) {
      bestScore = score;
      best = candidate;
      const refined = refine(pairs, candidate, squared);
      const refinedScore = scoreOf(pairs, refined, squared);
      if (refinedScore > bestScore) {
        bestScore = refinedScore;
        best = refined;
      }
    }
  }
  if (!best) return null;
  let inliers = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const weight = pairs.weight?.[i] ?? 1;
    total += weight;
    if (residual(pairs, best, i) < squared) inliers += weight;
  }
  return { homography: best, inlierRatio: inliers / total };
}

/**
 * Least-squares homography of the pairs listed in `indices` (all if absent), h33 = 1, after moving both sets to their
 * centroid and unit spread (Hartley). Exact for four pairs. Null where they are degenerate.
 */
export function fitHomography(pairs: PointPairs, indices?: ArrayLike<number>, weights?: ArrayLike<number>): Matrix3 | null {
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
  const h = solveSymmetric(normal);
  if (!h) return null;
  // Undo the normalisation: T_b⁻¹ · H · T_a.
  const [h0, h1, h2, h3, h4, h5, h6, h7] = h;
  const left = (top: number, bottom: number, shift: number) => top / b.scale + shift * bottom;
  const m = [left(h0, h6, b.x), left(h1, h7, b.x), left(h2, 1, b.x), left(h3, h6, b.y), left(h4, h7, b.y), left(h5, 1, b.y), h6, h7, 1];
  for (const r of [0, 3, 6]) {
    m[r + 2] -= a.scale * (m[r] * a.x + m[r + 1] * a.y);
    m[r] *= a.scale;
    m[r + 1] *= a.scale;
  }
  return m.every(Number.isFinite) ? (m as unknown as Matrix3) : null;
}

function refine(pairs: PointPairs, start: Matrix3, squared: number): Matrix3 {
  let current = start;
  for (let round = 0; round < 4; round++) {
    const indices: number[] = [];
    const weights: number[] = [];
    for (let i = 0; i < pairs.xa.length; i++) {
      const r = residual(pairs, current, i);
      if (r < squared) {
        indices.push(i);
        // Smooth falling weight towards the threshold, so that one point more or less changes little.
        weights.push((pairs.weight?.[i] ?? 1) * (1 - r / squared) ** 2);
      }
    }
    if (indices.length < 4) break;
    const next = fitHomography(pairs, indices, weights);
    if (!next) break;
    current = next;
  }
  return current;
}

function scoreOf(pairs: PointPairs, model: Matrix3, squared: number): number {
  let score = 0;
  for (let i = 0; i < pairs.xa.length; i++) {
    const r = residual(pairs, model, i);
    if (r < squared) score += (pairs.weight?.[i] ?? 1) * (1 - r / squared);
  }
  return score;
}

function residual(pairs: PointPairs, model: Matrix3, i: number): number {
  const [x, y] = project(model, pairs.xa[i], pairs.ya[i]);
  const squared = (x - pairs.xb[i]) ** 2 + (y - pairs.yb[i]) ** 2;
  return Number.isNaN(squared) ? Infinity : squared;
}

/** A real camera sees no plane from behind: all sampled points must stay in front. */
function keepsOrientation(pairs: PointPairs, sample: Int32Array, model: Matrix3): boolean {
  for (const i of sample) if (Number.isNaN(project(model, pairs.xa[i], pairs.ya[i])[0])) return false;
  return true;
}

function drawDistinct(out: Int32Array, n: number, random: () => number): void {
  for (let k = 0; k < out.length; k++) {
    let i: number;
    do i = Math.floor(random() * n);
    while (out.subarray(0, k).includes(i));
    out[k] = i;
  }
}

function normalisation(x: ArrayLike<number>, y: ArrayLike<number>, n: number, at: (k: number) => number) {
  let cx = 0;
  let cy = 0;
  for (let k = 0; k < n; k++) {
    cx += x[at(k)] / n;
    cy += y[at(k)] / n;
  }
  let spread = 0;
  for (let k = 0; k < n; k++) spread += Math.hypot(x[at(k)] - cx, y[at(k)] - cy) / n;
  return { x: cx, y: cy, scale: spread > 0 ? Math.SQRT2 / spread : 1 };
}

function addOuter(normal: Float64Array, row: Float64Array, weight: number): void {
  for (let i = 0; i < 8; i++) {
    const r = weight * row[i];
    if (r) for (let j = 0; j < 9; j++) normal[9 * i + j] += r * row[j];
  }
}

/** Solves the 8×8 system whose right-hand side is column 8, by elimination with pivoting; null where singular. */
function solveSymmetric(m: Float64Array): number[] | null {
  for (let column = 0; column < 8; column++) {
    let pivot = column;
    for (let r = column + 1; r < 8; r++) if (Math.abs(m[9 * r + column]) > Math.abs(m[9 * pivot + column])) pivot = r;
    if (!(Math.abs(m[9 * pivot + column]) > 1e-12)) return null;
    if (pivot !== column) for (let j = 0; j < 9; j++) [m[9 * column + j], m[9 * pivot + j]] = [m[9 * pivot + j], m[9 * column + j]];
    for (let r = column + 1; r < 8; r++) {
      const factor = m[9 * r + column] / m[9 * column + column];
      if (factor) for (let j = column; j < 9; j++) m[9 * r + j] -= factor * m[9 * column + j];
    }
  }
  const x = new Array<number>(8);
  for (let r = 7; r >= 0; r--) {
    let sum = m[9 * r + 8];
    for (let j = r + 1; j < 8; j++) sum -= m[9 * r + j] * x[j];
    x[r] = sum / m[9 * r + r];
  }
  return x;
}
