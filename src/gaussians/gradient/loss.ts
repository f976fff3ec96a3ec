import type { PictureGradient } from './screen.ts';

/** Share of 1 − SSIM in the loss, the rest is L1 (Kerbl et al. 2023). */
const SSIM_SHARE = 0.2;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
/** The window of SSIM (Wang et al. 2004): a Gaussian of σ 1.5 over 11 pixels. */
const RADIUS = 5;
const WINDOW = (() => {
  const weights = Array.from({ length: 2 * RADIUS + 1 }, (_, i) => Math.exp(-((i - RADIUS) ** 2) / (2 * 1.5 ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
})();

/** A photo that a view should look like. */
export interface Target {
  readonly width: number;
  readonly height: number;
  /** [3, h, w] in 0…1 */
  readonly colour: ArrayLike<number>;
  /** [h, w] how much each pixel counts, 0…1; all of them by default. */
  readonly weight?: ArrayLike<number> | null;
}

export interface Loss extends PictureGradient {
  readonly value: number;
}

/** 0.8 L1 + 0.2 (1 − SSIM), means over what counts, and its derivative by the picture [3, h, w]. */
export function photometricLoss(picture: ArrayLike<number>, target: Target): Loss {
  const { width, height, weight } = target;
  const points = width * height;
  let total = 0;
  for (let i = 0; i < points; i++) total += weight ? weight[i] : 1;
  total = Math.max(total, 1e-9);
  const colour = new Float64Array(3 * points);
  let value = 0;
  for (let c = 0; c < 3; c++) {
    const x = Float64Array.from({ length: points }, (_, i) => picture[c * points + i]);
    const y = Float64Array.from({ length: points }, (_, i) => target.colour[c * points + i]);
    const similar = ssim(x, y, width, height);
    for (let i = 0; i < points; i++) {
      const share = (weight ? weight[i] : 1) / (3 * total);
      value += share * ((1 - SSIM_SHARE) * Math.abs(x[i] - y[i]) + SSIM_SHARE * (1 - similar.map[i]));
      colour[c * points + i] = share * (1 - SSIM_SHARE) * Math.sign(x[i] - y[i]);
    }
    const by = similar.backward((i) => (-SSIM_SHARE * (weight ? weight[i] : 1)) / (3 * total));
    for (let i = 0; i < points; i++) colour[c * points + i] += by[i];
  }
  return { value, colour };
}

/** Mean squared error over what counts as a ratio in decibels; the peak is 1. */
export function psnr(picture: ArrayLike<number>, { width, height, colour, weight }: Target): number {
  const points = width * height;
  let [sum, total] = [0, 0];
  for (let i = 0; i < 3 * points; i++) {
    const share = weight ? weight[i % points] : 1;
    sum += share * (picture[i] - colour[i]) ** 2;
    total += share;
  }
  return -10 * Math.log10(Math.max(sum, 1e-30) / Math.max(total, 1e-9));
}

/** Structural similarity of one channel at every pixel, zero beyond the border; and its derivative by `x`. */
function ssim(x: Float64Array, y: Float64Array, width: number, height: number) {
  const blur = (values: Float64Array) => blurred(values, width, height);
  const times = (a: Float64Array, b: Float64Array) => a.map((value, i) => value * b[i]);
  const [mx, my, xx, yy, xy] = [blur(x), blur(y), blur(times(x, x)), blur(times(y, y)), blur(times(x, y))];
  const parts = (i: number) => {
    const a1 = 2 * mx[i] * my[i] + C1;
    const a2 = 2 * (xy[i] - mx[i] * my[i]) + C2;
    const b1 = mx[i] ** 2 + my[i] ** 2 + C1;
    const b2 = xx[i] - mx[i] ** 2 + yy[i] - my[i] ** 2 + C2;
    return { a1, a2, b1, b2, value: (a1 * a2) / (b1 * b2) };
  };
  return {
    map: x.map((_, i) => parts(i).value),
    backward(by: (i: number) => number): Float64Array {
      const [byMean, byXX, byXY] = [0, 1, 2].map(() => new Float64Array(x.length));
      for (let i = 0; i < x.length; i++) {
        const { a1, a2, b1, b2, value } = parts(i);
        const variance = -value / b2;
        const covariance = (2 * a1) / (b1 * b2);
        const mean = (2 * my[i] * a2) / (b1 * b2) - (2 * mx[i] * value) / b1;
        const g = by(i);
        byXX[i] = g * variance;
        byXY[i] = g * covariance;
        byMean[i] = g * (mean - 2 * mx[i] * variance - my[i] * covariance);
      }
      // The window is symmetric: its transpose is itself.
      const [m, v, c] = [blur(byMean), blur(byXX), blur(byXY)];
      return x.map((value, i) => m[i] + 2 * value * v[i] + y[i] * c[i]);
    },
  };
}

function blurred(values: Float64Array, width: number, height: number): Float64Array {
  const rows = new Float64Array(values.length);
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = Math.max(0, x - RADIUS); k <= Math.min(width - 1, x + RADIUS); k++)
        sum += WINDOW[k - x + RADIUS] * values[y * width + k];
      rows[y * width + x] = sum;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = Math.max(0, y - RADIUS); k <= Math.min(height - 1, y + RADIUS); k++)
        sum += WINDOW[k - y + RADIUS] * rows[k * width + x];
      out[y * width + x] = sum;
    }
  }
  return out;
}
