import type { Side } from '../core/geometry.ts';
import type { Tilt } from './align.ts';

/** One way of showing both photos to the decoder. */
export interface ViewTry {
  /** Of B, degrees. */
  rotation: number;
  /** Input of each photo, as shares of the tries' long side. */
  scale: Record<Side, number>;
  tilt?: Tilt;
  /** The last of the likely ones: where nothing has come of them, nothing comes of the others. */
  isLast?: boolean;
}

/** Rotations of B in degrees, the likely ones first; a network that bears 30° leaves no gap between them. */
const ROTATIONS = [0, 45, -45, 90, -90, 180, 135, -135];
/** Input scales of A and B: as they are, or one of them twice as large as the other. */
const SCALES: Record<Side, number>[] = [
  { a: 1, b: 1 },
  { a: 0.5, b: 1 },
  { a: 1, b: 0.5 },
];
/** Close-ups, tried last: what is small in one photo must still be seen, so that the other one is large and slow. */
const EXTREME_SCALES: Record<Side, number>[] = [
  { a: 0.57, b: 1.9 },
  { a: 1.9, b: 0.57 },
];
/** Slanted views, tried after all others: B foreshortened to a half along a direction, or A. */
const SLANTS: { by: number; scale: Record<Side, number> }[] = [
  { by: 2, scale: { a: 0.5, b: 1 } },
  { by: 0.5, scale: { a: 1, b: 1 } },
];
const SLANT_ROTATIONS = [0, 45, -45];
const SLANT_DIRECTIONS = [0, 90, 45, 135];

/** Of {@link slantedTries}, those after which nothing comes of the others: both photos along both axes. */
const LIKELY_SLANTS = 4;

/**
 * Slanted views for photos of which coarse features agree on something, and yet on no motion that holds. Upright: of slanted and
 * turned ones the coarse search finds what there is.
 */
export const slantedTries = (): ViewTry[] => slants(0).map((one, i) => ({ ...one, isLast: i === LIKELY_SLANTS - 1 }));

const slants = (rotation: number): ViewTry[] =>
  SLANT_DIRECTIONS.flatMap((direction) =>
    SLANTS.map(({ by, scale }) => ({ rotation, scale, tilt: { direction, by } })),
  );

/** All views that are tried in turn, the likely ones first. A graph of fixed size sees all scales alike. */
export function viewTries(fixedSize: boolean): ViewTry[] {
  const sweep = (scales: Record<Side, number>[]): ViewTry[] =>
    ROTATIONS.flatMap((rotation) => scales.map((scale) => ({ rotation, scale })));
  if (fixedSize) return sweep(SCALES.slice(0, 1));
  const tilts = SLANT_ROTATIONS.flatMap(slants);
  const likely = sweep(SCALES);
  likely[likely.length - 1].isLast = true;
  return [...likely, ...sweep(EXTREME_SCALES), ...tilts];
}
