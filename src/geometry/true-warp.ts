import { invert3, type Matrix3, project } from '../core/matrix3.ts';
import type { Point, Size } from '../core/geometry.ts';

/** Where a place of photo A lies in photo B, both as shares of width and height; null where B does not show it. */
export type TrueWarp = (x: number, y: number) => Point | null;

/** A pinhole camera for pictures of one size. */
export interface PinholeCamera {
  /** In pixels of `size`, the centre of the first pixel at (0.5, 0.5). */
  K: Matrix3;
  size: Size;
}

/** Depth along the camera's z axis over the whole photo, at any resolution; 0 or less, or no number, where unknown. */
export interface DepthMap {
  grid: Size;
  values: ArrayLike<number>;
}

/** Farther behind what B's own depth map shows, as a share of the depth, is hidden there. */
const OCCLUSION_TOLERANCE = 0.05;

/**
 * A warp that was sampled on a grid over A; the cell that holds the place is asked.
 * @param warp [2, h, w] normalised places in B
 * @param visible [h, w] not 0 where B shows the place
 */
export function gridWarp(grid: Size, warp: ArrayLike<number>, visible: ArrayLike<number>): TrueWarp {
  const points = grid.width * grid.height;
  return (x, y) => {
    const at = cellOf(grid, x, y);
    if (!visible[at]) return null;
    return insideOrNull((warp[at] + 1) / 2, (warp[points + at] + 1) / 2);
  };
}

/**
 * A plane's warp by a homography from pixels of A to pixels of B.
 * @param sizes of the pictures whose pixels the homography means
 */
export function homographyWarp(homography: Matrix3, sizes: { a: Size; b: Size }): TrueWarp {
  return (x, y) => {
    const [u, v] = project(homography, x * sizes.a.width, y * sizes.a.height);
    return insideOrNull(u / sizes.b.width, v / sizes.b.height);
  };
}

/**
 * Places of A lifted by its depth, moved by the pose and seen by B's camera.
 *
 * @param pose row-major [R|t] from camera A to camera B, [3, 4]; t in the depth's unit
 * @param depthB B's own depth, which tells what is hidden there; without it only what leaves the picture is not seen
 */
export function depthWarp(
  a: PinholeCamera,
  b: PinholeCamera,
  pose: ArrayLike<number>,
  depthA: DepthMap,
  depthB: DepthMap | null,
): TrueWarp {
  const inverse = invert3(a.K);
  if (!inverse) throw new RangeError('the camera matrix has no inverse');
  return (x, y) => {
    const depth = depthA.values[cellOf(depthA.grid, x, y)];
    if (!(depth > 0)) return null;
    const [u, v] = [x * a.size.width, y * a.size.height];
    const ray = [0, 1, 2].map((row) => inverse[3 * row] * u + inverse[3 * row + 1] * v + inverse[3 * row + 2]);
    // K's last row is 0 0 1, so the ray's z is 1 and its length along z is the depth.
    const [X, Y, Z] = ray.map((value) => value * depth);
    const [xb, yb, zb] = [0, 4, 8].map((row) => pose[row] * X + pose[row + 1] * Y + pose[row + 2] * Z + pose[row + 3]);
    if (!(zb > 0)) return null;
    const [ub, vb] = project(b.K, xb / zb, yb / zb);
    const place = insideOrNull(ub / b.size.width, vb / b.size.height);
    if (!place || !depthB) return place;
    const shown = depthB.values[cellOf(depthB.grid, place.x, place.y)];
    return shown > 0 && zb <= shown * (1 + OCCLUSION_TOLERANCE) ? place : null;
  };
}

/** Angle of the rotation in a row-major [R|t] with rows of four, degrees. */
export function rotationAngle(pose: ArrayLike<number>): number {
  const trace = pose[0] + pose[5] + pose[10];
  return (Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2))) * 180) / Math.PI;
}

/** Index of the cell that holds a place given as shares; the last ones for 1. */
function cellOf({ width, height }: Size, x: number, y: number): number {
  const cell = (share: number, cells: number) => Math.min(cells - 1, Math.max(0, Math.floor(share * cells)));
  return cell(y, height) * width + cell(x, width);
}

const insideOrNull = (x: number, y: number): Point | null => (x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null);
