import type { Nearest, VectorSet } from '../../shared/feature-map.ts';

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
export function nearest(set: VectorSet, candidates: VectorSet): Nearest {
  const { channels } = set;
  const count = set.inverseNorms.length;
  const index = new Uint32Array(count);
  const best = new Float32Array(count).fill(-1);
  const second = new Float32Array(count).fill(-1);
  const dots = new Float64Array(LANES);
  for (let i = 0; i < count; i++) {
    let [first, next, at] = [-2, -2, 0];
    for (let begin = 0; begin < candidates.inverseNorms.length; begin += LANES) {
      dotLanes(set.values, i * channels, candidates.values, begin, channels, dots);
      const end = Math.min(begin + LANES, candidates.inverseNorms.length);
      for (let j = begin; j < end; j++) {
        const cosine = dots[j - begin] * set.inverseNorms[i] * candidates.inverseNorms[j];
        if (cosine > first) {
          next = first;
          first = cosine;
          at = j;
        } else if (cosine > next) next = cosine;
      }
    }
    index[i] = at;
    best[i] = Math.max(-1, first);
    second[i] = Math.max(-1, next);
  }
  return { index, best, second };
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
