import { type Matrix3, multiply3 } from '../../../src/core/matrix3.ts';
import { transpose3 } from '../../../src/geometry/linear-algebra.ts';

/** A rigid motion, row-major [R|t] with rows of four: takes points of the world to the camera, or of camera A to B. */
export type Rigid = readonly number[];

/** Row-major 3 × 4 or 4 × 4 numbers as a motion; null for anything else. A rotation is not asked for. */
export function rigidOf(values: ArrayLike<number> | null): Rigid | null {
  if (!values || (values.length !== 12 && values.length !== 16)) return null;
  const all = Array.from(values).slice(0, 12);
  return all.every(Number.isFinite) ? all : null;
}

/** The motion from A to B of two cameras, each given as world to camera: B · A⁻¹. */
export function relative(a: Rigid, b: Rigid): Rigid {
  const [ra, rb] = [rotationOf(a), rotationOf(b)];
  const rotation = multiply3(rb, transpose3(ra));
  const translation = [0, 1, 2].map(
    (row) => b[4 * row + 3] - (rotation[3 * row] * a[3] + rotation[3 * row + 1] * a[7] + rotation[3 * row + 2] * a[11]),
  );
  return fromParts(rotation, translation);
}

/** Camera to world for world to camera, and the other way round. */
export function inverted(motion: Rigid): Rigid {
  const back = transpose3(rotationOf(motion));
  const translation = [0, 1, 2].map(
    (row) => -(back[3 * row] * motion[3] + back[3 * row + 1] * motion[7] + back[3 * row + 2] * motion[11]),
  );
  return fromParts(back, translation);
}

export const fromParts = (rotation: ArrayLike<number>, t: ArrayLike<number>): Rigid =>
  [0, 1, 2].flatMap((row) => [rotation[3 * row], rotation[3 * row + 1], rotation[3 * row + 2], t[row]]);

const rotationOf = (m: Rigid): Matrix3 => [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]];

/** K of 3 × 3 or 4 × 4 numbers (ScanNet's files have four rows); null for anything else. */
export function intrinsicsOf(values: ArrayLike<number> | null): Matrix3 | null {
  if (!values) return null;
  const all = Array.from(values);
  const rows = all.length === 16 ? [0, 1, 2].flatMap((r) => all.slice(4 * r, 4 * r + 3)) : all;
  if (rows.length !== 9 || !rows.every(Number.isFinite) || !(rows[0] > 0 && rows[4] > 0)) return null;
  return rows as unknown as Matrix3;
}
