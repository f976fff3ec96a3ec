/**
 * How an encoder's position embedding follows the input size.
 * - `offset`: bicubic with the scale (patches + 0.1) / grid (DINOv2 without registers).
 * - `antialias`: bicubic to the exact size, low-passed where it shrinks (DINOv2 with registers, timm).
 */
export type PositionResize = 'offset' | 'antialias';

/** What DINOv2 adds to the number of patches before it computes the scale. */
const OFFSET = 0.1;

/**
 * Resizes a position embedding from its grid to another, as PyTorch's `interpolate(mode='bicubic',
 * align_corners=False)` does in the encoder's own code.
 *
 * @param positions [gridHeight · gridWidth, channels], row-major
 * @returns [height · width, channels]
 */
export function resizePositions(
  positions: Float32Array,
  [gridHeight, gridWidth]: readonly [number, number],
  [height, width]: readonly [number, number],
  how: PositionResize,
): Float32Array {
  if (gridHeight === height && gridWidth === width) return positions;
  const channels = positions.length / (gridHeight * gridWidth);
  const taps = how === 'offset' ? offsetTaps : antialiasTaps;
  const rows = taps(gridHeight, height);
  const columns = taps(gridWidth, width);
  const wide = new Float32Array(gridHeight * width * channels);
  for (let y = 0; y < gridHeight; y += 1) {
    for (let x = 0; x < width; x += 1) {
      accumulate(
        wide,
        (y * width + x) * channels,
        positions,
        (index) => (y * gridWidth + index) * channels,
        columns[x],
        channels,
      );
    }
  }
  const resized = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      accumulate(
        resized,
        (y * width + x) * channels,
        wide,
        (index) => (index * width + x) * channels,
        rows[y],
        channels,
      );
    }
  }
  return resized;
}

/** Source entries of one output entry, and their weights. */
interface Tap {
  readonly index: number;
  readonly weight: number;
}

function accumulate(
  target: Float32Array,
  at: number,
  source: Float32Array,
  place: (index: number) => number,
  taps: readonly Tap[],
  channels: number,
): void {
  for (const { index, weight } of taps) {
    const from = place(index);
    for (let c = 0; c < channels; c += 1) target[at + c] += weight * source[from + c];
  }
}

/** Four taps around (i + 0.5) / scale − 0.5, those outside moved to the border. */
function offsetTaps(from: number, to: number): Tap[][] {
  const scale = (to + OFFSET) / from;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) / scale - 0.5;
    const first = Math.floor(centre) - 1;
    return Array.from({ length: 4 }, (__, k) => ({
      index: Math.min(from - 1, Math.max(0, first + k)),
      // PyTorch's bicubic without antialiasing has a = −0.75, with it −0.5.
      weight: cubic(first + k - centre, -0.75),
    }));
  });
}

/** The cubic kernel stretched by the shrinking factor, cut at the border and normalised. */
function antialiasTaps(from: number, to: number): Tap[][] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.max(0, Math.trunc(centre - 2 * stretch + 0.5));
    const last = Math.min(from, Math.trunc(centre + 2 * stretch + 0.5));
    const weights = Array.from({ length: last - first }, (__, k) => cubic((first + k - centre + 0.5) / stretch, -0.5));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight, k) => ({ index: first + k, weight: weight / total }));
  });
}

/** Keys' cubic convolution kernel with parameter a. */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
