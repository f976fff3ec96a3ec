/** A 3×3 matrix, row-major; as a homography it maps (x, y, 1) up to scale. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

export const IDENTITY3: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** l · r: first r, then l. */
export function multiply3(l: Matrix3, r: Matrix3): Matrix3 {
  const out = new Array<number>(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) out[3 * i + j] = l[3 * i] * r[j] + l[3 * i + 1] * r[3 + j] + l[3 * i + 2] * r[6 + j];
  }
  return out as unknown as Matrix3;
}

/** The inverse by cofactors, or null where the matrix is singular to working precision. */
export function invert3(m: Matrix3): Matrix3 | null {
  const [a, b, c, d, e, f, g, h, i] = m;
  const A = e * i - f * h;
  const B = f * g - d * i;
  const C = d * h - e * g;
  const determinant = a * A + b * B + c * C;
  const scale = Math.max(...m.map(Math.abs));
  if (!(Math.abs(determinant) > 1e-12 * scale ** 3)) return null;
  const inverse = [A, c * h - b * i, b * f - c * e, B, a * i - c * g, c * d - a * f, C, b * g - a * h, a * e - b * d];
  return inverse.map((v) => v / determinant) as unknown as Matrix3;
}

/** Where a homography takes a point. Points at or behind infinity come out as NaN. */
export function project(m: Matrix3, x: number, y: number): [number, number] {
  const w = m[6] * x + m[7] * y + m[8];
  if (!(w > 1e-9)) return [NaN, NaN];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
}
