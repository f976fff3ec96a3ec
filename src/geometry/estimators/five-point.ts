import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Matrix3 } from '../../core/matrix3.ts';
import { unitNorm } from '../epipolar.ts';
import { nullSpace9 } from '../linear-algebra.ts';
import type { PointPairs } from '../point-pairs.ts';
import { addProduct, linear, type Polynomial, TERMS } from './polynomial.ts';

/** Degree of the problem: the monomials of degree ≤ 2 that the action matrix acts on. */
const BASIS = 10;
/** Rows of the basis where x, y, z and 1 stand. */
const [AT_X, AT_Y, AT_Z, AT_ONE] = [6, 7, 8, 9];
/** An eigenvalue with a larger imaginary part, relative to its size, is no real solution. */
const IMAGINARY = 1e-6;

/**
 * Essential matrices through five pairs of rays: at most ten. E = x·X + y·Y + z·Z + W in the null space of the
 * epipolar constraints; the cubics det E = 0 and 2EEᵀE − tr(EEᵀ)E = 0 are eliminated to a Gröbner basis
 * and x read from the eigenvectors of its action matrix (Stewénius, Engels, Nistér, ISPRS 2006).
 */
export function fivePoint(pairs: PointPairs, sample: ArrayLike<number>): Matrix3[] {
  const basis = nullSpace9(epipolarRows(pairs, sample), 4);
  const reduced = eliminated(cubicConstraints(basis));
  if (!reduced) return [];
  // x times each monomial of the basis: six are cubic and follow from the constraints, four are in the basis.
  const action = Matrix.zeros(BASIS, BASIS);
  for (let row = 0; row < 6; row++) {
    for (let j = 0; j < BASIS; j++) action.set(row, j, -reduced[TERMS * row + BASIS + j]);
  }
  action.set(AT_X, 0, 1).set(AT_Y, 1, 1).set(AT_Z, 2, 1).set(AT_ONE, AT_X, 1);
  const { realEigenvalues, imaginaryEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(action);
  const found: Matrix3[] = [];
  for (let k = 0; k < BASIS; k++) {
    if (Math.abs(imaginaryEigenvalues[k]) > IMAGINARY * (1 + Math.abs(realEigenvalues[k]))) continue;
    const one = eigenvectorMatrix.get(AT_ONE, k);
    const [x, y, z] = [AT_X, AT_Y, AT_Z].map((row) => eigenvectorMatrix.get(row, k) / one);
    const e = basis[0].map((_, i) => x * basis[0][i] + y * basis[1][i] + z * basis[2][i] + basis[3][i]);
    if (e.every(Number.isFinite)) found.push(unitNorm(e as unknown as Matrix3));
  }
  return found;
}

/** One row of nine per pair: the coefficients of E's entries in x_bᵀ E x_a. */
export function epipolarRows(pairs: PointPairs, sample: ArrayLike<number>, weights?: ArrayLike<number>): Float64Array {
  const rows = new Float64Array(9 * sample.length);
  for (let k = 0; k < sample.length; k++) {
    const i = sample[k];
    const [xa, ya, xb, yb] = [pairs.xa[i], pairs.ya[i], pairs.xb[i], pairs.yb[i]];
    const w = weights ? Math.sqrt(weights[k]) : 1;
    rows.set(
      [xb * xa, xb * ya, xb, yb * xa, yb * ya, yb, xa, ya, 1].map((value) => w * value),
      9 * k,
    );
  }
  return rows;
}

/** The ten cubic constraints, a row of twenty coefficients each. */
function cubicConstraints(basis: readonly number[][]): Float64Array {
  const e = Array.from({ length: 9 }, (_, i) => linear([basis[0][i], basis[1][i], basis[2][i], basis[3][i]]));
  const zero = (): Polynomial => new Float64Array(TERMS);
  const rows = new Float64Array(BASIS * TERMS);
  const determinant = rows.subarray(0, TERMS);
  for (const [p, q, r, s] of [
    [0, 4, 8, 1],
    [1, 5, 6, 1],
    [2, 3, 7, 1],
    [2, 4, 6, -1],
    [1, 3, 8, -1],
    [0, 5, 7, -1],
  ]) {
    const product = zero();
    addProduct(product, e[p], e[q]);
    addProduct(determinant, product, e[r], s);
  }
  // L = EEᵀ − ½ tr(EEᵀ) I; then L·E = 0.
  const l = Array.from({ length: 9 }, zero);
  for (let i = 0; i < 3; i++) {
    for (let j = i; j < 3; j++) {
      for (let k = 0; k < 3; k++) addProduct(l[3 * i + j], e[3 * i + k], e[3 * j + k]);
      l[3 * j + i] = l[3 * i + j];
    }
  }
  const halfTrace = zero();
  for (const i of [0, 4, 8]) for (let k = 0; k < TERMS; k++) halfTrace[k] += l[i][k] / 2;
  for (const i of [0, 4, 8]) for (let k = 0; k < TERMS; k++) l[i][k] -= halfTrace[k];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const row = rows.subarray(TERMS * (1 + 3 * i + j), TERMS * (2 + 3 * i + j));
      for (let k = 0; k < 3; k++) addProduct(row, l[3 * i + k], e[3 * k + j]);
    }
  }
  return rows;
}

/** Gauss–Jordan elimination of the cubic monomials, with row pivoting; null where it breaks down. */
function eliminated(m: Float64Array): Float64Array | null {
  for (let column = 0; column < BASIS; column++) {
    let pivot = column;
    for (let r = column + 1; r < BASIS; r++) {
      if (Math.abs(m[TERMS * r + column]) > Math.abs(m[TERMS * pivot + column])) pivot = r;
    }
    const value = m[TERMS * pivot + column];
    if (!(Math.abs(value) > 1e-14)) return null;
    for (let j = column; j < TERMS; j++) {
      const kept = m[TERMS * column + j];
      m[TERMS * column + j] = m[TERMS * pivot + j] / value;
      if (pivot !== column) m[TERMS * pivot + j] = kept;
    }
    for (let r = 0; r < BASIS; r++) {
      const factor = m[TERMS * r + column];
      if (r === column || factor === 0) continue;
      for (let j = column; j < TERMS; j++) m[TERMS * r + j] -= factor * m[TERMS * column + j];
    }
  }
  return m;
}
