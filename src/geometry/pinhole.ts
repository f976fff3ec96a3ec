import type { Size } from '../core/geometry.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import { apply3, rotationOf } from '../core/rotation.ts';
import type { Vector3 } from '../core/rotation.ts';

/** A camera without distortion. Pixels; the first pixel's centre is (0.5, 0.5), so cx = width / 2 is the middle. */
export interface Pinhole extends Size {
  fx: number;
  fy: number;
  cx: number;
  cy: number;
}

/** The photo's camera a, the new view's camera b and the way between them: X_b = rotation · X_a + translation. */
export interface CameraPair {
  a: Pinhole;
  b: Pinhole;
  rotation: Matrix3;
  /** Scene units, as depth. */
  translation: Vector3;
  /** What lies closer to camera b than this, along its axis, is not drawn; scene units. */
  near: number;
}

/** The near plane of the new view in units of the photo's median depth. */
const NEAR_PLANE = 0.02;

const RADIANS = Math.PI / 180;

/**
 * The cameras that settings mean for a photo rendered at `size`.
 * @param settings focal length as a share of the photo's width, and the motion
 * @param medianDepth of the photo, scene units: the unit of the settings' translation
 */
export function camerasOf(
  { depth, motion }: { depth: { focal: number }; motion: CameraMotion },
  size: Size,
  medianDepth: number,
): CameraPair {
  const focal = depth.focal * size.width;
  const [tx, ty, tz] = motion.translation;
  return {
    a: pinhole(size, focal),
    b: pinhole(size, focal * motion.zoom),
    rotation: rotationOf(inRadians(motion.rotation)),
    translation: [tx * medianDepth, ty * medianDepth, tz * medianDepth],
    near: NEAR_PLANE * medianDepth,
  };
}

/** A camera with square pixels whose axis goes through the middle; focal length in pixels. */
export function pinhole({ width, height }: Size, focal: number): Pinhole {
  return { width, height, fx: focal, fy: focal, cx: width / 2, cy: height / 2 };
}

export const inRadians = ([x, y, z]: Vector3): Vector3 => [x * RADIANS, y * RADIANS, z * RADIANS];
export const inDegrees = ([x, y, z]: Vector3): Vector3 => [x / RADIANS, y / RADIANS, z / RADIANS];

/** Degrees between the two directions of view, as the viewpoint bins count it: a roll about the axis is none. */
export function viewpointAngle(rotation: Matrix3): number {
  // Camera b looks along the third row of R in camera a's frame. By the sine too: the cosine is flat near 0.
  return Math.atan2(Math.hypot(rotation[6], rotation[7]), rotation[8]) / RADIANS;
}

/** K, row by row. */
export const intrinsicMatrix = ({ fx, fy, cx, cy }: Pinhole): Matrix3 => [fx, 0, cx, 0, fy, cy, 0, 0, 1];

/** [R|t] row by row, 12 numbers: from camera a to camera b, t in scene units. */
export function poseMatrix({ rotation: r, translation: t }: CameraPair): number[] {
  return [r[0], r[1], r[2], t[0], r[3], r[4], r[5], t[1], r[6], r[7], r[8], t[2]];
}

/** The point that a camera sees at pixel (x, y) at this depth along its axis. */
export const unproject = ({ fx, fy, cx, cy }: Pinhole, x: number, y: number, depth: number): Vector3 => [
  ((x - cx) / fx) * depth,
  ((y - cy) / fy) * depth,
  depth,
];

/** Pixel where a camera sees a point of its own frame; null at and behind the camera. */
export function project({ fx, fy, cx, cy }: Pinhole, [x, y, z]: Vector3): [x: number, y: number] | null {
  return z > 0 ? [(fx * x) / z + cx, (fy * y) / z + cy] : null;
}

/** Pixel and depth in camera b of what camera a sees at pixel (x, y) at this depth; null at and behind camera b. */
export function transfer(
  pair: CameraPair,
  x: number,
  y: number,
  depth: number,
): [x: number, y: number, depth: number] | null {
  const [px, py, pz] = apply3(pair.rotation, unproject(pair.a, x, y, depth));
  const point: Vector3 = [px + pair.translation[0], py + pair.translation[1], pz + pair.translation[2]];
  const place = project(pair.b, point);
  return place && [place[0], place[1], point[2]];
}

/** How the camera of the new view stands to that of the photo: X_b = R(rotation) · X_a + translation. */
export interface CameraMotion {
  /**
   * Axis-angle, degrees: its direction is the axis, its length the angle. The picture moves up with x, to the right
   * with y and clockwise with z.
   */
  rotation: [x: number, y: number, z: number];
  /** In units of the median depth of the photo, so that the same numbers mean the same on every photo. */
  translation: [x: number, y: number, z: number];
  /** Focal length of the new view as a multiple of the photo's. */
  zoom: number;
}
