import { CHECK_TOLERANCE, type Comparison } from './compare.ts';
import { fromBase64, toBase64 } from './outputs.ts';

/** What one output of a network said, thinned out; what all of it amounts to. */
export interface SampledOutput {
  /** Numbers in all. */
  length: number;
  /** Every how manyth is kept, from the first: a prime, so that no channel is left out. */
  step: number;
  values: Float32Array;
  isFinite: boolean;
  isConstant: boolean;
}

/** By the outputs' names. */
export type NetworkOutputs = Readonly<Record<string, SampledOutput>>;

/** {@link NetworkOutputs} as JSON: values are little-endian float32 in base64. */
export type StoredOutputs = Readonly<Record<string, Omit<SampledOutput, 'values'> & { values: string }>>;

/** At most about so many numbers of an output are kept. */
const KEPT = 2048;

/** A few values may differ for good reasons (overflowing tails of a softmax): the difference is of this share, the nearest ones. */
const SHARE = 0.95;

export function sampleOutput(all: Float32Array): SampledOutput {
  const step = primeFrom(Math.ceil(all.length / KEPT));
  const values = Float32Array.from({ length: Math.ceil(all.length / step) }, (_, i) => all[i * step]);
  return {
    length: all.length,
    step,
    values,
    isFinite: all.every(Number.isFinite),
    isConstant: all.every((value) => value === all[0]),
  };
}

/**
 * Compares a network's outputs with its reference: root of the mean square of what differs, as a share of the reference's, over the
 * values that differ least. Without a reference they must still be finite, and not the same everywhere.
 */
export function compareNetworkOutputs(outputs: NetworkOutputs, reference: NetworkOutputs | null): Comparison {
  const wrong = (finding: string, difference: number | null = null): Comparison => ({
    verdict: 'wrong',
    finding,
    difference,
  });
  const all = Object.entries(outputs);
  if (all.some(([, { isFinite }]) => !isFinite)) return wrong('its results hold no numbers');
  // A network may have little to say of a made picture: then the reference has, too.
  const isMute = ([name, { isConstant }]: (typeof all)[number]) => isConstant && !reference?.[name]?.isConstant;
  if (all.some(isMute)) return wrong('its results are the same everywhere');
  const isComparable =
    reference !== null &&
    all.every(([name, { length, step }]) => reference[name]?.length === length && reference[name].step === step);
  if (!isComparable) return { verdict: 'unchecked', finding: '', difference: null };
  const difference = Math.max(...all.map(([name, { values }]) => relativeDifference(values, reference[name].values)));
  if (difference <= CHECK_TOLERANCE) return { verdict: 'right', finding: '', difference };
  return wrong(`its results differ from the reference by ${percent(difference)}`, difference);
}

const percent = (share: number) =>
  share < 10 ? `${(100 * share).toPrecision(2)} %` : 'more than ten times their size';

export const storedOutputs = (outputs: NetworkOutputs): StoredOutputs =>
  mapped(outputs, (one) => ({ ...one, values: toBase64(one.values) }));

/** @returns null where it is not what {@link storedOutputs} made */
export function readStoredOutputs(json: unknown): NetworkOutputs | null {
  try {
    const read = mapped(json as StoredOutputs, (one) => ({ ...one, values: fromBase64(one.values) }));
    const isWhole = ({ length, step, values }: SampledOutput) => values.length === Math.ceil(length / step);
    return Object.values(read).length > 0 && Object.values(read).every(isWhole) ? read : null;
  } catch {
    return null;
  }
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

function relativeDifference(values: Float32Array, expected: Float32Array): number {
  const places = [...expected.keys()].sort((i, j) => error(i) - error(j));
  const kept = places.slice(0, Math.max(1, Math.floor(SHARE * places.length)));
  let [errors, squares] = [0, 0];
  for (const i of kept) {
    errors += error(i) ** 2;
    squares += expected[i] ** 2;
  }
  if (errors === 0) return 0;
  return squares === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(errors / squares);

  function error(i: number): number {
    return Math.abs(values[i] - expected[i]);
  }
}

/** The first prime from here on. */
function primeFrom(least: number): number {
  for (let n = Math.max(1, least); ; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n && isPrime; d++) isPrime = n % d !== 0;
    if (isPrime) return n;
  }
}
