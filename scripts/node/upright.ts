import { isTransposed, type Orientation } from '../../src/formats/images/image-header.ts';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';

/** The picture as its EXIF orientation (1…8) means it to be seen; browsers do the same when they open a photo. */
export function upright(stored: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return stored;
  const { width: w, height: h } = stored;
  const [width, height] = isTransposed(orientation) ? [h, w] : [w, h];
  const from = new Uint32Array(stored.data.buffer, stored.data.byteOffset, w * h);
  const to = new Uint32Array(width * height);
  // 5…8 are stored with rows for columns; then each of the two axes may run backwards.
  const flipsX = [2, 3, 6, 7].includes(orientation);
  const flipsY = [3, 4, 7, 8].includes(orientation);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [flipsX ? width - 1 - x : x, flipsY ? height - 1 - y : y];
      to[y * width + x] = isTransposed(orientation) ? from[u * w + v] : from[v * w + u];
    }
  }
  return { data: new Uint8ClampedArray(to.buffer), width, height };
}
