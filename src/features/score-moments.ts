import { EPSILON } from './component-colors.ts';

/** Mean and covariance of features, divided by count − 1. */
export interface Moments {
  count: number;
  channels: number;
  /** [channels] */
  mean: Float32Array<ArrayBuffer>;
  /** [channels, channels] */
  covariance: Float32Array<ArrayBuffer>;
}

/** The same of three component scores: [3] and [3, 3] in double precision. */
export interface ScoreMoments {
  count: number;
  mean: number[];
  covariance: number[];
}

/**
 * Moments of several photos' places together, from those of each: the update of Chan, Golub and LeVeque (1983).
 * @throws RangeError for no photo, or fewer than two places
 */
export function pooledMoments(parts: readonly Moments[]): Moments {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  if (!(count >= 2)) throw new RangeError('a covariance needs at least two places');
  if (parts.length === 1) return parts[0];
  const { channels } = parts[0];
  const mean = new Float64Array(channels);
  for (const part of parts) part.mean.forEach((value, c) => (mean[c] += (value * part.count) / count));
  const covariance = new Float32Array(channels * channels);
  const distances = parts.map((part) => mean.map((value, c) => part.mean[c] - value));
  for (let i = 0, at = 0; i < channels; i++) {
    for (let j = 0; j < channels; j++, at++) {
      let sum = 0;
      for (let p = 0; p < parts.length; p++) {
        const part = parts[p];
        sum += (part.count - 1) * part.covariance[at] + part.count * distances[p][i] * distances[p][j];
      }
      covariance[at] = sum / (count - 1);
    }
  }
  return { count, channels, mean: Float32Array.from(mean), covariance };
}

/**
 * Moments of the scores along three directions about `origin`, without a score: the mean is W (μ − origin), the
 * covariance W C Wᵀ.
 *
 * @param basis W, [3, channels]
 */
export function scoreMoments(
  { count, channels, mean, covariance }: Moments,
  origin: Float32Array,
  basis: Float32Array,
): ScoreMoments {
  const result: ScoreMoments = { count, mean: [0, 0, 0], covariance: new Array<number>(9).fill(0) };
  for (let k = 0; k < 3; k++) {
    const row = basis.subarray(k * channels, (k + 1) * channels);
    for (let c = 0; c < channels; c++) result.mean[k] += row[c] * (mean[c] - origin[c]);
    const image = new Float64Array(channels);
    for (let i = 0, at = 0; i < channels; i++) {
      for (let j = 0; j < channels; j++, at++) image[i] += covariance[at] * row[j];
    }
    for (let l = 0; l < 3; l++) {
      for (let c = 0; c < channels; c++) result.covariance[3 * l + k] += basis[l * channels + c] * image[c];
    }
  }
  return result;
}

/** Root mean square of each component over photos together; 1 where a component is zero everywhere. */
export function spreadsOf(parts: readonly ScoreMoments[]): number[] {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return [0, 1, 2].map((k) => {
    const squares = parts.reduce(
      (sum, { count: n, mean, covariance }) => sum + (n - 1) * Math.max(0, covariance[4 * k]) + n * mean[k] ** 2,
      0,
    );
    return Math.sqrt(squares / count) || 1;
  });
}

/**
 * The scaling that componentColors finds from all scores, as a matrix: applied to a place's scores about the photo's
 * own mean it gives (x − mean) / (std + 1e-5) · 0.5, how far each colour lies from one half before it is clipped.
 *
 * @param turn 3 × 3, row-major: row k makes colour k of the three scores
 * @returns 3 × 3, row-major
 */
export function colorMatrix({ covariance }: ScoreMoments, turn: readonly number[]): number[] {
  const matrix: number[] = [];
  for (let k = 0; k < 3; k++) {
    const row = turn.slice(3 * k, 3 * k + 3);
    let variance = 0;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) variance += row[i] * row[j] * covariance[3 * i + j];
    }
    const scale = 0.5 / (Math.sqrt(Math.max(0, variance)) + EPSILON);
    matrix.push(...row.map((value) => value * scale));
  }
  return matrix;
}
