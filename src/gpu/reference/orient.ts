import type { Size } from '../../shared/geometry.ts';
import { turnedIndex, unturnedSize } from './preprocess.ts';
import type { QuarterTurns } from './preprocess.ts';

/** One direction as the decoder gave it. */
export interface RawField {
  grid: Size;
  /** [2, h, w] normalised. */
  warp: Float32Array;
  /** [h, w] */
  logit: Float32Array;
}

/**
 * Undoes rotation rescue. `turned` was computed with B's input turned counter-clockwise by `turns`: A's warp
 * points into the turned B, and B's grid is turned. The answer is what an upright B would have: A's warp points
 * into it, and B's grid lies on it. A's grid and logits, and the values of B's warp, stay as they are.
 */
export function orient(turned: { a: RawField; b: RawField }, turns: QuarterTurns): { a: RawField; b: RawField } {
  const { a, b } = turned;
  const points = a.logit.length;
  const warp = new Float32Array(2 * points);
  for (let i = 0; i < points; i++) {
    const x = a.warp[i];
    const y = a.warp[points + i];
    warp[i] = turns === 0 ? x : turns === 1 ? -y : turns === 2 ? -x : y;
    warp[points + i] = turns === 0 ? y : turns === 1 ? x : turns === 2 ? -y : -x;
  }
  return { a: { ...a, warp }, b: uprightGrid(b, turns) };
}

function uprightGrid(turned: RawField, turns: QuarterTurns): RawField {
  const { width, height } = turned.grid;
  const points = width * height;
  const grid = unturnedSize(turned.grid, turns);
  const upright = { grid, warp: new Float32Array(2 * points), logit: new Float32Array(points) };
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from++) {
      const to = turnedIndex(x, y, grid, turns);
      upright.warp[to] = turned.warp[from];
      upright.warp[points + to] = turned.warp[points + from];
      upright.logit[to] = turned.logit[from];
    }
  }
  return upright;
}
