import { type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { squaredSampson } from '../epipolar.ts';
import { properSvd3, rotationOf } from '../linear-algebra.ts';
import type { PointPairs } from '../point-pairs.ts';
import { solveLinear } from '../solve-linear.ts';

/** U · diag(1, s, 0) · Vᵀ with rotations U and V: every F, and with s = 1 every E. */
interface Factors {
  u: Matrix3;
  v: Matrix3;
  s: number;
}

/** Turns of U about x, y, z, of V about x, y, z, and s. E has no s, and its turns about z are one and the same. */
const FREE = { essential: [0, 1, 2, 3, 4], fundamental: [0, 1, 2, 3, 4, 5, 6] } as const;
const MAX_STEPS = 5;

/**
 * Weighted least squares on signed Sampson distances by Levenberg–Marquardt on the manifold of essential (five
 * degrees of freedom) or fundamental matrices (seven; orthonormal representation of Bartoli and Sturm 2004).
 * @returns a matrix of Frobenius norm ≈ 1 that is no worse than `start`
 */
export function refineEpipolar(
  start: Matrix3,
  pairs: PointPairs,
  weights: Float64Array,
  kind: keyof typeof FREE,
): Matrix3 | null {
  const { u, singular, v } = properSvd3(start);
  if (!(singular[0] > 0)) return null;
  let current: Factors = { u, v, s: kind === 'essential' ? 1 : singular[1] / singular[0] };
  const free = FREE[kind];
  let cost = costOf(compose(current), pairs, weights);
  let damping = 1e-4;
  for (let step = 0; step < MAX_STEPS; step++) {
    const normal = normalEquations(current, pairs, weights, free);
    let improved = false;
    for (let attempt = 0; attempt < 4 && !improved; attempt++, damping *= 10) {
      const damped = normal.slice();
      for (let p = 0; p < free.length; p++) damped[p * (free.length + 1) + p] *= 1 + damping;
      const delta = solveLinear(scaledUp(damped), free.length);
      if (!delta) return unitScale(current);
      const moved = move(current, delta, free);
      const movedCost = costOf(compose(moved), pairs, weights);
      if (movedCost < cost) {
        improved = true;
        const gain = (cost - movedCost) / cost;
        [current, cost] = [moved, movedCost];
        damping /= 100;
        if (gain < 1e-8) return unitScale(current);
      }
    }
    if (!improved) break;
  }
  return unitScale(current);
}

const unitScale = (factors: Factors): Matrix3 =>
  compose(factors).map((value) => value / Math.hypot(1, factors.s)) as unknown as Matrix3;

/** The matrix M that the factors make. */
function compose({ u, v, s }: Factors): Matrix3 {
  const m = new Array<number>(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) m[3 * i + j] = u[3 * i] * v[3 * j] + s * u[3 * i + 1] * v[3 * j + 1];
  }
  return m as unknown as Matrix3;
}

function move({ u, v, s }: Factors, delta: readonly number[], free: readonly number[]): Factors {
  const d = new Array<number>(7).fill(0);
  free.forEach((parameter, p) => (d[parameter] = delta[p]));
  return {
    u: multiply3(u, rotationOf([d[0], d[1], d[2]])),
    v: multiply3(v, rotationOf([d[3], d[4], d[5]])),
    s: s + d[6],
  };
}

/** dM by each of the seven parameters: 7 × 9. */
function derivatives({ u, v, s }: Factors): Float64Array {
  const d = new Float64Array(63);
  for (let i = 0; i < 3; i++) {
    const [u1, u2, u3] = [u[3 * i], u[3 * i + 1], u[3 * i + 2]];
    for (let j = 0; j < 3; j++) {
      const [v1, v2, v3] = [v[3 * j], v[3 * j + 1], v[3 * j + 2]];
      const at = 3 * i + j;
      d[at] = s * u3 * v2;
      d[9 + at] = -u3 * v1;
      d[18 + at] = u2 * v1 - s * u1 * v2;
      d[27 + at] = s * u2 * v3;
      d[36 + at] = -u1 * v3;
      d[45 + at] = u1 * v2 - s * u2 * v1;
      d[54 + at] = u2 * v2;
    }
  }
  return d;
}

/** JᵀJ with −Jᵀr beside it: n rows of n + 1. */
function normalEquations(
  factors: Factors,
  pairs: PointPairs,
  weights: Float64Array,
  free: readonly number[],
): Float64Array {
  const n = free.length;
  const m = compose(factors);
  const by = derivatives(factors);
  const normal = new Float64Array(n * (n + 1));
  const gradient = new Float64Array(9);
  const row = new Float64Array(n);
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i];
    if (!(w > 0)) continue;
    const residual = sampsonGradient(m, pairs, i, gradient);
    for (let p = 0; p < n; p++) {
      let sum = 0;
      for (let k = 0; k < 9; k++) sum += by[9 * free[p] + k] * gradient[k];
      row[p] = sum;
    }
    for (let p = 0; p < n; p++) {
      const at = p * (n + 1);
      for (let q = 0; q < n; q++) normal[at + q] += w * row[p] * row[q];
      normal[at + n] -= w * row[p] * residual;
    }
  }
  return normal;
}

/** Signed Sampson distance c/√g and its derivative by the entries of M. */
function sampsonGradient(m: Matrix3, pairs: PointPairs, i: number, out: Float64Array): number {
  const a = [pairs.xa[i], pairs.ya[i], 1];
  const b = [pairs.xb[i], pairs.yb[i], 1];
  const lineB = [m[0] * a[0] + m[1] * a[1] + m[2], m[3] * a[0] + m[4] * a[1] + m[5], 0];
  const lineA = [m[0] * b[0] + m[3] * b[1] + m[6], m[1] * b[0] + m[4] * b[1] + m[7], 0];
  const c = b[0] * lineB[0] + b[1] * lineB[1] + m[6] * a[0] + m[7] * a[1] + m[8];
  const g = lineB[0] ** 2 + lineB[1] ** 2 + lineA[0] ** 2 + lineA[1] ** 2;
  if (!(g > 0)) {
    out.fill(0);
    return 0;
  }
  const root = Math.sqrt(g);
  for (let r = 0; r < 3; r++) {
    for (let k = 0; k < 3; k++) out[3 * r + k] = (b[r] * a[k] - (c / g) * (lineB[r] * a[k] + lineA[k] * b[r])) / root;
  }
  return c / root;
}

function costOf(m: Matrix3, pairs: PointPairs, weights: Float64Array): number {
  let cost = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) cost += weights[i] * squaredSampson(m, pairs, i);
  return cost;
}

/** The same equations with a largest coefficient of 1: the solver's pivot limit is absolute. */
function scaledUp(normal: Float64Array): Float64Array {
  const largest = normal.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 ? normal.map((value) => value / largest) : normal;
}
