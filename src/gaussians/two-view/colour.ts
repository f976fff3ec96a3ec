import type { Size } from '../../core/geometry.ts';

/** RGBA of a photo. */
export interface PhotoPixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** The photo on a grid, each cell the mean of what it covers: [h, w, 3] 0…1. */
export function cellColours({ data, width, height }: PhotoPixels, size: Size): Float32Array {
  const out = new Float32Array(3 * size.width * size.height);
  const columns = taps(width, size.width);
  const rows = taps(height, size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    const row = rows[y];
    for (let x = 0; x < size.width; x++, at += 3) {
      const column = columns[x];
      let [r, g, b] = [0, 0, 0];
      for (let j = 0; j < row.weights.length; j++) {
        for (let i = 0; i < column.weights.length; i++) {
          const w = row.weights[j] * column.weights[i];
          const from = 4 * ((row.first + j) * width + column.first + i);
          r += w * data[from];
          g += w * data[from + 1];
          b += w * data[from + 2];
        }
      }
      out[at] = r / 255;
      out[at + 1] = g / 255;
      out[at + 2] = b / 255;
    }
  }
  return out;
}

/** Which pixels a cell covers along one axis, and how much of each; between two pixels where the photo is the smaller. */
function taps(pixels: number, cells: number): { first: number; weights: number[] }[] {
  const scale = pixels / cells;
  return Array.from({ length: cells }, (_, k) => {
    const [low, high] = scale >= 1 ? [k * scale, (k + 1) * scale] : [(k + 0.5) * scale - 0.5, (k + 0.5) * scale + 0.5];
    const first = Math.max(0, Math.floor(low));
    const end = Math.min(pixels, Math.ceil(high));
    const weights = Array.from({ length: end - first }, (_, i) =>
      Math.max(0, Math.min(high, first + i + 1) - Math.max(low, first + i)),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((w) => w / sum) };
  });
}

/**
 * What the Gaussians blur, put back beforehand: c + amount · (c − blurred c), held within 0…1. The blur is the 3 × 3 one
 * of [1 2 1].
 */
export function sharpened(colour: Float32Array, { width, height }: Size, amount: number): Float32Array {
  const out = new Float32Array(colour.length);
  for (let y = 0, at = 0; y < height; y++) {
    const up = y > 0 ? -3 * width : 0;
    const down = y + 1 < height ? 3 * width : 0;
    for (let x = 0; x < width; x++) {
      const left = x > 0 ? -3 : 0;
      const right = x + 1 < width ? 3 : 0;
      for (let c = 0; c < 3; c++, at++) {
        const middle = colour[at];
        const blurred =
          (4 * middle +
            2 * (colour[at + left] + colour[at + right] + colour[at + up] + colour[at + down]) +
            colour[at + up + left] +
            colour[at + up + right] +
            colour[at + down + left] +
            colour[at + down + right]) /
          16;
        out[at] = Math.min(1, Math.max(0, middle + amount * (middle - blurred)));
      }
    }
  }
  return out;
}
