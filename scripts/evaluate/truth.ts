import { npyFloat32 } from '../../src/formats/arrays/npy.ts';
import { openNpz } from '../../src/formats/arrays/npz.ts';
import { type Matrix3, project } from '../../src/core/matrix3.ts';
import type { Point, Side, Size } from '../../src/core/geometry.ts';
import { depthWarp } from '../../src/geometry/true-warp.ts';
import { openFileSource } from '../node/file-source.ts';
import { readDepth } from './read-depth.ts';
import type { Cameras, EvaluationPair } from './pairs.ts';

/** Long side that all pixel errors are given at. */
export const MEASURED_LONG_SIDE = 640;

/** Where the places of A are known to lie in B. */
export interface DenseTruth {
  /** Places to measure: a grid over A. */
  grid: Size;
  /** Pixels of A (first centre 0.5) → pixels of B; null where B does not show the place. */
  at(x: number, y: number): Point | null;
}

/**
 * The dense truth of a pair; null for kinds that have none.
 * @param photos sizes that were matched
 * @param files sizes of the files, where they were resized before
 */
export async function denseTruth(
  pair: EvaluationPair,
  photos: { a: Size; b: Size },
  files = photos,
): Promise<DenseTruth | null> {
  if (pair.kind === 'homography') return homographyTruth(pair.H, photos.a, photos.b);
  if (pair.kind === 'warp') return warpTruth(pair.truth, photos.a, photos.b);
  const depths = pair.published?.depths;
  return depths && pair.cameras
    ? depthTruth(pair.cameras, pair.published?.cameraSize ?? null, depths, photos, files)
    : null;
}

/** Places of A that its depth, the pose and B's depth show in B; both maps cover their whole photo. */
async function depthTruth(
  { K0, K1, T }: Cameras,
  cameraSize: Size | null,
  depths: Record<Side, string>,
  photos: Record<Side, Size>,
  files: Record<Side, Size>,
): Promise<DenseTruth> {
  const a = { K: K0, size: cameraSize ?? files.a };
  const b = { K: K1, size: cameraSize ?? files.b };
  const warp = depthWarp(a, b, T, await readDepth(depths.a), await readDepth(depths.b));
  const shrink = MEASURED_LONG_SIDE / Math.max(photos.a.width, photos.a.height);
  return {
    grid: { width: Math.round(photos.a.width * shrink), height: Math.round(photos.a.height * shrink) },
    at(x, y) {
      const place = warp(x / photos.a.width, y / photos.a.height);
      return place && { x: place.x * photos.b.width, y: place.y * photos.b.height };
    },
  };
}

/** Where a homography (published convention: whole-number pixel centres) takes A's pixels, at a 640 px long side. */
export function homographyTruth(H: Matrix3, a: Size, b: Size): DenseTruth {
  const shrink = MEASURED_LONG_SIDE / Math.max(a.width, a.height);
  return {
    grid: { width: Math.round(a.width * shrink), height: Math.round(a.height * shrink) },
    at(x, y) {
      // The published homographies take whole-number pixel centres; ours lie half a pixel further.
      const [u, v] = project(H, x - 0.5, y - 0.5).map((c) => c + 0.5);
      return u >= 0 && v >= 0 && u <= b.width && v <= b.height ? { x: u, y: v } : null;
    },
  };
}

async function warpTruth(path: string, a: Size, b: Size): Promise<DenseTruth> {
  const source = await openFileSource(path);
  try {
    const npz = await openNpz(source);
    const warpArray = await npz.read('warp');
    const [two, height, width] = warpArray.shape;
    const warp = npyFloat32(warpArray);
    const visible = npyFloat32(await npz.read('visible'));
    if (two !== 2 || visible.length !== width * height)
      throw new Error(`${path}: warp must be [2, h, w], visible [h, w].`);
    return {
      grid: { width, height },
      at(x, y) {
        const column = Math.min(width - 1, Math.floor((x / a.width) * width));
        const cell = Math.min(height - 1, Math.floor((y / a.height) * height)) * width + column;
        if (!visible[cell]) return null;
        return { x: ((warp[cell] + 1) / 2) * b.width, y: ((warp[width * height + cell] + 1) / 2) * b.height };
      },
    };
  } finally {
    await source.close();
  }
}
