import type { Nearest, VectorSet } from '../../../../core/feature-map.ts';

/** Shorter vectors have no direction. */
const NULL_LENGTH = 1e-12;

/** Vectors with the reciprocals of their lengths, ready to be compared. */
export function vectorSet(values: Float32Array<ArrayBuffer>, channels: number): VectorSet {
  const inverseNorms = new Float32Array(values.length / channels);
  for (let i = 0; i < inverseNorms.length; i++) {
    const length = Math.sqrt(dot(values, i * channels, values, i * channels, channels));
    inverseNorms[i] = length > NULL_LENGTH ? 1 / length : 0;
  }
  return { channels, values, inverseNorms };
}

/** [count] cosine of every vector with `query` ([channels], any length). */
export function cosines({ channels, values, inverseNorms }: VectorSet, query: Float32Array): Float32Array<ArrayBuffer> {
  const length = Math.sqrt(dot(query, 0, query, 0, channels));
  const scale = length > NULL_LENGTH ? 1 / length : 0;
  const result = new Float32Array(inverseNorms.length);
  for (let i = 0; i < result.length; i++) {
    result[i] = dot(values, i * channels, query, 0, channels) * inverseNorms[i] * scale;
  }
  return result;
}

/** The nearest candidate by cosine of every vector of `set`; equals go to the lower index. */
export const nearest = (set: VectorSet, candidates: VectorSet): Nearest => finish(nearestInSteps(set, candidates));

/** A computation that pauses many times a second, telling which share is done: whoever runs it may stop it there. */
export type Steps<T> = Generator<number, T, void>;

/** Products between two pauses: a few milliseconds. */
const PRODUCTS_PER_STEP = 4e6;

/** {@link nearest} with pauses. */
export function* nearestInSteps(set: VectorSet, candidates: VectorSet): Steps<Nearest> {
  const { channels } = set;
  const count = set.inverseNorms.length;
  const rowsPerStep = stepRows(candidates, 1);
  const found = unfound(count);
  const dots = new Float64Array(LANES);
  for (let i = 0; i < count; i++) {
    if (i > 0 && i % rowsPerStep === 0) yield i / count;
    let [best, second, at] = [-2, -2, 0];
    for (let begin = 0; begin < candidates.inverseNorms.length; begin += LANES) {
      dotLanes(set.values, i * channels, candidates.values, begin, channels, dots);
      const end = Math.min(begin + LANES, candidates.inverseNorms.length);
      for (let j = begin; j < end; j++) {
        const cosine = dots[j - begin] * set.inverseNorms[i] * candidates.inverseNorms[j];
        if (cosine > best) {
          second = best;
          best = cosine;
          at = j;
        } else if (cosine > second) second = cosine;
      }
    }
    [found.index[i], found.best[i], found.second[i]] = [at, best, second];
  }
  return clamped(found);
}

/**
 * {@link nearestInSteps} in both directions from one set of products: half the work of asking twice, which is what
 * counts at thousands of places on each side.
 */
export function* nearestBothWaysInSteps(a: VectorSet, b: VectorSet): Steps<[ab: Nearest, ba: Nearest]> {
  const { channels } = a;
  const [countA, countB] = [a.inverseNorms.length, b.inverseNorms.length];
  const [ab, ba] = [unfound(countA), unfound(countB)];
  const rowsPerStep = stepRows(b, 2);
  const dots = new Float64Array(2 * LANES);
  for (let i = 0; i < countA; i += 2) {
    if (i > 0 && i % rowsPerStep === 0) yield i / countA;
    const rows = Math.min(2, countA - i);
    for (let begin = 0; begin < countB; begin += LANES) {
      dotTile(a.values, i, b.values, begin, channels, dots);
      const end = Math.min(begin + LANES, countB);
      for (let row = 0; row < rows; row++) {
        const scale = a.inverseNorms[i + row];
        for (let j = begin; j < end; j++) {
          const cosine = dots[row * LANES + j - begin] * scale * b.inverseNorms[j];
          note(ab, i + row, j, cosine);
          note(ba, j, i + row, cosine);
        }
      }
    }
  }
  return [clamped(ab), clamped(ba)];
}

/** Rows between two pauses, a multiple of how many are taken at once. */
const stepRows = ({ values }: VectorSet, atOnce: number): number =>
  Math.ceil(PRODUCTS_PER_STEP / values.length / atOnce) * atOnce;

function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

const unfound = (count: number): Nearest => ({
  index: new Uint32Array(count),
  best: new Float32Array(count).fill(-2),
  second: new Float32Array(count).fill(-2),
});

/** Cosines of a second that there is none of, and of rounding, become −1. */
function clamped(found: Nearest): Nearest {
  for (const list of [found.best, found.second]) list.forEach((cosine, i) => (list[i] = Math.max(-1, cosine)));
  return found;
}

/** Candidates come in rising order, so of equals the first stays. */
function note({ index, best, second }: Nearest, at: number, candidate: number, cosine: number): void {
  if (cosine > best[at]) {
    second[at] = best[at];
    best[at] = cosine;
    index[at] = candidate;
  } else if (cosine > second[at]) second[at] = cosine;
}

/** Candidates that are compared at once: each number of the vector is then read once for all of them. */
const LANES = 4;

/** Products of one vector with the candidates from `first` on; beyond the last one the last is repeated. */
function dotLanes(
  a: Float32Array,
  atA: number,
  b: Float32Array,
  first: number,
  length: number,
  dots: Float64Array,
): void {
  const last = b.length / length - 1;
  const p = first * length;
  const q = Math.min(first + 1, last) * length;
  const r = Math.min(first + 2, last) * length;
  const s = Math.min(first + 3, last) * length;
  let dp = 0;
  let dq = 0;
  let dr = 0;
  let ds = 0;
  for (let c = 0; c < length; c++) {
    const value = a[atA + c];
    dp += value * b[p + c];
    dq += value * b[q + c];
    dr += value * b[r + c];
    ds += value * b[s + c];
  }
  dots[0] = dp;
  dots[1] = dq;
  dots[2] = dr;
  dots[3] = ds;
}

/** [2, LANES] products of two vectors with four candidates; beyond the last ones the last are repeated. */
function dotTile(a: Float32Array, i: number, b: Float32Array, j: number, length: number, dots: Float64Array): void {
  const x = i * length;
  const y = Math.min(i + 1, a.length / length - 1) * length;
  const last = b.length / length - 1;
  const p = j * length;
  const q = Math.min(j + 1, last) * length;
  const r = Math.min(j + 2, last) * length;
  const s = Math.min(j + 3, last) * length;
  let xp = 0;
  let xq = 0;
  let xr = 0;
  let xs = 0;
  let yp = 0;
  let yq = 0;
  let yr = 0;
  let ys = 0;
  for (let c = 0; c < length; c++) {
    const u = a[x + c];
    const v = a[y + c];
    const bp = b[p + c];
    const bq = b[q + c];
    const br = b[r + c];
    const bs = b[s + c];
    xp += u * bp;
    xq += u * bq;
    xr += u * br;
    xs += u * bs;
    yp += v * bp;
    yq += v * bq;
    yr += v * br;
    ys += v * bs;
  }
  dots[0] = xp;
  dots[1] = xq;
  dots[2] = xr;
  dots[3] = xs;
  dots[4] = yp;
  dots[5] = yq;
  dots[6] = yr;
  dots[7] = ys;
}

/** Four sums at once: one alone would wait for itself at every step. */
function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[atA + i] * b[atB + i];
    s1 += a[atA + i + 1] * b[atB + i + 1];
    s2 += a[atA + i + 2] * b[atB + i + 2];
    s3 += a[atA + i + 3] * b[atB + i + 3];
  }
  for (; i < length; i++) s0 += a[atA + i] * b[atB + i];
  return s0 + s1 + s2 + s3;
}
