import { type Matrix3, multiply3 } from '../core/matrix3.ts';
import { apply3, type Vector3 } from '../core/rotation.ts';

/**
 * A camera in a scene, without distortion. Pixels, the first pixel's centre at (0.5, 0.5); looks down +z, x right,
 * y down. A world point X is at rotation · X + translation in the camera's frame.
 */
export interface SplatCamera {
  readonly width: number;
  readonly height: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  /** World to camera, row-major: its rows are the camera's right, down and forward in the world. */
  readonly rotation: Matrix3;
  readonly translation: Vector3;
}

export const transpose3 = (m: Matrix3): Matrix3 => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];

/** Where the camera stands in the world: −Rᵀ t. */
export function cameraCentre({ rotation, translation }: SplatCamera): Vector3 {
  const [x, y, z] = apply3(transpose3(rotation), translation);
  return [-x, -y, -z];
}

/** The translation of a camera of this rotation that stands at `centre`. */
export function translationAt(rotation: Matrix3, centre: Vector3): Vector3 {
  const [x, y, z] = apply3(rotation, centre);
  return [-x, -y, -z];
}

/** The same lens at another place. */
export function movedTo(camera: SplatCamera, rotation: Matrix3, centre: Vector3): SplatCamera {
  return { ...camera, rotation, translation: translationAt(rotation, centre) };
}

/** The same view at another size, K scaled with it. */
export function resized(camera: SplatCamera, width: number, height: number): SplatCamera {
  const [sx, sy] = [width / camera.width, height / camera.height];
  return {
    ...camera,
    width,
    height,
    fx: camera.fx * sx,
    cx: camera.cx * sx,
    fy: camera.fy * sy,
    cy: camera.cy * sy,
  };
}

/** Whether two cameras give the same picture. */
export function isSameCamera(a: SplatCamera, b: SplatCamera): boolean {
  if (a === b) return true;
  const lens = ['width', 'height', 'fx', 'fy', 'cx', 'cy'] as const;
  return (
    lens.every((key) => a[key] === b[key]) &&
    a.rotation.every((value, k) => value === b.rotation[k]) &&
    a.translation.every((value, k) => value === b.translation[k])
  );
}

/**
 * The rotation of a camera at `eye` that looks at `target` and whose picture's up is `up` as far as can be. Where the
 * camera looks along `up` another direction is taken for it.
 */
export function lookAt(eye: Vector3, target: Vector3, up: Vector3): Matrix3 {
  const forward = normalised([target[0] - eye[0], target[1] - eye[1], target[2] - eye[2]]);
  let right = cross(forward, up);
  if (Math.hypot(...right) < 1e-6 * Math.hypot(...up)) {
    right = cross(forward, Math.abs(forward[0]) < 0.9 ? [1, 0, 0] : [0, 0, 1]);
  }
  const r = normalised(right);
  const down = cross(forward, r);
  return [...r, ...down, ...forward] as unknown as Matrix3;
}

/** The way from camera a's frame to camera b's: X_b = rotation · X_a + translation. */
export function relativePose(a: SplatCamera, b: SplatCamera): { rotation: Matrix3; translation: Vector3 } {
  const rotation = multiply3(b.rotation, transpose3(a.rotation));
  const [x, y, z] = apply3(rotation, a.translation);
  return { rotation, translation: [b.translation[0] - x, b.translation[1] - y, b.translation[2] - z] };
}

export const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export function normalised(v: Vector3): Vector3 {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}
