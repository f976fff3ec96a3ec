import type { FeatureMap } from '../core/feature-map.ts';
import type { Size } from '../core/geometry.ts';

/** A source cell along one axis and its weight. */
interface Tap {
  readonly index: number;
  readonly weight: number;
}

/** Keys' kernel with the parameter of PyTorch's bicubic interpolation. */
const KEYS = -0.75;

/**
 * A feature map on another grid over the same photo, as PyTorch's `interpolate(mode='bicubic', align_corners=False)` does it:
 * four cells along each axis, those outside moved to the border, no low-pass where it shrinks.
 */
export function bicubicResize(map: FeatureMap, grid: Size): FeatureMap {
  const columns = cubicTaps(map.grid.width, grid.width);
  const rows = cubicTaps(map.grid.height, grid.height);
  const { channels } = map;
  const wide = new Float32Array(map.grid.height * grid.width * channels);
  for (let y = 0; y < map.grid.height; y++)
    for (let x = 0; x < grid.width; x++)
      for (const { index, weight } of columns[x])
        addScaled(
          wide,
          (y * grid.width + x) * channels,
          map.values,
          (y * map.grid.width + index) * channels,
          channels,
          weight,
        );
  const values = new Float32Array(grid.width * grid.height * channels);
  for (let y = 0; y < grid.height; y++)
    for (const { index, weight } of rows[y])
      addScaled(values, y * grid.width * channels, wide, index * grid.width * channels, grid.width * channels, weight);
  return { grid, channels, values };
}

/**
 * Features at places of the photo, as PyTorch's `grid_sample` reads them (bilinear, align_corners=False, zeros outside).
 *
 * @param places [count, 2] x and y as shares of width and height
 * @returns [count, channels]
 */
export function bilinearAt({ grid, channels, values }: FeatureMap, places: Float32Array): Float32Array<ArrayBuffer> {
  const count = places.length / 2;
  const sampled = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    const x = places[2 * i] * grid.width - 0.5;
    const y = places[2 * i + 1] * grid.height - 0.5;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    for (let corner = 0; corner < 4; corner++) {
      const [column, row] = [left + (corner % 2), top + (corner >> 1)];
      if (column < 0 || row < 0 || column >= grid.width || row >= grid.height) continue;
      const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      addScaled(sampled, i * channels, values, (row * grid.width + column) * channels, channels, weight);
    }
  }
  return sampled;
}

function cubicTaps(from: number, to: number): Tap[][] {
  return Array.from({ length: to }, (_, i) => {
    const centre = ((i + 0.5) * from) / to - 0.5;
    const first = Math.floor(centre) - 1;
    return Array.from({ length: 4 }, (__, k) => ({
      index: Math.min(from - 1, Math.max(0, first + k)),
      weight: cubic(first + k - centre),
    }));
  });
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((KEYS + 2) * x - (KEYS + 3)) * x * x + 1;
  return x < 2 ? ((KEYS * x - 5 * KEYS) * x + 8 * KEYS) * x - 4 * KEYS : 0;
}

function addScaled(
  target: Float32Array,
  at: number,
  source: Float32Array,
  from: number,
  count: number,
  weight: number,
): void {
  for (let c = 0; c < count; c++) target[at + c] += weight * source[from + c];
}
