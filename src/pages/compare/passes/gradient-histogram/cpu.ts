import type { FeatureMap } from '../../../../core/feature-map.ts';
import type { Size } from '../../../../core/geometry.ts';

/**
 * The classical descriptor: histograms of gradient directions in 4 × 4 cells about every place (Lowe 2004, taken
 * densely and upright as by Dalal and Triggs 2005), for comparison with learnt features without a download.
 */
export const GRADIENT_HISTOGRAM = {
  /** Side of a cell, pixels; a place stands for two by two cells. */
  cell: 8,
  /** Pixels between places. */
  stride: 16,
  /** Cells along the side of a window. */
  window: 4,
  orientations: 8,
  /** No bin counts for more than this share of the vector's length: one strong edge would hide all else. */
  clip: 0.2,
  /** Added to the length before dividing, so that flat parts keep short vectors instead of amplified noise. */
  epsilon: 0.05,
} as const;

export const DESCRIPTOR_CHANNELS = GRADIENT_HISTOGRAM.window ** 2 * GRADIENT_HISTOGRAM.orientations;

/** Weights of red, green and blue in the grey value (ITU-R BT.601). */
export const LUMA = [0.299, 0.587, 0.114] as const;

const { cell: CELL, stride: STRIDE, window: WINDOW, orientations: ORIENTATIONS } = GRADIENT_HISTOGRAM;

/** The descriptor's grid on an image. Pixels right and below of the last whole place are left out. */
export const descriptorGrid = ({ width, height }: Size): Size => ({
  width: Math.floor(width / STRIDE),
  height: Math.floor(height / STRIDE),
});

/** The grid of cells: two by two for every place. */
export const cellGrid = (image: Size): Size => {
  const { width, height } = descriptorGrid(image);
  return { width: 2 * width, height: 2 * height };
};

/** Image [3, h, w] in [0, 1] → [4 × 4 cells × 8 directions] at every place of {@link descriptorGrid}. */
export function gradientHistograms(image: Float32Array, size: Size): FeatureMap {
  const cells = cellHistograms(image, size);
  const grid = descriptorGrid(size);
  const cellsAcross = 2 * grid.width;
  const values = new Float32Array(grid.width * grid.height * DESCRIPTOR_CHANNELS);
  for (let place = 0; place < grid.width * grid.height; place++) {
    // Two cells are the place's own, the others lie around them.
    const left = 2 * (place % grid.width) - 1;
    const top = 2 * Math.floor(place / grid.width) - 1;
    const descriptor = values.subarray(place * DESCRIPTOR_CHANNELS, (place + 1) * DESCRIPTOR_CHANNELS);
    for (let k = 0; k < WINDOW * WINDOW; k++) {
      const [x, y] = [left + (k % WINDOW), top + Math.floor(k / WINDOW)];
      if (x < 0 || y < 0 || x >= cellsAcross || y >= 2 * grid.height) continue;
      const from = (y * cellsAcross + x) * ORIENTATIONS;
      descriptor.set(cells.subarray(from, from + ORIENTATIONS), k * ORIENTATIONS);
    }
    shorten(descriptor);
    for (let c = 0; c < descriptor.length; c++) descriptor[c] = Math.min(descriptor[c], GRADIENT_HISTOGRAM.clip);
    shorten(descriptor);
  }
  return { grid, channels: DESCRIPTOR_CHANNELS, values };
}

/** [cells, 8] gradient magnitude by direction; every pixel is shared between the four cells and two directions next to it. */
function cellHistograms(image: Float32Array, size: Size): Float32Array {
  const grid = cellGrid(size);
  const grey = luma(image, size);
  const at = (x: number, y: number) =>
    grey[Math.min(size.height - 1, Math.max(0, y)) * size.width + Math.min(size.width - 1, Math.max(0, x))];
  const histograms = new Float32Array(grid.width * grid.height * ORIENTATIONS);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const dx = (at(x + 1, y) - at(x - 1, y)) / 2;
      const dy = (at(x, y + 1) - at(x, y - 1)) / 2;
      const magnitude = Math.hypot(dx, dy);
      const turn = Math.atan2(dy, dx) / (2 * Math.PI);
      const position = (turn < 0 ? turn + 1 : turn) * ORIENTATIONS;
      const low = Math.floor(position);
      const [cx, cy] = [(x + 0.5) / CELL - 0.5, (y + 0.5) / CELL - 0.5];
      for (let k = 0; k < 4; k++) {
        const [i, j] = [Math.floor(cx) + (k & 1), Math.floor(cy) + (k >> 1)];
        if (i < 0 || j < 0 || i >= grid.width || j >= grid.height) continue;
        const weight = (1 - Math.abs(cx - i)) * (1 - Math.abs(cy - j)) * magnitude;
        const bin = (j * grid.width + i) * ORIENTATIONS;
        histograms[bin + (low % ORIENTATIONS)] += weight * (1 - (position - low));
        histograms[bin + ((low + 1) % ORIENTATIONS)] += weight * (position - low);
      }
    }
  }
  return histograms;
}

function luma(image: Float32Array, { width, height }: Size): Float32Array {
  const points = width * height;
  const grey = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    grey[i] = LUMA[0] * image[i] + LUMA[1] * image[points + i] + LUMA[2] * image[2 * points + i];
  }
  return grey;
}

function shorten(vector: Float32Array): void {
  const length = Math.hypot(...vector) + GRADIENT_HISTOGRAM.epsilon;
  for (let c = 0; c < vector.length; c++) vector[c] /= length;
}
