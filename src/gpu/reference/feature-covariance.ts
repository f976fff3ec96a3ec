import type { FeatureMap } from '../../shared/feature-map.ts';

/** Second moments of features about their mean. */
export interface FeatureMoments {
  channels: number;
  /** Vectors that were counted. */
  count: number;
  /** [channels] */
  mean: Float32Array<ArrayBuffer>;
  /** [channels, channels], symmetric, divided by count − 1. */
  covariance: Float32Array<ArrayBuffer>;
}

/**
 * Mean and covariance over all places of all maps together (a photo alone, or both).
 * @throws RangeError for fewer than two places or differing channels
 */
export function featureMoments(maps: readonly FeatureMap[]): FeatureMoments {
  const { channels, count } = momentShape(maps);
  const mean = featureMean(maps);
  // Channel by channel, so that one entry of the covariance is a product of two rows in a line.
  const rows = new Float32Array(channels * count);
  let column = 0;
  for (const { values } of maps) {
    for (let at = 0; at < values.length; at += channels, column++) {
      for (let c = 0; c < channels; c++) rows[c * count + column] = values[at + c] - mean[c];
    }
  }
  const covariance = new Float32Array(channels * channels);
  for (let i = 0; i < channels; i += 2) {
    for (let j = i; j < channels; j += 2) {
      const sums = twoByTwo(rows, count, i, Math.min(i + 1, channels - 1), j, Math.min(j + 1, channels - 1));
      for (let k = 0; k < 4; k++) {
        const [row, other] = [i + (k >> 1), j + (k & 1)];
        if (row >= channels || other >= channels) continue;
        covariance[row * channels + other] = covariance[other * channels + row] = sums[k] / (count - 1);
      }
    }
  }
  return { channels, count, mean, covariance };
}

/** [channels] mean over all places of all maps. */
export function featureMean(maps: readonly FeatureMap[]): Float32Array<ArrayBuffer> {
  const { channels, count } = momentShape(maps);
  const sums = new Float64Array(channels);
  for (const { values } of maps) {
    for (let at = 0; at < values.length; at += channels) {
      for (let c = 0; c < channels; c++) sums[c] += values[at + c];
    }
  }
  return Float32Array.from(sums, (sum) => sum / count);
}

/** Channels of the maps and their places together. */
export function momentShape(maps: readonly FeatureMap[]): { channels: number; count: number } {
  const channels = maps[0]?.channels ?? 0;
  if (maps.some((map) => map.channels !== channels)) throw new RangeError('maps of one encoder have the same channels');
  const count = maps.reduce((sum, { values }) => sum + values.length / channels, 0);
  if (!(count >= 2)) throw new RangeError('a covariance needs at least two places');
  return { channels, count };
}

/** The four products of two rows with two others: every number read is used twice. */
function twoByTwo(rows: Float32Array, n: number, i0: number, i1: number, j0: number, j1: number): number[] {
  const a = i0 * n;
  const b = i1 * n;
  const c = j0 * n;
  const d = j1 * n;
  let ac = 0;
  let ad = 0;
  let bc = 0;
  let bd = 0;
  // Plain variables: taking arrays apart here more than doubled the time.
  for (let k = 0; k < n; k++) {
    const x = rows[a + k];
    const y = rows[b + k];
    const z = rows[c + k];
    const w = rows[d + k];
    ac += x * z;
    ad += x * w;
    bc += y * z;
    bd += y * w;
  }
  return [ac, ad, bc, bd];
}
