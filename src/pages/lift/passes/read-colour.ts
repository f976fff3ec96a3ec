import type { Pixels } from '../../../compute/preprocess/cpu.ts';

/** Writes the bilinear colour at a unit point of the photo to `out` from `at` on; the border clamped, opaque. */
export function readColour(
  { data, width, height }: Pixels,
  x: number,
  y: number,
  out: Uint8ClampedArray,
  at: number,
): void {
  const column = Math.min(Math.max(x * width - 0.5, 0), width - 1);
  const row = Math.min(Math.max(y * height - 0.5, 0), height - 1);
  const left = Math.floor(column);
  const top = Math.floor(row);
  const fx = column - left;
  const fy = row - top;
  const topLeft = 4 * (top * width + left);
  const right = left + 1 < width ? 4 : 0;
  const bottomLeft = top + 1 < height ? topLeft + 4 * width : topLeft;
  for (let c = 0; c < 3; c++) {
    const above = data[topLeft + c] * (1 - fx) + data[topLeft + right + c] * fx;
    const below = data[bottomLeft + c] * (1 - fx) + data[bottomLeft + right + c] * fx;
    out[at + c] = above * (1 - fy) + below * fy;
  }
  out[at + 3] = 255;
}
