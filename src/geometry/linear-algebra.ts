import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { Matrix3 } from '../core/matrix3.ts';
import type { Vector3 } from '../core/rotation.ts';

export type { Vector3 };
export { apply3, rotationOf } from '../core/rotation.ts';

export const dot3 = (p: Vector3, q: Vector3): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];

export const cross3 = (p: Vector3, q: Vector3): Vector3 => [
  p[1] * q[2] - p[2] * q[1],
  p[2] * q[0] - p[0] * q[2],
  p[0] * q[1] - p[1] * q[0],
];

/** The vector at length 1; a null vector stays one. */
export function unit3(v: Vector3): Vector3 {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

export const transpose3 = (m: Matrix3): Matrix3 => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];

/** [v]×: the matrix that takes w to v × w. */
export const skew3 = (v: Vector3): Matrix3 => [0, -v[2], v[1], v[2], 0, -v[0], -v[1], v[0], 0];

export const determinant3 = (m: Matrix3): number =>
  m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);

/** Singular values, falling, with U and V as rotations (determinant 1); the smallest value then carries the sign. */
export function properSvd3(m: Matrix3): { u: Matrix3; singular: Vector3; v: Matrix3 } {
  const svd = new SingularValueDecomposition(Matrix.from1DArray(3, 3, [...m]));
  const columns = { u: svd.leftSingularVectors.to1DArray(), v: svd.rightSingularVectors.to1DArray() };
  const singular = [...svd.diagonal];
  for (const side of [columns.u, columns.v]) {
    if (determinant3(side as unknown as Matrix3) > 0) continue;
    for (const i of [2, 5, 8]) side[i] = -side[i];
    singular[2] = -singular[2];
  }
  return {
    u: columns.u as unknown as Matrix3,
    singular: singular as unknown as Vector3,
    v: columns.v as unknown as Matrix3,
  };
}

/**
 * An orthonormal basis of the `dimensions` directions that rows of nine numbers leave the most alone (least squares):
 * the null space where there are exactly 9 − dimensions independent rows. `rows` holds at least one row.
 */
export function nullSpace9(rows: Float64Array, dimensions: number): number[][] {
  const count = rows.length / 9;
  // JAMA's algorithm wants no fewer rows than columns; many rows are cheaper as their normal matrix.
  const square = Matrix.zeros(9, 9);
  if (count <= 9) {
    for (let k = 0; k < rows.length; k++) square.set(Math.floor(k / 9), k % 9, rows[k]);
  } else {
    for (let i = 0; i < 9; i++) {
      for (let j = i; j < 9; j++) {
        let sum = 0;
        for (let k = 0; k < rows.length; k += 9) sum += rows[k + i] * rows[k + j];
        square.set(i, j, sum).set(j, i, sum);
      }
    }
  }
  const { rightSingularVectors } = new SingularValueDecomposition(square, { computeLeftSingularVectors: false });
  return Array.from({ length: dimensions }, (_, k) => rightSingularVectors.getColumn(9 - dimensions + k));
}
