import type { Size } from '../core/geometry.ts';

/** Cells across and down. */
const CELLS = 16;

/**
 * Share of a photo's cells that hold at least one of the chosen points: a model whose inliers all lie in one corner
 * says little about the rest. Points in the photo's own unit, with the origin at its centre.
 */
export function coverage(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  chosen: ArrayLike<number>,
  { width, height }: Size,
): number {
  const held = new Uint8Array(CELLS * CELLS);
  const cell = (value: number, side: number) => Math.floor((value / side + 0.5) * CELLS);
  for (let i = 0; i < chosen.length; i++) {
    if (!chosen[i]) continue;
    const [column, row] = [cell(x[i], width), cell(y[i], height)];
    if (column >= 0 && row >= 0 && column < CELLS && row < CELLS) held[row * CELLS + column] = 1;
  }
  return held.reduce((sum, one) => sum + one, 0) / held.length;
}
