import type { Grey } from './cut-out.ts';

/**
 * Normalised correlation of two photos of mean zero over what both show, for every shift: A's first pixel on B's (x, y).
 * All products come from one Fourier transform of both (convolution theorem), the energies from summed areas.
 */
export function crossCorrelation(a: Grey, b: Grey): (x: number, y: number) => number {
  const width = powerOfTwo(a.size.width + b.size.width);
  const height = powerOfTwo(a.size.height + b.size.height);
  // A in the real part, B in the imaginary one.
  const [re, im] = [new Float64Array(width * height), new Float64Array(width * height)];
  const put = ({ size, values }: Grey, into: Float64Array) => {
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) into[y * width + x] = values[y * size.width + x];
    }
  };
  put(a, re);
  put(b, im);
  transform2(re, im, width, height);
  const [pr, pi] = [new Float64Array(width * height), new Float64Array(width * height)];
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k++) {
      const back = ((height - y) % height) * width + ((width - x) % width);
      const [ar, ai] = [(re[k] + re[back]) / 2, (im[k] - im[back]) / 2];
      const [br, bi] = [(im[k] + im[back]) / 2, (re[back] - re[k]) / 2];
      // conj(A) · B, conjugated, so that transforming forth is transforming back.
      pr[k] = ar * br + ai * bi;
      pi[k] = -(ar * bi - ai * br);
    }
  }
  transform2(pr, pi, width, height);
  const [here, there] = [summedSquares(a), summedSquares(b)];
  return (x, y) => {
    const [left, top] = [Math.max(0, -x), Math.max(0, -y)];
    const [right, bottom] = [Math.min(a.size.width, b.size.width - x), Math.min(a.size.height, b.size.height - y)];
    if (right <= left || bottom <= top) return 0;
    const product = pr[((y + height) % height) * width + ((x + width) % width)] / (width * height);
    const energy = here(left, top, right, bottom) * there(left + x, top + y, right + x, bottom + y);
    return product / Math.sqrt(Math.max(1e-12, energy));
  };
}

const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(least));

/** Sum of squares over columns left…right − 1 and rows top…bottom − 1. */
function summedSquares({ size: { width, height }, values }: Grey) {
  const row = width + 1;
  const sums = new Float64Array(row * (height + 1));
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += values[y * width + x] ** 2;
      sums[(y + 1) * row + x + 1] = sums[y * row + x + 1] + sum;
    }
  }
  return (left: number, top: number, right: number, bottom: number): number =>
    sums[bottom * row + right] - sums[top * row + right] - sums[bottom * row + left] + sums[top * row + left];
}

/** Both directions of a complex picture, in place. */
function transform2(re: Float64Array, im: Float64Array, width: number, height: number): void {
  const rows = new Transform(width);
  for (let y = 0; y < height; y++) rows.run(re, im, y * width, 1);
  const columns = new Transform(height);
  for (let x = 0; x < width; x++) columns.run(re, im, x, width);
}

/** The discrete Fourier transform of a power of two of numbers (Cooley and Tukey 1965). */
class Transform {
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly order: Uint32Array;

  constructor(private readonly count: number) {
    [this.re, this.im] = [new Float64Array(count), new Float64Array(count)];
    const angles = Float64Array.from({ length: count / 2 }, (_, k) => (-2 * Math.PI * k) / count);
    [this.cosines, this.sines] = [angles.map(Math.cos), angles.map(Math.sin)];
    this.order = new Uint32Array(count);
    for (let k = 1; k < count; k++) this.order[k] = (this.order[k >> 1] >> 1) | (k & 1 ? count >> 1 : 0);
  }

  /** Of the numbers at `from`, `step` apart. */
  run(allRe: Float64Array, allIm: Float64Array, from: number, step: number): void {
    const { count, re, im, cosines, sines, order } = this;
    for (let k = 0; k < count; k++) {
      re[k] = allRe[from + order[k] * step];
      im[k] = allIm[from + order[k] * step];
    }
    for (let half = 1; half < count; half *= 2) {
      const stride = count / (2 * half);
      for (let start = 0; start < count; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [c, s] = [cosines[k * stride], sines[k * stride]];
          const [i, j] = [start + k, start + k + half];
          const [x, y] = [re[j] * c - im[j] * s, re[j] * s + im[j] * c];
          re[j] = re[i] - x;
          im[j] = im[i] - y;
          re[i] += x;
          im[i] += y;
        }
      }
    }
    for (let k = 0; k < count; k++) {
      allRe[from + k * step] = re[k];
      allIm[from + k * step] = im[k];
    }
  }
}
