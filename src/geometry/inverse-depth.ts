import type { Matrix3 } from '../core/matrix3.ts';

type Vec3 = readonly [number, number, number];

/** x_b = rotation · x_a + translation, the translation of length 1. */
export interface Pose {
  rotation: Matrix3;
  translation: Vec3;
}

const transform = (m: Matrix3, [x, y, z]: Vec3): Vec3 => [
  m[0] * x + m[1] * y + m[2] * z,
  m[3] * x + m[4] * y + m[5] * z,
  m[6] * x + m[7] * y + m[8] * z,
];

/** What two rays say of the place that both see. */
export interface InverseDepth {
  /** 1 / depth before the first camera, in baselines: 0 at infinity, negative behind it. */
  value: number;
  /** Distance, in the second camera's picture at focal length 1, of its ray from where that depth projects. */
  residual: number;
}

/**
 * Inverse depth of a place by least squares in the second picture: x_b is sought among R (x_a, y_a, 1) + w t, whose
 * projection is linear in w but for its own depth. Linear in small motions and defined at infinity, where depth is not;
 * at the epipole nothing can be told and the value is 0.
 *
 * @param a, b the rays' x and y at z = 1 (places after K⁻¹)
 */
export function inverseDepth(
  a: readonly [number, number],
  b: readonly [number, number],
  { rotation, translation }: Pose,
): InverseDepth {
  const turned = transform(rotation, [a[0], a[1], 1]);
  const [tx, ty, tz] = translation;
  // turned + w t must lie on the ray b: (turned.xy − b turned.z) + w (t.xy − b t.z) = 0.
  const away = [turned[0] - b[0] * turned[2], turned[1] - b[1] * turned[2]];
  const along = [tx - b[0] * tz, ty - b[1] * tz];
  const length = along[0] ** 2 + along[1] ** 2;
  const value = length > 1e-12 ? -(away[0] * along[0] + away[1] * along[1]) / length : 0;
  const depth = turned[2] + value * tz;
  const residual = Math.hypot(away[0] + value * along[0], away[1] + value * along[1]) / Math.max(Math.abs(depth), 1e-6);
  return { value, residual };
}

/** The same pose with the cameras exchanged. */
export function swappedPose({ rotation: r, translation }: Pose): Pose {
  const rotation: Matrix3 = [r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]];
  const [tx, ty, tz] = transform(rotation, translation);
  return { rotation, translation: [-tx, -ty, -tz] };
}
