import type { PlainField, PlainMatchField } from '../compute/field/cpu.ts';
import { normalisedToPixel } from '../core/coordinates.ts';
import { otherSide, type Side } from '../core/geometry.ts';

/** Numbers of a row: x and y in A, x and y in B (pixels of the photos), certainty. */
export const ROW = 5;

/**
 * Candidates of one pair, from both directions. A row starts at a place of one photo's grid, which is the same place in all
 * pairs of that photo: that is what tracks grow from.
 */
export interface PairMatches {
  count: number;
  /** [count, 5], see {@link ROW}. */
  rows: Float32Array<ArrayBuffer>;
  /** [count] 0 where a row starts at A's grid, 1 where at B's. */
  starts: Uint8Array<ArrayBuffer>;
}

export interface CandidateLimits {
  /** Places less certain than this are left out. */
  certainty: number;
  /** Places that come back from the other photo further away than this share of their photo's longer side are left out. */
  cycleShare: number;
  /** Places of a photo's grid that are looked at, at most about this many. */
  places: number;
}

/** Candidates of both directions that are certain and come back to where they were. */
export function pairMatches(fields: PlainMatchField, limits: CandidateLimits): PairMatches {
  const found: number[] = [];
  const starts: number[] = [];
  for (const side of ['a', 'b'] as const) candidatesOf(fields, side, limits, found, starts);
  return { count: starts.length, rows: Float32Array.from(found), starts: Uint8Array.from(starts) };
}

function candidatesOf(
  fields: PlainMatchField,
  side: Side,
  limits: CandidateLimits,
  found: number[],
  starts: number[],
): void {
  const { grid, photo, warp, certainty, cycle } = fields[side];
  const other = fields[otherSide(side)].photo;
  const points = grid.width * grid.height;
  const cycleLimit = limits.cycleShare * Math.max(photo.width, photo.height);
  const step = gridStep(fields[side], limits.places);
  for (let row = step >> 1; row < grid.height; row += step) {
    for (let column = step >> 1; column < grid.width; column += step) {
      const k = row * grid.width + column;
      // `not certain enough` is asked so that a certainty that is no number fails.
      if (!(certainty[k] >= limits.certainty && cycle[k] <= cycleLimit)) continue;
      const here = { x: ((column + 0.5) * photo.width) / grid.width, y: ((row + 0.5) * photo.height) / grid.height };
      const there = normalisedToPixel({ x: warp[k], y: warp[points + k] }, other);
      if (!(there.x >= 0 && there.y >= 0 && there.x <= other.width && there.y <= other.height)) continue;
      const [a, b] = side === 'a' ? [here, there] : [there, here];
      found.push(a.x, a.y, b.x, b.y, certainty[k]);
      starts.push(side === 'a' ? 0 : 1);
    }
  }
}

/** Cells of a grid from one candidate to the next. */
const gridStep = ({ grid }: PlainField, places: number): number =>
  Math.max(1, Math.round(Math.sqrt((grid.width * grid.height) / places)));
