import type { PlainField } from '../../src/compute/field/cpu.ts';
import { type Matrix3, project } from '../../src/core/matrix3.ts';

/** How far a match is right on one of its photos. */
export interface Rightness {
  /** Shares of the places that the other photo shows, right within 1 and 3 pixels of it. */
  within1: number;
  within3: number;
  /** Share of the places that lines are drawn of (certain, and they come back) that are further off than {@link WRONG}. */
  wrong: number;
  /** Places that lines are drawn of, as a share of all. */
  drawn: number;
  /** The same of places that the photo can tell nothing of, as shares of those. */
  flat: { share: number; drawn: number; wrong: number };
  medianError: number;
}

/** Off by this share of the other photo's long side, a place is another one. */
export const WRONG = 0.03;

/** @param motion normalised photo to normalised other photo; null: no place is right */
export function rightness(
  field: PlainField,
  other: { width: number; height: number },
  motion: Matrix3 | null,
  thresholds: { certainty: number; cycleShare: number },
  isFlat: (x: number, y: number) => boolean,
): Rightness {
  const { grid, photo, warp, certainty, cycle } = field;
  const points = grid.width * grid.height;
  const cycleLimit = thresholds.cycleShare * Math.max(photo.width, photo.height);
  const limit = WRONG * Math.max(other.width, other.height);
  let [seen, within1, within3, drawn, wrong] = [0, 0, 0, 0, 0];
  const flat = { all: 0, drawn: 0, wrong: 0 };
  const errors: number[] = [];
  for (let k = 0; k < points; k++) {
    const [x, y] = [
      (2 * (k % grid.width) + 1) / grid.width - 1,
      (2 * Math.floor(k / grid.width) + 1) / grid.height - 1,
    ];
    const [u, v] = motion ? project(motion, x, y) : [2, 2];
    const isSeen = Math.abs(u) < 1 && Math.abs(v) < 1;
    const error = motion
      ? Math.hypot(((warp[k] - u) * other.width) / 2, ((warp[points + k] - v) * other.height) / 2)
      : Infinity;
    if (isSeen) {
      seen++;
      errors.push(error);
      if (error <= 1) within1++;
      if (error <= 3) within3++;
    }
    const isDrawn = certainty[k] >= thresholds.certainty && cycle[k] <= cycleLimit;
    const isWrong = isDrawn && error > limit;
    if (isDrawn) drawn++;
    if (isWrong) wrong++;
    if (!isFlat(x, y)) continue;
    flat.all++;
    if (isDrawn) flat.drawn++;
    if (isWrong) flat.wrong++;
  }
  errors.sort((p, q) => p - q);
  return {
    within1: within1 / seen,
    within3: within3 / seen,
    wrong: wrong / drawn,
    drawn: drawn / points,
    flat: { share: flat.all / points, drawn: flat.drawn / flat.all, wrong: flat.wrong / flat.drawn },
    medianError: errors[errors.length >> 1] ?? NaN,
  };
}
