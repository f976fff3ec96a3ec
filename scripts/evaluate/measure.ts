import { BilinearReader } from '../../src/compute/field/bilinear.ts';
import type { PlainField } from '../../src/compute/field/cpu.ts';
import { auroc, median, shareWithin } from '../../src/geometry/measures.ts';
import type { Point, Size } from '../../src/core/geometry.ts';
import type { Matrix3 } from '../../src/core/matrix3.ts';
import { normalisedToPixel, pixelToNormalised } from '../../src/core/coordinates.ts';
import type { KnownPoint } from './pairs.ts';
import { type DenseTruth, homographyTruth, MEASURED_LONG_SIDE } from './truth.ts';

export const PCK_THRESHOLDS = [1, 3, 5, 10] as const;
/** A place is right for the AUROC of the certainty when its error is at most this. */
export const RIGHT_WITHIN = 3;

export interface DenseMeasures {
  pck: number[];
  medianEpe: number;
  auroc: number;
  places: number;
  /** Share of A's places that B shows, where the truth is dense. */
  seen?: number;
}

/** A field of A against the truth, over A's places visible in B; errors in B's pixels at a 640 px long side. */
export function measureDense(field: PlainField, photoB: Size, truth: DenseTruth): DenseMeasures {
  const errors: number[] = [];
  const certainty: number[] = [];
  const errorAt = errorReader(field, photoB, truth);
  for (let row = 0; row < truth.grid.height; row++) {
    for (let column = 0; column < truth.grid.width; column++) {
      const found = errorAt({
        x: ((column + 0.5) / truth.grid.width) * field.photo.width,
        y: ((row + 0.5) / truth.grid.height) * field.photo.height,
      });
      if (!found) continue;
      errors.push(found.error);
      certainty.push(found.certainty);
    }
  }
  return { ...measuresOf(errors, certainty), seen: errors.length / (truth.grid.width * truth.grid.height) };
}

/** {@link measureDense} at single places that are known in both photos, pixels of the files. */
export function measurePoints(field: PlainField, photoB: Size, points: readonly KnownPoint[]): DenseMeasures {
  const compare = comparer(field, photoB);
  const found = points.map(([x, y, u, v]) => compare({ x, y }, { x: u, y: v }));
  return measuresOf(
    found.map(({ error }) => error),
    found.map(({ certainty }) => certainty),
  );
}

function measuresOf(errors: number[], certainty: number[]): DenseMeasures {
  return {
    pck: shareWithin(errors, PCK_THRESHOLDS),
    medianEpe: median(errors),
    auroc: auroc(
      certainty,
      errors.map((e) => e <= RIGHT_WITHIN),
    ),
    places: errors.length,
  };
}

/** {@link measureDense} where the truth is a homography of the files' pixels (whole-number centres). */
export const measureHomography = (field: PlainField, photoB: Size, H: Matrix3): DenseMeasures =>
  measureDense(field, photoB, homographyTruth(H, field.photo, photoB));

/** Error (B's pixels at a 640 px long side) and certainty at a pixel of A; null where the truth says nothing. */
export function errorReader(field: PlainField, photoB: Size, truth: DenseTruth) {
  const compare = comparer(field, photoB);
  return (place: Point) => {
    const wanted = truth.at(place.x, place.y);
    return wanted && compare(place, wanted);
  };
}

/** Error and certainty of a field at a pixel of A whose true pixel in B is known. */
function comparer(field: PlainField, photoB: Size) {
  const shrink = MEASURED_LONG_SIDE / Math.max(photoB.width, photoB.height);
  const reader = new BilinearReader(field.grid);
  const plane = field.grid.width * field.grid.height;
  return (place: Point, wanted: Point): { error: number; certainty: number } => {
    const at = pixelToNormalised(place, field.photo);
    reader.seek(at.x, at.y);
    const found = normalisedToPixel(
      { x: reader.readContinued(field.warp), y: reader.readContinued(field.warp, plane) },
      photoB,
    );
    return {
      error: Math.hypot(found.x - wanted.x, found.y - wanted.y) * shrink,
      certainty: reader.read(field.certainty),
    };
  };
}
