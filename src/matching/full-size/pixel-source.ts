import type { Pixels } from '../../compute/preprocess/cpu.ts';
import type { PixelSource } from './tiles.ts';

/** Pixels that are held anyway, as a source. */
export const sourceOfPixels = (pixels: Pixels): PixelSource => ({
  size: { width: pixels.width, height: pixels.height },
  read: async ({ x, y, width, height }, scale) => {
    const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side / scale)));
    const data = new Uint8ClampedArray(4 * w * h);
    for (let row = 0, to = 0; row < h; row++) {
      const [top, bottom] = [row, row + 1].map((edge) => y + Math.floor((edge * height) / h));
      for (let column = 0; column < w; column++, to += 4) {
        const [left, right] = [column, column + 1].map((edge) => x + Math.floor((edge * width) / w));
        const sums = [0, 0, 0, 0];
        for (let v = top; v < bottom; v++) {
          for (let u = left; u < right; u++) {
            for (let c = 0; c < 4; c++) sums[c] += pixels.data[4 * (v * pixels.width + u) + c];
          }
        }
        const count = (bottom - top) * (right - left);
        for (let c = 0; c < 4; c++) data[to + c] = sums[c] / count;
      }
    }
    return { data, width: w, height: h };
  },
});
