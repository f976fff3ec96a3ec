import { BilinearReader } from '../../src/gpu/reference/bilinear.ts';
import type { PlainField } from '../../src/gpu/reference/field.ts';
import { auroc, median, shareWithin } from '../../src/geometry/measures.ts';
import { type Matrix3, project } from '../../src/shared/matrix3.ts';
import type { Size } from '../../src/shared/geometry.ts';

/** Long side that all pixel errors are given at. */
export const MEASURED_LONG_SIDE = 640;
export const PCK_THRESHOLDS = [1, 3, 5, 10] as const;
/** A place is right for the AUROC of the certainty when its error is at most this. */
export const RIGHT_WITHIN = 3;

export interface DenseMeasures {
  pck: number[];
  medianEpe: number;
  auroc: number;
  places: number;
}

/**
 * A field of A against a true homography (pixels of the files), over A's places that are visible in B, on A's pixel
 * grid at a 640 px long side. Errors are in B's pixels at the same size.
 */
export function measureHomography(field: PlainField, photoB: Size, H: Matrix3): DenseMeasures {
  const { width, height } = field.photo;
  const shrinkA = MEASURED_LONG_SIDE / Math.max(width, height);
  const shrinkB = MEASURED_LONG_SIDE / Math.max(photoB.width, photoB.height);
  const reader = new BilinearReader(field.grid);
  const plane = field.grid.width * field.grid.height;
  const errors: number[] = [];
  const certainty: number[] = [];
  const [columns, rows] = [Math.round(width * shrinkA), Math.round(height * shrinkA)];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = (column + 0.5) / shrinkA;
      const y = (row + 0.5) / shrinkA;
      // The published homographies take whole-number pixel centres; ours lie half a pixel further.
      const [u, v] = project(H, x - 0.5, y - 0.5).map((c) => c + 0.5);
      if (!(u >= 0 && v >= 0 && u <= photoB.width && v <= photoB.height)) continue;
      reader.seek((2 * x) / width - 1, (2 * y) / height - 1);
      const foundX = (reader.read(field.warp) + 1) * 0.5 * photoB.width;
      const foundY = (reader.read(field.warp, plane) + 1) * 0.5 * photoB.height;
      errors.push(Math.hypot(foundX - u, foundY - v) * shrinkB);
      certainty.push(reader.read(field.certainty));
    }
  }
  return {
    pck: shareWithin(errors, PCK_THRESHOLDS),
    medianEpe: median(errors),
    auroc: auroc(certainty, errors.map((e) => e <= RIGHT_WITHIN)),
    places: errors.length,
  };
}
