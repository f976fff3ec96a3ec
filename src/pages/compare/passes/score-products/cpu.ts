import type { Size } from '../../../../core/geometry.ts';
import { BilinearReader } from '../../../../compute/field/bilinear.ts';

/** Numbers of {@link scoreProducts}: 3 × 3 products, then three squares. */
export const SCORE_SUMS = 12;

/**
 * Σ of scores[i] · others[j] (row-major in i) and of others[j]² over the places of `grid`, the other scores read
 * bilinearly at its centres.
 *
 * @param scores [places of grid, 3]
 * @param others [places of otherGrid, 3], over the same photo
 */
export function scoreProducts(scores: Float32Array, grid: Size, others: Float32Array, otherGrid: Size): number[] {
  const reader = new BilinearReader(otherGrid);
  const planes = [0, 1, 2].map((k) => others.filter((_, at) => at % 3 === k));
  const sums = new Array<number>(SCORE_SUMS).fill(0);
  for (let y = 0, at = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++, at += 3) {
      reader.seek((2 * (x + 0.5)) / grid.width - 1, (2 * (y + 0.5)) / grid.height - 1);
      const other = planes.map((plane) => reader.read(plane));
      for (let j = 0; j < 3; j++) {
        for (let i = 0; i < 3; i++) sums[3 * i + j] += scores[at + i] * other[j];
        sums[9 + j] += other[j] ** 2;
      }
    }
  }
  return sums;
}
