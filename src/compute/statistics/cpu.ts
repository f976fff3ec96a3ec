import type { Side } from '../../core/geometry.ts';
import type { PlainField } from '../field/cpu.ts';

/** What one direction of a match amounts to; shares are of all places of the grid. */
export interface SideStatistics {
  /** Mean certainty before any sampling. */
  meanCertainty: number;
  /** Share with certainty ≥ threshold. */
  certainShare: number;
  /** Share with certainty ≥ threshold that also comes back within the cycle limit. */
  consistentShare: number;
  /** Median cycle error over the certain places, pixels of the photo; null where no place is certain. */
  medianCycle: number | null;
  /** Share whose warp or certainty is no number; absent where nobody has counted. */
  brokenShare?: number;
}

export interface StatisticsOptions {
  /** Certainty from which a place counts as certain. */
  threshold: number;
  /** Cycle error up to which it counts as consistent, pixels of each photo. */
  cycleLimit: Record<Side, number>;
}

/**
 * Bins of the histogram of cycle errors: a quarter of an octave each from 1/16 px on, so that the median is
 * told within 9 % anywhere between 1/16 px and 4,096 px. The first and last bin also hold what lies beyond.
 */
export const HISTOGRAM = { bins: 64, perOctave: 4, lowest: 1 / 16 } as const;

/** One side's counters, as the pass leaves them on the GPU. */
export interface SideCounters {
  points: number;
  certaintySum: number;
  certain: number;
  consistent: number;
  /** Places whose warp or certainty is no number. */
  broken: number;
  histogram: Uint32Array;
}

/** Counters of one direction. `cycleLimit` in pixels of its photo. */
export function countSide(field: PlainField, threshold: number, cycleLimit: number): SideCounters {
  const points = field.certainty.length;
  const histogram = new Uint32Array(HISTOGRAM.bins);
  let certaintySum = 0;
  let certain = 0;
  let consistent = 0;
  let broken = 0;
  for (let i = 0; i < points; i++) {
    certaintySum += field.certainty[i];
    if (!Number.isFinite(field.certainty[i] + field.warp[i] + field.warp[points + i])) broken++;
    if (field.certainty[i] < threshold) continue;
    certain++;
    if (field.cycle[i] <= cycleLimit) consistent++;
    const bin = Math.floor(HISTOGRAM.perOctave * Math.log2(Math.max(field.cycle[i], 1e-6) / HISTOGRAM.lowest));
    histogram[Math.min(Math.max(bin, 0), HISTOGRAM.bins - 1)]++;
  }
  return { points, certaintySum, certain, consistent, broken, histogram };
}

/** Shares and the median from counters. */
export function summarise(counters: SideCounters): SideStatistics {
  const { points, certain } = counters;
  return {
    meanCertainty: counters.certaintySum / points,
    certainShare: certain / points,
    consistentShare: counters.consistent / points,
    medianCycle: certain ? medianOf(counters.histogram, certain) : null,
    brokenShare: counters.broken / points,
  };
}

/** Statistics of both directions. */
export function statistics(fields: Record<Side, PlainField>, options: StatisticsOptions): Record<Side, SideStatistics> {
  const side = (name: Side) => summarise(countSide(fields[name], options.threshold, options.cycleLimit[name]));
  return { a: side('a'), b: side('b') };
}

/** The value in the middle, interpolated geometrically within its bin. */
function medianOf(histogram: Uint32Array, total: number): number {
  let below = 0;
  let bin = 0;
  while (below + histogram[bin] < total / 2) below += histogram[bin++];
  const within = (total / 2 - below) / histogram[bin];
  return HISTOGRAM.lowest * 2 ** ((bin + within) / HISTOGRAM.perOctave);
}
