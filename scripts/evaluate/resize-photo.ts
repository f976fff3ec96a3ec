import { type Pixels, preprocess } from '../../src/compute/preprocess/cpu.ts';
import type { Size } from '../../src/core/geometry.ts';

/** Bilinear with half-pixel centres and no averaging, rounded to bytes: OpenCV's INTER_LINEAR. */
export function resizeBilinear(photo: Pixels, { width, height }: Size): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  const axis = (from: number, to: number) =>
    Array.from({ length: to }, (_, i) => {
      const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
      const low = Math.min(Math.floor(place), Math.max(0, from - 2));
      return { low, high: Math.min(low + 1, from - 1), share: place - low };
    });
  const [columns, rows] = [axis(photo.width, width), axis(photo.height, height)];
  let out = 0;
  for (const row of rows) {
    const [above, below] = [4 * row.low * photo.width, 4 * row.high * photo.width];
    for (const column of columns) {
      const [left, right] = [4 * column.low, 4 * column.high];
      for (let c = 0; c < 4; c++) {
        const top = photo.data[above + left + c] * (1 - column.share) + photo.data[above + right + c] * column.share;
        const bottom = photo.data[below + left + c] * (1 - column.share) + photo.data[below + right + c] * column.share;
        data[out++] = top * (1 - row.share) + bottom * row.share;
      }
    }
  }
  return { data, width, height };
}

/** Averaged over the area of each target pixel where it shrinks, as this project's own preprocessing does. */
export function resizeAveraged(photo: Pixels, size: Size): Pixels {
  const plain = { scale: 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const planes = preprocess(photo, { size, normalisation: plain });
  const points = size.width * size.height;
  const data = new Uint8ClampedArray(4 * points).fill(255);
  for (let c = 0; c < 3; c++) for (let i = 0; i < points; i++) data[4 * i + c] = planes[c * points + i];
  return { data, ...size };
}
