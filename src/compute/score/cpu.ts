import type { Size } from '../../core/geometry.ts';
import { type MatchScore, PCK_THRESHOLDS, PLACE } from '../../core/match-score.ts';
import { BilinearReader } from '../field/bilinear.ts';
import type { PlainField } from '../field/cpu.ts';

/** Errors are in pixels of a picture with this long side. */
export const SCORED_LONG_SIDE = 640;
/** Error of a place that is not measured: hidden, or no place of the truth. */
export const NO_ERROR = -1;
/** Errors are cut off here, as networks may answer anything. */
export const MAX_ERROR = 1e6;
/** Bins of certainty of the error curve. */
export const CURVE_BINS = 10;

/**
 * Histogram of errors for the median: bins of 1/32 octave from 1/64 px to 1,024 px, so that the median is told within
 * 2.2 % there; the first and last bin also hold what lies beyond.
 */
export const ERROR_BINS = { bins: 512, perOctave: 32, lowest: 1 / 64 } as const;

/**
 * Histograms of certainty for the AUROC: bins of 1/16 of a logit between −16 and 16, where networks' certainties are
 * spread evenly. Two certainties in one bin count as equal.
 */
export const CERTAINTY_BINS = { bins: 512, limit: 16 } as const;

/** Where places truly lie in the other picture. */
export interface ScoreTruth {
  size: Size;
  /** [2, h, w] normalised. */
  warp: Float32Array;
  /** [h, w] {@link PLACE}. */
  places: ArrayLike<number>;
  /** The other picture. */
  other: Size;
}

/** What is counted, as the pass leaves it on the GPU. */
export interface ScoreCounters {
  /** Places measured and hidden ones. */
  visible: number;
  hidden: number;
  /** Places within each of PCK_THRESHOLDS. */
  within: ArrayLike<number>;
  errors: Uint32Array;
  visibleCertainty: Uint32Array;
  hiddenCertainty: Uint32Array;
  /** Of the curve's bins. */
  curvePlaces: ArrayLike<number>;
  curveErrors: ArrayLike<number>;
}

export type Score = Omit<MatchScore, 'modelId' | 'modelName' | 'milliseconds'>;

/** Pixels of the measured picture per unit of normalised coordinates, across and down. */
export function scoredScale({ width, height }: Size): [x: number, y: number] {
  const scale = SCORED_LONG_SIDE / Math.max(width, height) / 2;
  return [width * scale, height * scale];
}

/**
 * A match measured at every place of the truth; the match is read bilinearly from its own grid.
 * @returns the error map [h, w] in pixels at {@link SCORED_LONG_SIDE}, {@link NO_ERROR} where nothing is measured,
 * and the counters
 */
export function measureField(
  field: Pick<PlainField, 'grid' | 'warp' | 'certainty'>,
  truth: ScoreTruth,
): { error: Float32Array; counters: ScoreCounters } {
  const { width, height } = truth.size;
  const points = width * height;
  const gridPoints = field.grid.width * field.grid.height;
  const [scaleX, scaleY] = scoredScale(truth.other);
  const reader = new BilinearReader(field.grid);
  const error = new Float32Array(points).fill(NO_ERROR);
  const within = new Array<number>(PCK_THRESHOLDS.length).fill(0);
  const errors = new Uint32Array(ERROR_BINS.bins);
  const visibleCertainty = new Uint32Array(CERTAINTY_BINS.bins);
  const hiddenCertainty = new Uint32Array(CERTAINTY_BINS.bins);
  const curvePlaces = new Uint32Array(CURVE_BINS);
  const curveErrors = new Float64Array(CURVE_BINS);
  let visible = 0;
  let hidden = 0;
  for (let y = 0, i = 0; y < height; y++) {
    const fromY = (2 * y + 1) / height - 1;
    for (let x = 0; x < width; x++, i++) {
      const place = truth.places[i];
      if (place === PLACE.none) continue;
      reader.seek((2 * x + 1) / width - 1, fromY);
      const certainty = reader.read(field.certainty);
      if (place === PLACE.hidden) {
        hidden++;
        hiddenCertainty[certaintyBin(certainty)]++;
        continue;
      }
      const dx = scaleX * (reader.readContinued(field.warp) - truth.warp[i]);
      const dy = scaleY * (reader.readContinued(field.warp, gridPoints) - truth.warp[points + i]);
      const distance = Math.sqrt(dx * dx + dy * dy);
      const e = distance < MAX_ERROR ? distance : MAX_ERROR;
      error[i] = e;
      visible++;
      visibleCertainty[certaintyBin(certainty)]++;
      errors[errorBin(e)]++;
      for (let k = 0; k < PCK_THRESHOLDS.length; k++) if (e <= PCK_THRESHOLDS[k]) within[k]++;
      const bin = Math.min(Math.max(Math.floor(certainty * CURVE_BINS), 0), CURVE_BINS - 1);
      curvePlaces[bin]++;
      curveErrors[bin] += e;
    }
  }
  const counters = { visible, hidden, within, errors, visibleCertainty, hiddenCertainty, curvePlaces, curveErrors };
  return { error, counters };
}

/** The measures of counters. Without any visible place they are NaN; the AUROC is null without both kinds of places. */
export function summariseScore(counters: ScoreCounters): Score {
  const { visible, hidden } = counters;
  const curveErrors = Array.from(counters.curveErrors);
  return {
    places: visible,
    epe: curveErrors.reduce((sum, e) => sum + e, 0) / visible,
    medianError: visible ? medianOf(counters.errors, visible) : NaN,
    pck: Array.from(counters.within, (count) => count / visible),
    auroc: visible && hidden ? auroc(counters) : null,
    curve: curveErrors.map((sum, bin) => {
      const places = counters.curvePlaces[bin];
      return { certainty: (bin + 0.5) / CURVE_BINS, error: places ? sum / places : null, places };
    }),
  };
}

function errorBin(error: number): number {
  const bin = Math.floor(ERROR_BINS.perOctave * Math.log2(Math.max(error, 1e-6) / ERROR_BINS.lowest));
  return Math.min(Math.max(bin, 0), ERROR_BINS.bins - 1);
}

function certaintyBin(certainty: number): number {
  const { bins, limit } = CERTAINTY_BINS;
  const bounded = Math.min(Math.max(certainty, 1e-7), 1 - 1e-7);
  const logit = Math.log(bounded / (1 - bounded));
  return Math.min(Math.max(Math.floor(((logit + limit) / (2 * limit)) * bins), 0), bins - 1);
}

/** The value in the middle, interpolated geometrically within its bin. */
function medianOf(histogram: Uint32Array, total: number): number {
  let below = 0;
  let bin = 0;
  while (below + histogram[bin] < total / 2) below += histogram[bin++];
  const within = (total / 2 - below) / histogram[bin];
  return ERROR_BINS.lowest * 2 ** ((bin + within) / ERROR_BINS.perOctave);
}

/** The chance that a visible place is more certain than a hidden one, equal ones counting half. */
function auroc({ visibleCertainty, hiddenCertainty, visible, hidden }: ScoreCounters): number {
  let area = 0;
  let lessCertain = 0;
  for (let bin = 0; bin < CERTAINTY_BINS.bins; bin++) {
    area += visibleCertainty[bin] * (lessCertain + hiddenCertainty[bin] / 2);
    lessCertain += hiddenCertainty[bin];
  }
  return area / (visible * hidden);
}
