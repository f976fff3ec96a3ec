import type { Matrix3 } from './matrix3.ts';

/** A vector of three. */
export type Vector3 = readonly [number, number, number];

/** The rotation about `axis` by its length, radians (Rodrigues). */
export function rotationOf(axis: Vector3): Matrix3 {
  const angle = Math.hypot(...axis);
  const length = angle || 1;
  const [x, y, z] = [axis[0] / length, axis[1] / length, axis[2] / length];
  const [c, s, d] = [Math.cos(angle), Math.sin(angle), 1 - Math.cos(angle)];
  return [
    c + d * x * x,
    d * x * y - s * z,
    d * x * z + s * y,
    d * y * x + s * z,
    c + d * y * y,
    d * y * z - s * x,
    d * z * x - s * y,
    d * z * y + s * x,
    c + d * z * z,
  ];
}

/** The inverse of {@link rotationOf}: axis times angle in radians, the angle in 0…π. */
export function axisAngleOf(m: Matrix3): Vector3 {
  // By the quaternion with the largest component first (Shepperd 1978), which is exact near half a turn too.
  const trace = m[0] + m[4] + m[8];
  const squares = [trace, 2 * m[0] - trace, 2 * m[4] - trace, 2 * m[8] - trace];
  const largest = squares.indexOf(Math.max(...squares));
  const rows = [
    [1 + trace, m[7] - m[5], m[2] - m[6], m[3] - m[1]],
    [m[7] - m[5], 1 + squares[1], m[1] + m[3], m[2] + m[6]],
    [m[2] - m[6], m[1] + m[3], 1 + squares[2], m[5] + m[7]],
    [m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 + squares[3]],
  ];
  const [w, x, y, z] = rows[largest];
  const sine = Math.hypot(x, y, z);
  if (!sine) return [0, 0, 0];
  const angle = 2 * Math.atan2(sine, Math.abs(w));
  const scale = (w < 0 ? -angle : angle) / sine;
  return [x * scale, y * scale, z * scale];
}

export const apply3 = (m: Matrix3, v: Vector3): Vector3 => [
  m[0] * v[0] + m[1] * v[1] + m[2] * v[2],
  m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
  m[6] * v[0] + m[7] * v[1] + m[8] * v[2],
];

/** The rotation of a unit quaternion (w, x, y, z). */
export function rotationOfQuaternion([w, x, y, z]: readonly number[]): Matrix3 {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}
