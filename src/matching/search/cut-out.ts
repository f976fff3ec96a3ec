import type { Point, Size } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';

/** One photo's brightness, row by row. */
export interface Grey {
  size: Size;
  values: Float32Array;
}

/** Where a photo lies in a larger one, if it was cut out of it. */
export interface Place {
  /** Normalised detail to normalised wide photo. */
  homography: Matrix3;
  /** Of brightness, zero-mean and normalised: 1 where it is the same but for contrast. */
  correlation: number;
}

/** Products that one comparison may take: some tenths of a second. */
const PRODUCTS = 2e8;
/** Longer side of the detail, pixels: fewer look like anything, more are no surer. */
const TEMPLATE = { least: 20, most: 64 } as const;
/** Worse correlations are chance. */
const LEAST = 0.5;

/** Sizes at which a detail is looked for in a wide photo, pixel for pixel. */
export function cutOutSizes(detail: Size, wide: Size): Record<'detail' | 'wide', Size> {
  const ratio = (wide.width * wide.height) / (detail.width * detail.height);
  const aspect = Math.min(detail.width, detail.height) / Math.max(detail.width, detail.height);
  const side = (PRODUCTS / ratio / aspect ** 2) ** 0.25;
  const scale = Math.min(TEMPLATE.most, Math.max(TEMPLATE.least, side)) / Math.max(detail.width, detail.height);
  const scaled = ({ width, height }: Size) => ({
    width: Math.max(1, Math.round(scale * width)),
    height: Math.max(1, Math.round(scale * height)),
  });
  return { detail: scaled(detail), wide: scaled(wide) };
}

/**
 * Where the detail looks most like a part of the wide photo, by zero-mean normalised cross-correlation (Lewis 1995, Fast
 * Normalized Cross-Correlation): at most `count` places, the best first, none beside a better one. Sizes as
 * {@link cutOutSizes} says.
 */
export function findCutOut(detail: Grey, wide: Grey, count: number): Place[] {
  const [across, down] = [wide.size.width - detail.size.width + 1, wide.size.height - detail.size.height + 1];
  if (across < 1 || down < 1) return [];
  const correlations = correlate(detail, wide, across, down);
  const places: (Point & { correlation: number })[] = [];
  const order = [...correlations.keys()].filter((k) => correlations[k] >= LEAST);
  order.sort((p, q) => correlations[q] - correlations[p]);
  for (const k of order) {
    if (places.length === count) break;
    const [x, y] = [k % across, Math.floor(k / across)];
    const isBeside = places.some(
      (other) => Math.abs(other.x - x) < detail.size.width / 4 && Math.abs(other.y - y) < detail.size.height / 4,
    );
    if (!isBeside) places.push({ x, y, correlation: correlations[k] });
  }
  return places.map(({ x, y, correlation }) => {
    const [sx, sy] = [detail.size.width / wide.size.width, detail.size.height / wide.size.height];
    const [cx, cy] = [(2 * x) / wide.size.width - 1 + sx, (2 * y) / wide.size.height - 1 + sy];
    return { homography: [sx, 0, cx, 0, sy, cy, 0, 0, 1], correlation };
  });
}

function correlate(detail: Grey, wide: Grey, across: number, down: number): Float32Array {
  const { width, height } = detail.size;
  const pixels = width * height;
  const mean = detail.values.reduce((sum, value) => sum + value, 0) / pixels;
  const template = detail.values.map((value) => value - mean);
  const norm = Math.sqrt(template.reduce((sum, value) => sum + value * value, 0));
  const [sums, squares] = [integral(wide, (value) => value), integral(wide, (value) => value * value)];
  const stride = wide.size.width + 1;
  const windowSum = (table: Float64Array, x: number, y: number) =>
    table[(y + height) * stride + x + width] -
    table[y * stride + x + width] -
    table[(y + height) * stride + x] +
    table[y * stride + x];
  const out = new Float32Array(across * down);
  // A flat detail lies everywhere and nowhere.
  if (norm < 1e-3 * Math.sqrt(pixels)) return out;
  const row = new Float32Array(across);
  for (let y = 0; y < down; y++) {
    row.fill(0);
    for (let j = 0; j < height; j++) {
      const from = (y + j) * wide.size.width;
      for (let i = 0; i < width; i++) {
        const weight = template[j * width + i];
        for (let x = 0, at = from + i; x < across; x++, at++) row[x] += weight * wide.values[at];
      }
    }
    for (let x = 0; x < across; x++) {
      const sum = windowSum(sums, x, y);
      const spread = Math.sqrt(Math.max(0, windowSum(squares, x, y) - (sum * sum) / pixels));
      out[y * across + x] = spread > 1e-3 * Math.sqrt(pixels) ? row[x] / (norm * spread) : 0;
    }
  }
  return out;
}

/** Sums over all rectangles from the top left corner, one row and column more than the picture. */
function integral({ size, values }: Grey, of: (value: number) => number): Float64Array {
  const stride = size.width + 1;
  const table = new Float64Array(stride * (size.height + 1));
  for (let y = 0; y < size.height; y++) {
    let row = 0;
    for (let x = 0; x < size.width; x++) {
      row += of(values[y * size.width + x]);
      table[(y + 1) * stride + x + 1] = table[y * stride + x + 1] + row;
    }
  }
  return table;
}
