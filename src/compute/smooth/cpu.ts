import type { Size } from '../../core/geometry.ts';

/**
 * One half of a Gaussian kernel that sums to 1 over both halves: weights at distance 0…⌈3·sigma⌉ pixels.
 * Sigma 0 gives the identity.
 */
export function gaussianTaps(sigma: number): Float32Array {
  const radius = sigma > 0 ? Math.ceil(3 * sigma) : 0;
  const taps = Float64Array.from({ length: radius + 1 }, (_, i) => (i ? Math.exp(-0.5 * (i / sigma) ** 2) : 1));
  const sum = taps.reduce((total, tap, i) => total + (i ? 2 * tap : tap), 0);
  return Float32Array.from(taps, (tap) => tap / sum);
}

/**
 * Separable Gaussian blur of a map [h, w]; beyond the border the nearest pixel goes on.
 * @param sigma in pixels; 0 or less copies the map
 * @returns a new map
 */
export function gaussianBlur(map: Float32Array, { width, height }: Size, sigma: number): Float32Array {
  if (!(sigma > 0)) return map.slice();
  const taps = gaussianTaps(sigma);
  const radius = taps.length - 1;
  const rows = new Float32Array(map.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      let sum = taps[0] * map[row + x];
      if (x >= radius && x + radius < width) {
        for (let i = 1; i <= radius; i++) sum += taps[i] * (map[row + x - i] + map[row + x + i]);
      } else {
        for (let i = 1; i <= radius; i++) {
          sum += taps[i] * (map[row + Math.max(0, x - i)] + map[row + Math.min(width - 1, x + i)]);
        }
      }
      rows[row + x] = sum;
    }
  }
  const blurred = new Float32Array(map.length);
  for (let y = 0; y < height; y++) {
    const out = y * width;
    for (let x = 0; x < width; x++) blurred[out + x] = taps[0] * rows[out + x];
    for (let i = 1; i <= radius; i++) {
      const above = Math.max(0, y - i) * width;
      const below = Math.min(height - 1, y + i) * width;
      for (let x = 0; x < width; x++) blurred[out + x] += taps[i] * (rows[above + x] + rows[below + x]);
    }
  }
  return blurred;
}

/**
 * Mean over the (2·radius + 1)² window of every pixel of a map [h, w], of which only the part inside the map counts.
 * Its cost does not depend on the radius.
 */
export function boxMean(map: Float32Array, { width, height }: Size, radius: number): Float32Array {
  const rows = new Float32Array(map.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) sum += map[row + x];
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += map[row + x + radius];
      if (x - radius > 0) sum -= map[row + x - radius - 1];
      rows[row + x] = sum / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1);
    }
  }
  const means = new Float32Array(map.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < Math.min(radius, height); y++) {
    for (let x = 0; x < width; x++) sums[x] += rows[y * width + x];
  }
  for (let y = 0; y < height; y++) {
    const entering = y + radius < height ? (y + radius) * width : -1;
    const leaving = y - radius > 0 ? (y - radius - 1) * width : -1;
    const share = 1 / (Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1);
    for (let x = 0; x < width; x++) {
      if (entering >= 0) sums[x] += rows[entering + x];
      if (leaving >= 0) sums[x] -= rows[leaving + x];
      means[y * width + x] = sums[x] * share;
    }
  }
  return means;
}
