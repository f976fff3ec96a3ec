import { isCancelled, partMissing, toPlainError } from '../../core/errors.ts';
import type { CheckOutputs } from './outputs.ts';

/** Outputs further than this from the reference are wrong: normalised units of the warp, and of the certainty. */
export const CHECK_TOLERANCE = 1e-2;

/** The warp is compared where the reference is surer than this: elsewhere it may be an arbitrary choice between equals. */
const SURE = 0.3;

/** With fewer sure places than this, the warp of all places is compared, by the median. */
const FEWEST_SURE = 16;

/** A few places may differ for good reasons (another best cell by rounding): the difference is this share's. */
const SHARE = 0.95;

/** What models fail with where no download is to blame. */
const FAILURES = ['model-failed', 'model-unusable', 'splats-not-finite', 'internal'];

export interface Comparison {
  /** `unchecked`: there is no reference, and nothing speaks against the outputs. */
  verdict: 'right' | 'wrong' | 'unchecked';
  /** What differs, in words; empty where nothing does. */
  finding: string;
  /** The larger of both differences; null where there is no reference or a number is none. */
  difference: number | null;
}

/**
 * Compares a model's outputs on the synthetic pair with its reference. Without one they must still be finite, and not the
 * same everywhere.
 */
export function compareOutputs(outputs: CheckOutputs, reference: CheckOutputs | null): Comparison {
  const wrong = (finding: string, difference: number | null = null): Comparison => ({
    verdict: 'wrong',
    finding,
    difference,
  });
  const { warp, certaintyLogit } = outputs;
  // A logit may be infinite: the certainty is then 0 or 1.
  if (![...warp].every(Number.isFinite) || certaintyLogit.some(Number.isNaN))
    return wrong('its results hold no numbers');
  if (isConstant(warp)) return wrong('its results are the same everywhere');
  // A reference of another size was recorded by another version of the check: it says nothing of the machine.
  const isComparable =
    reference !== null && reference.warp.length === warp.length && reference.grid.width === outputs.grid.width;
  if (!isComparable) return { verdict: 'unchecked', finding: '', difference: null };

  const expected = Float64Array.from(reference.certaintyLogit, logistic);
  const byCertainty = quantile(
    expected.map((value, i) => Math.abs(logistic(certaintyLogit[i]) - value)),
    SHARE,
  );
  const points = expected.length;
  const byPlace = expected.map((_, i) =>
    Math.max(Math.abs(warp[i] - reference.warp[i]), Math.abs(warp[points + i] - reference.warp[points + i])),
  );
  const sure = byPlace.filter((_, i) => expected[i] > SURE);
  const byWarp = sure.length >= FEWEST_SURE ? quantile(sure, SHARE) : quantile(byPlace, 0.5);
  const difference = Math.max(byWarp, byCertainty);
  if (difference <= CHECK_TOLERANCE) return { verdict: 'right', finding: '', difference };
  const [what, by] = byWarp >= byCertainty ? ['places', byWarp] : ['certainties', byCertainty];
  return wrong(`its ${what} differ from the stored reference by ${by.toPrecision(2)}`, difference);
}

/** How a model fails on the GPU, as a check finds it; null where it is no fault of the GPU's. */
export function failureFinding(thrown: unknown): string | null {
  if (isCancelled(thrown)) return null;
  const { code, message } = toPlainError(partMissing(thrown));
  return FAILURES.includes(code) ? `it fails there (${message.replace(/\.$/, '')})` : null;
}

const logistic = (logit: number) => 1 / (1 + Math.exp(-logit));

const isConstant = (values: Float32Array) => values.every((value) => value === values[0]);

function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
