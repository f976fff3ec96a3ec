import type { FeatureMap } from '../../../../core/feature-map.ts';

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
  const sums = new Float64Array(TILE * TILE);
  const last = channels - 1;
  for (let i = 0; i < channels; i += TILE) {
    for (let j = i; j < channels; j += TILE) {
      multiplyTile(rows, count, i, j, last, sums);
      for (let k = 0; k < TILE * TILE; k++) {
        const [row, other] = [i + Math.floor(k / TILE), j + (k % TILE)];
        if (row > last || other > last) continue;
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

/** Rows that are multiplied together: nine sums and six numbers are about what a processor's registers hold. */
const TILE = 3;

/** [TILE, TILE] products of three rows with three others: every number read is used three times. Rows end at `last`. */
function multiplyTile(rows: Float32Array, n: number, i: number, j: number, last: number, sums: Float64Array): void {
  const a = i * n;
  const b = Math.min(i + 1, last) * n;
  const c = Math.min(i + 2, last) * n;
  const d = j * n;
  const e = Math.min(j + 1, last) * n;
  const f = Math.min(j + 2, last) * n;
  let ad = 0;
  let ae = 0;
  let af = 0;
  let bd = 0;
  let be = 0;
  let bf = 0;
  let cd = 0;
  let ce = 0;
  let cf = 0;
  // Plain variables: taking arrays apart here more than doubled the time.
  for (let k = 0; k < n; k++) {
    const x = rows[a + k];
    const y = rows[b + k];
    const z = rows[c + k];
    const u = rows[d + k];
    const v = rows[e + k];
    const w = rows[f + k];
    ad += x * u;
    ae += x * v;
    af += x * w;
    bd += y * u;
    be += y * v;
    bf += y * w;
    cd += z * u;
    ce += z * v;
    cf += z * w;
  }
  sums[0] = ad;
  sums[1] = ae;
  sums[2] = af;
  sums[3] = bd;
  sums[4] = be;
  sums[5] = bf;
  sums[6] = cd;
  sums[7] = ce;
  sums[8] = cf;
}
