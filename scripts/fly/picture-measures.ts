import type { Size } from '../../src/core/geometry.ts';

/** Peak signal-to-noise ratio, dB, over the pixels of a mask. Pictures are [h, w, 3] of 0…1. */
export function psnr(picture: Float32Array, truth: Float32Array, mask: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    for (let c = 0; c < 3; c++) sum += (picture[3 * i + c] - truth[3 * i + c]) ** 2;
    count += 3;
  }
  return count ? -10 * Math.log10(Math.max(sum / count, 1e-10)) : NaN;
}

const [C1, C2] = [0.01 ** 2, 0.03 ** 2];

/**
 * Structural similarity of the luma (Wang et al. 2004: 11 × 11 Gaussian window, σ 1.5), averaged over the pixels of a mask; outside of
 * it both pictures are taken to be alike, so that nothing there counts.
 */
export function ssim(picture: Float32Array, truth: Float32Array, mask: Uint8Array, size: Size): number {
  const luma = (of: Float32Array) =>
    Float64Array.from(mask, (isIn, i) => {
      const from = isIn ? of : truth;
      return 0.299 * from[3 * i] + 0.587 * from[3 * i + 1] + 0.114 * from[3 * i + 2];
    });
  const [x, y] = [luma(picture), luma(truth)];
  const mean = (values: Float64Array) => blurred(values, size);
  const product = (a: Float64Array, b: Float64Array) => a.map((value, i) => value * b[i]);
  const [mx, my] = [mean(x), mean(y)];
  const [xx, yy, xy] = [mean(product(x, x)), mean(product(y, y)), mean(product(x, y))];
  let [sum, count] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    const [a, b] = [mx[i], my[i]];
    const [va, vb, cov] = [xx[i] - a * a, yy[i] - b * b, xy[i] - a * b];
    sum += ((2 * a * b + C1) * (2 * cov + C2)) / ((a * a + b * b + C1) * (va + vb + C2));
    count++;
  }
  return count ? sum / count : NaN;
}

function blurred(values: Float64Array, { width, height }: Size): Float64Array {
  const taps = Array.from({ length: 11 }, (_, k) => Math.exp(-((k - 5) ** 2) / (2 * 1.5 ** 2)));
  const total = taps.reduce((a, b) => a + b);
  const along = (from: Float64Array, dx: number, dy: number) => {
    const out = new Float64Array(from.length);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        let sum = 0;
        for (let k = -5; k <= 5; k++) {
          const u = Math.min(width - 1, Math.max(0, x + k * dx));
          const v = Math.min(height - 1, Math.max(0, y + k * dy));
          sum += taps[k + 5] * from[v * width + u];
        }
        out[i] = sum / total;
      }
    }
    return out;
  };
  return along(along(values, 1, 0), 0, 1);
}
