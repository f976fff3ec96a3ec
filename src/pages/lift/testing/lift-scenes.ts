import type { Size } from '../../../core/geometry.ts';
import type { CameraPair } from '../../../geometry/pinhole.ts';
import { apply3 } from '../../../core/rotation.ts';
import type { Vector3 } from '../../../core/rotation.ts';

/** A surface in camera a's frame: how far along a ray it is met (in lengths of the direction), or Infinity. */
export type Surface = (origin: Vector3, direction: Vector3) => number;

export type Scene = readonly Surface[];

/** The plane z = depth + slopeX · x + slopeY · y, only where `within` says so. */
export const plane = (depth: number, slopeX = 0, slopeY = 0, within: (p: Vector3) => boolean = () => true): Surface => {
  return (o, d) => {
    const t = (depth + slopeX * o[0] + slopeY * o[1] - o[2]) / (d[2] - slopeX * d[0] - slopeY * d[1]);
    return t > 1e-9 && within([o[0] + t * d[0], o[1] + t * d[1], o[2] + t * d[2]]) ? t : Infinity;
  };
};

export const sphere = (centre: Vector3, radius: number): Surface => {
  return (o, d) => {
    const [x, y, z] = [o[0] - centre[0], o[1] - centre[1], o[2] - centre[2]];
    const a = d[0] ** 2 + d[1] ** 2 + d[2] ** 2;
    const b = x * d[0] + y * d[1] + z * d[2];
    const root = b * b - a * (x * x + y * y + z * z - radius * radius);
    const t = (-b - Math.sqrt(root)) / a;
    return t > 1e-9 ? t : Infinity;
  };
};

/** A tilted plane; a ball before a tilted wall; a wall whose left half stands nearer. */
export const SCENES = {
  plane: [plane(2, 0.4, -0.25)],
  sphere: [plane(4, 0.1, 0.2), sphere([0.15, -0.1, 2.2], 0.6)],
  step: [plane(3), plane(1.5, 0, 0, ([x]) => x < 0.00885)],
} as const satisfies Record<string, Scene>;
export type SceneName = keyof typeof SCENES;

/** What is met first: which surface and how far along the direction. */
export function trace(scene: Scene, origin: Vector3, direction: Vector3): { surface: number; distance: number } | null {
  let found: { surface: number; distance: number } | null = null;
  scene.forEach((meet, surface) => {
    const distance = meet(origin, direction);
    if (distance < (found?.distance ?? Infinity)) found = { surface, distance };
  });
  return found;
}

const ORIGIN: Vector3 = [0, 0, 0];

/** The surface that camera a sees at pixel (x, y) and its depth. */
function seenByA(scene: Scene, { a }: CameraPair, x: number, y: number) {
  return trace(scene, ORIGIN, [(x - a.cx) / a.fx, (y - a.cy) / a.fy, 1]);
}

/** Number of the surface that the photo shows at (x, y), −1 where there is none. */
export const surfaceInPhoto = (scene: Scene, cameras: CameraPair, x: number, y: number): number =>
  seenByA(scene, cameras, x, y)?.surface ?? -1;

/** Number of the surface that the view shows at (x, y), −1 where there is none. */
export function surfaceInView(scene: Scene, cameras: CameraPair, x: number, y: number): number {
  const { b } = cameras;
  const { origin, turn } = cameraB(cameras);
  return trace(scene, origin, turn([(x - b.cx) / b.fx, (y - b.cy) / b.fy, 1]))?.surface ?? -1;
}

/** Depth [h, w] that camera a sees, and the normalised disparity of it. */
export function sceneMaps(scene: Scene, cameras: CameraPair): { depth: Float32Array; disparity: Float32Array } {
  const { width, height } = cameras.a;
  const depth = Float32Array.from({ length: width * height }, (_, i) => {
    return seenByA(scene, cameras, (i % width) + 0.5, Math.floor(i / width) + 0.5)?.distance ?? 0;
  });
  const inverse = depth.map((z) => (z > 0 ? 1 / z : 0));
  const low = inverse.reduce((least, v) => (v > 0 ? Math.min(least, v) : least), Infinity);
  const high = inverse.reduce((most, v) => Math.max(most, v), 0);
  return { depth, disparity: inverse.map((v) => (v > 0 ? (v - low) / (high - low || 1) + 0.001 : 0)) };
}

/** Where the other camera has a place, by ray tracing; null where it does not see it. */
export interface TruePlace {
  x: number;
  y: number;
  /** Depth in the camera that the ray starts from. */
  depth: number;
}

/** What camera b shows at its pixel (x, y): its place in the photo, if camera a sees it too. */
export function viewToPhoto(scene: Scene, cameras: CameraPair, x: number, y: number): TruePlace | null {
  const { a, b } = cameras;
  const { origin, turn } = cameraB(cameras);
  const direction = turn([(x - b.cx) / b.fx, (y - b.cy) / b.fy, 1]);
  const hit = trace(scene, origin, direction);
  if (!hit) return null;
  const point = along(origin, direction, hit.distance);
  if (!(point[2] > 0) || !isFirst(scene, ORIGIN, point)) return null;
  const place = { x: (a.fx * point[0]) / point[2] + a.cx, y: (a.fy * point[1]) / point[2] + a.cy, depth: hit.distance };
  return isWithin(place, a) ? place : null;
}

/** What the photo shows at its pixel (x, y): its place in the view, if camera b sees it too. */
export function photoToView(scene: Scene, cameras: CameraPair, x: number, y: number): TruePlace | null {
  const { a, b, rotation, translation } = cameras;
  const direction: Vector3 = [(x - a.cx) / a.fx, (y - a.cy) / a.fy, 1];
  const hit = trace(scene, ORIGIN, direction);
  if (!hit) return null;
  const point = along(ORIGIN, direction, hit.distance);
  const turned = apply3(rotation, point);
  const [px, py, pz] = [0, 1, 2].map((k) => turned[k] + translation[k]);
  if (!(pz > 0) || !isFirst(scene, cameraB(cameras).origin, point)) return null;
  const place = { x: (b.fx * px) / pz + b.cx, y: (b.fy * py) / pz + b.cy, depth: hit.distance };
  return isWithin(place, b) ? place : null;
}

/** Centre of camera b in camera a's frame, and its directions taken there. */
function cameraB({ rotation: r, translation: t }: CameraPair) {
  const turn = (v: Vector3): Vector3 => [
    r[0] * v[0] + r[3] * v[1] + r[6] * v[2],
    r[1] * v[0] + r[4] * v[1] + r[7] * v[2],
    r[2] * v[0] + r[5] * v[1] + r[8] * v[2],
  ];
  const [x, y, z] = turn(t);
  return { origin: [-x, -y, -z] as Vector3, turn };
}

const along = (o: Vector3, d: Vector3, t: number): Vector3 => [o[0] + t * d[0], o[1] + t * d[1], o[2] + t * d[2]];

/** Whether nothing lies between. */
function isFirst(scene: Scene, from: Vector3, point: Vector3): boolean {
  const hit = trace(scene, from, [point[0] - from[0], point[1] - from[1], point[2] - from[2]]);
  return hit !== null && hit.distance > 1 - 1e-6;
}

const isWithin = ({ x, y }: TruePlace, { width, height }: Size) => x >= 0 && y >= 0 && x < width && y < height;
