import { AT, type ProjectedGaussians, STRIDE } from './project.ts';

/** Side of the square tiles, pixels. */
export const TILE = 16;

/** For every tile, row by row, which Gaussians reach it, nearest first. */
export interface TileLists {
  readonly columns: number;
  readonly rows: number;
  /** [columns · rows + 1] where each tile's list begins in `members`. */
  readonly starts: Uint32Array;
  /** Places in the projected arrays. */
  readonly members: Uint32Array;
}

/**
 * Whether σ = ½(A dx² + C dy²) + B dx dy falls to `reach` anywhere on a rectangle around which (left … bottom) are
 * given from the ellipse's centre. Exact: the form is convex, so that its least value lies at the centre or on an
 * edge that faces it. The slack lets a rounding rather add a tile than lose one; each pixel is tested again anyway.
 */
export function ellipseMeets(
  a: number,
  b: number,
  c: number,
  reach: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): boolean {
  if (left <= 0 && right >= 0 && top <= 0 && bottom >= 0) return true;
  const limit = 1.0001 * reach + 1e-4;
  if (left > 0 || right < 0) {
    const x = left > 0 ? left : right;
    const y = Math.min(bottom, Math.max(top, (-b * x) / c));
    if (0.5 * (a * x * x + c * y * y) + b * x * y <= limit) return true;
  }
  if (top > 0 || bottom < 0) {
    const y = top > 0 ? top : bottom;
    const x = Math.min(right, Math.max(left, (-b * y) / a));
    if (0.5 * (a * x * x + c * y * y) + b * x * y <= limit) return true;
  }
  return false;
}

/** Lists by counting: once to know the lengths, once to fill. The Gaussians come sorted, so that the lists are. */
export function tileLists(projected: ProjectedGaussians): TileLists {
  const { width, height } = projected.camera;
  const columns = Math.ceil(width / TILE);
  const rows = Math.ceil(height / TILE);
  const starts = new Uint32Array(columns * rows + 1);
  visitTiles(projected, columns, rows, (tile) => void starts[tile + 1]++);
  for (let tile = 0; tile < columns * rows; tile++) starts[tile + 1] += starts[tile];
  const members = new Uint32Array(starts[columns * rows]);
  const next = starts.slice();
  visitTiles(projected, columns, rows, (tile, k) => void (members[next[tile]++] = k));
  return { columns, rows, starts, members };
}

function visitTiles(
  { values, count }: ProjectedGaussians,
  columns: number,
  rows: number,
  visit: (tile: number, k: number) => void,
): void {
  for (let k = 0; k < count; k++) {
    const at = STRIDE * k;
    const x = values[at + AT.x];
    const y = values[at + AT.y];
    const halfWidth = values[at + AT.halfWidth];
    const halfHeight = values[at + AT.halfHeight];
    const firstColumn = Math.max(0, Math.floor((x - halfWidth) / TILE));
    const lastColumn = Math.min(columns - 1, Math.floor((x + halfWidth) / TILE));
    const firstRow = Math.max(0, Math.floor((y - halfHeight) / TILE));
    const lastRow = Math.min(rows - 1, Math.floor((y + halfHeight) / TILE));
    const [a, b, c] = [values[at + AT.conic], values[at + AT.conic + 1], values[at + AT.conic + 2]];
    const reach = values[at + AT.reach];
    for (let row = firstRow; row <= lastRow; row++) {
      // The rectangle of the tile's pixel centres: what lies between the outer ones and the next tile is nobody's.
      const top = row * TILE + 0.5 - y;
      for (let column = firstColumn; column <= lastColumn; column++) {
        const left = column * TILE + 0.5 - x;
        if (ellipseMeets(a, b, c, reach, left, top, left + TILE - 1, top + TILE - 1)) visit(row * columns + column, k);
      }
    }
  }
}
