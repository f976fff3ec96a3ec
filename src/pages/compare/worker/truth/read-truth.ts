import type { DepthMap, PinholeCamera, TrueWarp } from '../../../../geometry/true-warp.ts';
import { depthWarp, gridWarp, homographyWarp, rotationAngle } from '../../../../geometry/true-warp.ts';
import type { ProbeView } from '../../../../features/probe3d.ts';
import type { TruthKind, TruthSummary } from '../../contract.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { Size } from '../../../../core/geometry.ts';
import { invert3, type Matrix3, multiply3 } from '../../../../core/matrix3.ts';
import type { NumberArray, TruthArrays, TruthBytes, TruthName } from './truth-arrays.ts';
import { readTruthArrays } from './truth-arrays.ts';

export interface Truth {
  kind: TruthKind;
  warp: TrueWarp;
  /** Degrees between the cameras' orientations; null where no pose is known. */
  viewpoint: number | null;
  /** Both cameras with depth, and the pose between them; null where one of them is not told. */
  scene(): TrueScene | null;
}

/** What both photos show, as a protocol in space needs it. */
export interface TrueScene {
  a: ProbeView;
  b: ProbeView;
  /** Row-major [R|t] from camera A to camera B, [3, 4]. */
  pose: readonly number[];
}

/** Rotations in files are rounded; farther from orthonormal than this they are something else. */
const ROTATION_TOLERANCE = 0.02;
/** Places along each side at which {@link summarise} looks. */
const SUMMARY_PLACES = 48;
/** This project's pixels: the centre of the first one. */
const FIRST_PIXEL = 0.5;

/**
 * The true correspondence of A in B that these files tell: a warp, else a homography, else depth with cameras.
 * @param photos sizes in pixels, which matrices mean where the files do not say `size_a` and `size_b`
 * @throws CodedError `truth-unreadable`, `truth-incomplete`, `truth-invalid`, or what reading npy and npz files throws
 */
export async function readTruth(files: readonly TruthBytes[], photos: { a: Size; b: Size }): Promise<Truth> {
  const arrays = await readTruthArrays(files);
  const pose = arrays.pose_ab ? poseOf(arrays.pose_ab) : null;
  const viewpoint = pose && rotationAngle(pose);
  const sizes = { a: sizeOf(arrays, 'size_a', photos.a), b: sizeOf(arrays, 'size_b', photos.b) };
  const scene = () => sceneOf(arrays, pose, sizes);
  if (arrays.warp) return { kind: 'warp', warp: warpOf(arrays, sizes.b), viewpoint, scene };
  const shift = shiftOf(arrays);
  if (arrays.homography) {
    const homography = multiply3(multiply3(shift(1), matrixOf(arrays, 'homography')), shift(-1));
    if (!invert3(homography)) throw invalid('the homography has no inverse');
    return { kind: 'homography', warp: homographyWarp(homography, sizes), viewpoint, scene };
  }
  if (!pose) throw incomplete('neither warp, homography nor pose_ab');
  const [a, b] = (['a', 'b'] as const).map((side) => cameraOf(arrays, side, sizes[side]));
  if (!invert3(a.K)) throw invalid('K_a has no inverse');
  if (!arrays.depth_a) throw incomplete('a pose but no depth_a [h, w]');
  const depthB = arrays.depth_b ? depthOf(arrays.depth_b, 'depth_b') : null;
  return { kind: 'depth', warp: depthWarp(a, b, pose, depthOf(arrays.depth_a, 'depth_a'), depthB), viewpoint, scene };
}

function sceneOf(arrays: TruthArrays, pose: number[] | null, sizes: { a: Size; b: Size }): TrueScene | null {
  const { depth_a, depth_b, K_a, K_b } = arrays;
  if (!pose || !depth_a || !depth_b || !K_a || !K_b) return null;
  const [a, b] = (['a', 'b'] as const).map((side) => cameraOf(arrays, side, sizes[side]));
  if (!invert3(a.K)) throw invalid('K_a has no inverse');
  if (!invert3(b.K)) throw invalid('K_b has no inverse');
  return {
    a: { ...a, depth: depthOf(depth_a, 'depth_a') },
    b: { ...b, depth: depthOf(depth_b, 'depth_b') },
    pose,
  };
}

function cameraOf(arrays: TruthArrays, side: 'a' | 'b', size: Size): PinholeCamera {
  const shift = shiftOf(arrays);
  return { K: multiply3(shift(1), matrixOf(arrays, side === 'a' ? 'K_a' : 'K_b')), size };
}

/**
 * What a truth is, for the person.
 * @throws CodedError `truth-empty` where B shows nothing of A by it: most likely it means the other direction
 */
export function summarise({ kind, warp, viewpoint, scene }: Truth): TruthSummary {
  let seen = 0;
  for (let i = 0; i < SUMMARY_PLACES ** 2; i++) {
    const [x, y] = [i % SUMMARY_PLACES, Math.floor(i / SUMMARY_PLACES)];
    if (warp((x + 0.5) / SUMMARY_PLACES, (y + 0.5) / SUMMARY_PLACES)) seen++;
  }
  if (seen === 0) {
    throw new CodedError(
      'truth-empty',
      'By this file photo B shows nothing of photo A.',
      'It has to take pixels of A to pixels of B: exchange the photos, or give size_a and size_b if they were resized.',
    );
  }
  return { kind, seen: seen / SUMMARY_PLACES ** 2, viewpoint, hasScene: scene() !== null };
}

function warpOf({ warp, visible }: TruthArrays, sizeB: Size): TrueWarp {
  const { shape, values } = warp!;
  const inPlanes = shape.length === 3 && shape[0] === 2;
  if (!inPlanes && !(shape.length === 3 && shape[2] === 2)) {
    throw invalid('warp is neither [2, height, width] (normalised) nor [height, width, 2] (pixels)');
  }
  const [height, width] = inPlanes ? [shape[1], shape[2]] : [shape[0], shape[1]];
  if (!visible) throw incomplete('a warp but no array visible');
  if (visible.shape.length !== 2 || visible.shape[0] !== height || visible.shape[1] !== width) {
    throw invalid('visible has another size than warp');
  }
  const planes = inPlanes ? values : normalised(values, width * height, sizeB);
  return gridWarp({ width, height }, planes, visible.values);
}

/** [h, w, 2] pixels of B → [2, h, w] in −1…1. */
function normalised(pixels: ArrayLike<number>, points: number, { width, height }: Size): Float32Array {
  const planes = new Float32Array(2 * points);
  for (let i = 0; i < points; i++) {
    planes[i] = (2 * pixels[2 * i]) / width - 1;
    planes[points + i] = (2 * pixels[2 * i + 1]) / height - 1;
  }
  return planes;
}

/** Row-major [R|t], [3, 4]. */
function poseOf({ shape, values }: NumberArray): number[] {
  if (shape.length !== 2 || shape[0] < 3 || shape[0] > 4 || shape[1] !== 4) throw invalid('pose_ab is not [3, 4]');
  const pose = Array.from({ length: 12 }, (_, i) => values[i]);
  for (let i = 0; i < 3; i++) {
    for (let j = i; j < 3; j++) {
      const product = [0, 1, 2].reduce((sum, k) => sum + pose[4 * i + k] * pose[4 * j + k], 0);
      if (!(Math.abs(product - (i === j ? 1 : 0)) < ROTATION_TOLERANCE)) throw invalid('pose_ab holds no rotation');
    }
  }
  return pose;
}

function matrixOf(arrays: TruthArrays, name: TruthName): Matrix3 {
  const array = arrays[name];
  if (!array) throw incomplete(`no ${name} (or K for both)`);
  if (array.shape.length !== 2 || array.shape[0] !== 3 || array.shape[1] !== 3) throw invalid(`${name} is not [3, 3]`);
  return Array.from({ length: 9 }, (_, i) => array.values[i]) as unknown as Matrix3;
}

function depthOf({ shape, values }: NumberArray, name: string): DepthMap {
  if (shape.length !== 2) throw invalid(`${name} is not [height, width]`);
  return { grid: { width: shape[1], height: shape[0] }, values };
}

function sizeOf(arrays: TruthArrays, name: 'size_a' | 'size_b', photo: Size): Size {
  const array = arrays[name];
  if (!array) return photo;
  const [width, height] = [array.values[0], array.values[1]];
  if (!(width > 0 && height > 0)) throw invalid(`${name} is not [width, height]`);
  return { width, height };
}

/** From pixels whose first centre lies at `first_pixel` to this project's: shift(1); back: shift(−1). */
function shiftOf({ first_pixel: given }: TruthArrays): (direction: 1 | -1) => Matrix3 {
  const offset = FIRST_PIXEL - (given ? given.values[0] : FIRST_PIXEL);
  return (direction) => [1, 0, direction * offset, 0, 1, direction * offset, 0, 0, 1];
}

const incomplete = (has: string) =>
  new CodedError(
    'truth-incomplete',
    `The files of the true correspondence hold ${has}.`,
    'Drop all of them together: K (or K_a and K_b), pose_ab and depth_a; or a homography; or warp and visible.',
  );

const invalid = (why: string) =>
  new CodedError(
    'truth-invalid',
    `The true correspondence cannot be used: ${why}.`,
    'docs/compare.md describes homographies, poses and warps.',
  );
