import { rotationOf, type Vector3 } from '../../core/rotation.ts';
import { multiply3 } from '../../core/matrix3.ts';
import { seededRandom } from '../../geometry/random.ts';
import { cameraCentre, lookAt, movedTo, normalised, resized, type SplatCamera } from '../camera.ts';
import type { SceneStatistics } from '../statistics.ts';

const RADIANS = Math.PI / 180;

/** How far a second view may lie from the first; MatchGS gives none but the focal length, so these are ours. */
export interface ViewRanges {
  /** Largest turn about the scene, degrees. */
  readonly rotation: number;
  /** Largest shift beside it, in units of the first view's median depth. */
  readonly shift: number;
  /** Focal length by the first view's. */
  readonly focal: readonly [number, number];
}

export const VIEW_RANGES: ViewRanges = { rotation: 45, shift: 0.5, focal: [0.5, 2] };

/** What the first view's own camera is moved by: enough that no two pairs of one camera are the same. */
const FIRST_VIEW: ViewRanges = { rotation: 10, shift: 0.1, focal: [0.8, 1.25] };
/** Turns of the camera about its own axes, degrees: aim, and roll about the axis of view. */
const AIM = { each: 5, roll: 10 };

/** Pairs are drawn in equal parts from ranges of either; MatchGS's test bins are the first three of overlap. */
export const PAIR_BINS = {
  overlap: [
    [0.1, 0.3],
    [0.3, 0.5],
    [0.5, 0.7],
    [0.7, 0.9],
  ],
  angle: [
    [0, 15],
    [15, 30],
    [30, 60],
    [60, 180],
  ],
} as const satisfies Record<string, readonly (readonly [number, number])[]>;
export type BinKind = keyof typeof PAIR_BINS;
/** A place in {@link PAIR_BINS}. */
export interface PairBin {
  readonly kind: BinKind;
  readonly index: number;
}

export const binRange = ({ kind, index }: PairBin): readonly [number, number] => PAIR_BINS[kind][index];

export type Random = () => number;

/** A generator for one thing of a dataset, the same whatever else is made: FNV-1a over the words. */
export function streamOf(...words: readonly (string | number)[]): Random {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(words.join('/'))) hash = Math.imul(hash ^ byte, 0x01000193);
  return seededRandom(hash >>> 0);
}

const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

/** Evenly over all directions. */
function direction(random: Random): Vector3 {
  const z = between(random, -1, 1);
  const angle = 2 * Math.PI * random();
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(angle), r * Math.sin(angle), z];
}

/**
 * A view near another: turned about the point that it looks at, `distance` ahead, then shifted, then aimed a little
 * aside, with another focal length.
 * @param turn degrees about that point
 */
export function viewNear(
  camera: SplatCamera,
  distance: number,
  turn: number,
  { shift, focal }: ViewRanges,
  random: Random,
): SplatCamera {
  const { rotation: r } = camera;
  const eye = cameraCentre(camera);
  const target: Vector3 = [eye[0] + distance * r[6], eye[1] + distance * r[7], eye[2] + distance * r[8]];
  // About an axis across the view, so that all of the turn is a change of the point of view; mostly from side to side.
  const tilt = between(random, -0.6, 0.6) + (random() < 0.5 ? Math.PI : 0);
  const [c, s] = [Math.cos(tilt), Math.sin(tilt)];
  const axis: Vector3 = [c * r[3] + s * r[0], c * r[4] + s * r[1], c * r[5] + s * r[2]];
  const angle = turn * RADIANS;
  const turning = rotationOf([axis[0] * angle, axis[1] * angle, axis[2] * angle]);
  const arm: Vector3 = [eye[0] - target[0], eye[1] - target[1], eye[2] - target[2]];
  const push = direction(random);
  const far = shift * distance * Math.cbrt(random());
  const centre = [0, 1, 2].map(
    (row) =>
      target[row] +
      turning[3 * row] * arm[0] +
      turning[3 * row + 1] * arm[1] +
      turning[3 * row + 2] * arm[2] +
      far * push[row],
  ) as unknown as Vector3;
  const aim = rotationOf([
    between(random, -AIM.each, AIM.each) * RADIANS,
    between(random, -AIM.each, AIM.each) * RADIANS,
    between(random, -AIM.roll, AIM.roll) * RADIANS,
  ]);
  // Camera axes are rows: turning the camera in the world is multiplying from the right by the inverse turn.
  const inverse = rotationOf([-axis[0] * angle, -axis[1] * angle, -axis[2] * angle]);
  const zoom = Math.exp(between(random, Math.log(focal[0]), Math.log(focal[1])));
  const lens = { ...camera, fx: camera.fx * zoom, fy: camera.fy * zoom };
  return movedTo(lens, multiply3(aim, multiply3(r, inverse)), centre);
}

/** A first view: a given camera moved a little. */
export function jitteredView(camera: SplatCamera, distance: number, random: Random): SplatCamera {
  return viewNear(camera, distance, between(random, 0, FIRST_VIEW.rotation), FIRST_VIEW, random);
}

/** Where a scene without cameras is looked at from. */
export interface OrbitOptions {
  readonly width: number;
  readonly height: number;
  /** The picture's up in the world; −y, as trainers leave it. */
  readonly up: Vector3;
  /** Degrees across the width. */
  readonly fieldOfView: number;
}

export const ORBIT: Omit<OrbitOptions, 'width' | 'height'> = { up: [0, -1, 0], fieldOfView: 60 };

const ORBIT_CAMERAS = 24;

/**
 * Cameras for a scene that came without: half of them look at its middle from around it, as objects are photographed,
 * half from its middle outwards, as rooms are. Which see anything is found out by looking (draw-pairs.ts).
 */
export function orbitCameras(
  { center, radius }: Pick<SceneStatistics, 'center' | 'radius'>,
  options: OrbitOptions,
  random: Random,
): SplatCamera[] {
  const { width, height, fieldOfView } = options;
  const focal = width / 2 / Math.tan((fieldOfView / 2) * RADIANS);
  const up = normalised(options.up);
  const lens = {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    rotation: lookAt([0, 0, 0], [0, 0, 1], up),
    translation: [0, 0, 0] as const,
  };
  const size = radius || 1;
  // Two axes across up.
  const frame = lookAt([0, 0, 0], Math.abs(up[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0], up);
  const half = Math.min(Math.atan(width / 2 / focal), Math.atan(height / 2 / focal));
  return Array.from({ length: ORBIT_CAMERAS }, (_, k) => {
    const yaw = (2 * Math.PI * (k + random())) / ORBIT_CAMERAS;
    const isAround = k % 2 === 0;
    const pitch = isAround ? between(random, -5, 40) * RADIANS : between(random, -10, 10) * RADIANS;
    const outwards = [0, 1, 2].map(
      (c) => Math.cos(pitch) * (Math.cos(yaw) * frame[c] + Math.sin(yaw) * frame[6 + c]) + Math.sin(pitch) * up[c],
    );
    const distance = isAround ? (size / Math.sin(half)) * between(random, 0.7, 1.2) : 0.3 * size * random();
    const eye = center.map((value, c) => value + distance * outwards[c]) as unknown as Vector3;
    const target = isAround ? center : (eye.map((value, c) => value + size * outwards[c]) as unknown as Vector3);
    return movedTo(lens, lookAt(eye, target, up), eye);
  });
}

/** Given cameras at a dataset's size: the whole of each picture's width or height, whichever covers the other. */
export function camerasAtSize(cameras: readonly SplatCamera[], width: number, height: number): SplatCamera[] {
  return cameras.map((camera) => {
    const scale = Math.max(width / camera.width, height / camera.height);
    const whole = resized(camera, camera.width * scale, camera.height * scale);
    return { ...whole, width, height, cx: width / 2, cy: height / 2 };
  });
}
