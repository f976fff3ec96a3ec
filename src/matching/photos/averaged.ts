import type { Pixels } from '../../compute/preprocess/cpu.ts';
import type { Size } from '../../core/geometry.ts';

/** RGBA pixels made smaller: every place the mean of the pixels that it covers, to whole pixels. */
export function averaged({ data, width, height }: Pixels, to: Size): Pixels {
  const reduced = new Uint8ClampedArray(4 * to.width * to.height);
  const span = (i: number, from: number, count: number): [first: number, end: number] => {
    const first = Math.floor((i * from) / count);
    return [first, Math.max(first + 1, Math.floor(((i + 1) * from) / count))];
  };
  for (let y = 0; y < to.height; y++) {
    const [top, bottom] = span(y, height, to.height);
    for (let x = 0; x < to.width; x++) {
      const [left, right] = span(x, width, to.width);
      const count = (bottom - top) * (right - left);
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let v = top; v < bottom; v++) for (let u = left; u < right; u++) sum += data[4 * (v * width + u) + c];
        reduced[4 * (y * to.width + x) + c] = sum / count;
      }
    }
  }
  return { data: reduced, ...to };
}
