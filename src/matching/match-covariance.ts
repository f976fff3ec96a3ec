import { ROW_FLOATS } from '../compute/sample-matches/cpu.ts';
import type { Point, Side, Size } from '../core/geometry.ts';
import type { DenseField, MatchCovariance } from '../core/match.ts';

/** A symmetric matrix of two dimensions, in square pixels of a photo. */
export interface Covariance {
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/**
 * A network's inverse covariances, which count cells of the warp's grid over the other photo, in that photo's pixels.
 *
 * @param raw [3, h, w] xx, xy, yy
 * @param grid of the other photo's warp
 * @param photo the other photo
 */
export function precisionInPhoto(raw: Float32Array, grid: Size, photo: Size): Float32Array<ArrayBuffer> {
  const [x, y] = [grid.width / photo.width, grid.height / photo.height];
  const scales = [x * x, x * y, y * y];
  const points = raw.length / 3;
  const scaled = new Float32Array(raw.length);
  for (let plane = 0; plane < 3; plane++)
    for (let i = plane * points; i < (plane + 1) * points; i++) scaled[i] = raw[i] * scales[plane];
  return scaled;
}

/** Index of the grid's cell that holds a normalised place; the nearest one for places outside. */
export function cellAt({ width, height }: Size, { x, y }: Point): number {
  const cell = (value: number, cells: number): number =>
    Math.min(cells - 1, Math.max(0, Math.floor(((value + 1) / 2) * cells)));
  return cell(y, height) * width + cell(x, width);
}

/** The inverse of a precision; null where it has none. */
export function covarianceOf(xx: number, xy: number, yy: number): Covariance | null {
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 0 && xx > 0)) return null;
  return { xx: yy / determinant, xy: -xy / determinant, yy: xx / determinant };
}

/** How sure a normalised place of the field's photo is in the other photo; null where that is not known. */
export function covarianceAt({ grid, precision }: DenseField, place: Point): Covariance | null {
  if (!precision) return null;
  const points = grid.width * grid.height;
  const cell = cellAt(grid, place);
  return covarianceOf(precision[cell], precision[points + cell], precision[2 * points + cell]);
}

/**
 * Covariances of sampled rows; undefined where the fields hold none. A place whose precision has no inverse counts as known to
 * nothing: its covariance is infinite.
 */
export function covarianceOfRows(rows: Float32Array, fields: Record<Side, DenseField>): MatchCovariance | undefined {
  if (!fields.a.precision || !fields.b.precision) return undefined;
  const count = rows.length / ROW_FLOATS;
  const inB = new Uint8Array(count);
  const values = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const [xa, ya, xb, yb, , side] = rows.subarray(ROW_FLOATS * i, ROW_FLOATS * (i + 1));
    const found = side ? covarianceAt(fields.b, { x: xb, y: yb }) : covarianceAt(fields.a, { x: xa, y: ya });
    inB[i] = side ? 0 : 1;
    values.set(found ? [found.xx, found.xy, found.yy] : [Infinity, 0, Infinity], 3 * i);
  }
  return { inB, values };
}
