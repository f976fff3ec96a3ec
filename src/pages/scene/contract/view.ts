import type { Size } from '../../../core/geometry.ts';
import type { Vector3 } from '../../../core/rotation.ts';
import { cameraCentre, lookAt, movedTo, type SplatCamera } from '../../../gaussians/camera.ts';

/** The direction of the world that is up in the pictures; trainers leave −y. */
export const UP_AXES = ['-y', 'y', '-z', 'z', '-x', 'x'] as const;
export type UpAxis = (typeof UP_AXES)[number];

/** A camera on a sphere about what it looks at. Angles in degrees, lengths in scene units. */
export interface OrbitView {
  readonly target: Vector3;
  /** About the up axis; positive goes to the right. */
  readonly yaw: number;
  /** Above the horizon. */
  readonly pitch: number;
  readonly distance: number;
}

export interface Lens {
  readonly up: UpAxis;
  /** Degrees across the longer side. */
  readonly fieldOfView: number;
}

const RADIANS = Math.PI / 180;
/** Straight up or down the picture's up would be lost. */
const MAX_PITCH = 89;

export function upVector(up: UpAxis): Vector3 {
  const sign = up.startsWith('-') ? -1 : 1;
  return ['x', 'y', 'z'].map((axis) => (up.endsWith(axis) ? sign : 0)) as unknown as Vector3;
}

/** The camera of a view, for pictures of that size. */
export function viewCamera(view: OrbitView, { up, fieldOfView }: Lens, { width, height }: Size): SplatCamera {
  const [upwards, eye] = [upVector(up), eyeOf(view, up)];
  const focal = Math.max(width, height) / 2 / Math.tan((fieldOfView / 2) * RADIANS);
  const lens = { width, height, fx: focal, fy: focal, cx: width / 2, cy: height / 2 };
  const rotation = lookAt(eye, view.target, upwards);
  return movedTo({ ...lens, rotation, translation: [0, 0, 0] }, rotation, eye);
}

function eyeOf({ target, yaw, pitch, distance }: OrbitView, up: UpAxis): Vector3 {
  const upwards = upVector(up);
  // Rows: right, down and forward of the camera that looks straight ahead, yaw and pitch 0.
  const ahead = lookAt([0, 0, 0], upwards[2] === 0 ? [0, 0, 1] : [0, 1, 0], upwards);
  const [turn, rise] = [yaw * RADIANS, pitch * RADIANS];
  return moved(target, distance, (k) => {
    const level = Math.sin(turn) * ahead[k] - Math.cos(turn) * ahead[6 + k];
    return Math.cos(rise) * level + Math.sin(rise) * upwards[k];
  });
}

/**
 * The view from where a camera stands, along its axis, and the field of view across its longer side; a roll about that
 * axis is not kept. @param middle what it looks at is as far as this point of the world along its axis
 */
export function viewOfCamera(
  camera: SplatCamera,
  middle: Vector3,
  up: UpAxis,
): { view: OrbitView; fieldOfView: number } {
  const { rotation: r, width, height, fx, fy } = camera;
  const eye = cameraCentre(camera);
  const upwards = upVector(up);
  const ahead = lookAt([0, 0, 0], upwards[2] === 0 ? [0, 0, 1] : [0, 1, 0], upwards);
  const along = (k: number) => r[6] * ahead[k] + r[7] * ahead[k + 1] + r[8] * ahead[k + 2];
  const rise = r[6] * upwards[0] + r[7] * upwards[1] + r[8] * upwards[2];
  const depth = middle.reduce((sum, value, k) => sum + r[6 + k] * (value - eye[k]), 0);
  // What lies behind says nothing of where to look.
  const distance = depth > 0 ? depth : Math.hypot(...middle.map((value, k) => value - eye[k])) || 1;
  const longest = width >= height ? width / fx : height / fy;
  return {
    view: {
      target: moved(eye, distance, (k) => r[6 + k]),
      yaw: -Math.atan2(along(0), along(6)) / RADIANS,
      pitch: held(-Math.asin(Math.min(1, Math.max(-1, rise))) / RADIANS),
      distance,
    },
    fieldOfView: (2 * Math.atan(longest / 2)) / RADIANS,
  };
}

const moved = (from: Vector3, by: number, direction: (axis: number) => number): Vector3 =>
  from.map((value, k) => value + by * direction(k)) as unknown as Vector3;

/** The view that shows a ball of that radius whole, from a little above. */
export function fitView(
  { center, radius }: { readonly center: Vector3; readonly radius: number },
  { fieldOfView }: Lens,
  { width, height }: Size,
): OrbitView {
  const half = Math.atan(Math.tan((fieldOfView / 2) * RADIANS) * (Math.min(width, height) / Math.max(width, height)));
  return { target: center, yaw: 0, pitch: 15, distance: (radius || 1) / Math.sin(half) };
}

/** What hands do; x and y are shares of the picture's longer side. */
export type ViewMove =
  | { readonly kind: 'orbit' | 'pan'; readonly x: number; readonly y: number }
  | { readonly kind: 'dolly'; readonly factor: number }
  /** In scene units along the camera's own axes. */
  | { readonly kind: 'fly'; readonly right: number; readonly up: number; readonly forward: number };

/** Half a turn over the whole picture. */
const ORBIT_DEGREES = 180;

export function moveView(view: OrbitView, lens: Lens, move: ViewMove): OrbitView {
  const { yaw, pitch, distance } = view;
  switch (move.kind) {
    case 'orbit':
      // The scene follows the hand.
      return { ...view, yaw: wrapped(yaw - ORBIT_DEGREES * move.x), pitch: held(pitch + ORBIT_DEGREES * move.y) };
    case 'dolly':
      return { ...view, distance: Math.min(1e6, Math.max(1e-6, distance / move.factor)) };
    case 'pan': {
      const scale = 2 * Math.tan((lens.fieldOfView / 2) * RADIANS) * distance;
      return shifted(view, lens, [-move.x * scale, -move.y * scale, 0]);
    }
    case 'fly':
      return shifted(view, lens, [move.right, -move.up, move.forward]);
  }
}

/** Camera and target together. @param by right, down, forward */
function shifted(view: OrbitView, lens: Lens, by: Vector3): OrbitView {
  const { rotation: r } = viewCamera(view, lens, { width: 1, height: 1 });
  return { ...view, target: moved(view.target, 1, (k) => by[0] * r[k] + by[1] * r[3 + k] + by[2] * r[6 + k]) };
}

const held = (pitch: number) => Math.min(MAX_PITCH, Math.max(-MAX_PITCH, pitch));
const wrapped = (yaw: number) => yaw - 360 * Math.round(yaw / 360);
