import { expect, test } from 'vitest';
import { seededRandom } from '../geometry/random.ts';
import { procrustes, procrustesOfSums, spreads, turnScores } from './align-components.ts';
import { componentColors } from './component-colors.ts';
import { colorMatrix, type Moments, pooledMoments, scoreMoments, spreadsOf } from './score-moments.ts';

const CHANNELS = 7;

function rows(count: number, seed: number): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * CHANNELS }, (_, at) => (at % CHANNELS) * random() + Math.sin(seed + at));
}

/** By the definitions, in double precision. */
function momentsOf(values: Float32Array): Moments {
  const count = values.length / CHANNELS;
  const at = (i: number, c: number) => values[i * CHANNELS + c];
  const places = Array.from({ length: count }, (_, i) => i);
  const mean = Array.from({ length: CHANNELS }, (_, c) => places.reduce((sum, i) => sum + at(i, c), 0) / count);
  const covariance = Array.from({ length: CHANNELS ** 2 }, (_, k) => {
    const [c, d] = [Math.floor(k / CHANNELS), k % CHANNELS];
    return places.reduce((sum, i) => sum + (at(i, c) - mean[c]) * (at(i, d) - mean[d]), 0) / Math.max(1, count - 1);
  });
  return { count, channels: CHANNELS, mean: Float32Array.from(mean), covariance: Float32Array.from(covariance) };
}

const parts = [rows(40, 1), rows(9, 2), rows(1, 3)];
const basis = rows(3, 4);
const origin = rows(1, 5);

/** [places, 3] */
function scoresOf(values: Float32Array): Float32Array<ArrayBuffer> {
  const scores = new Float32Array((3 * values.length) / CHANNELS);
  for (let at = 0; at < scores.length; at++) {
    const [i, k] = [Math.floor(at / 3), at % 3];
    for (let c = 0; c < CHANNELS; c++) {
      scores[at] += (values[i * CHANNELS + c] - origin[c]) * basis[k * CHANNELS + c];
    }
  }
  return scores;
}

test('moments of photos together are those of all their places', () => {
  const pooled = pooledMoments(parts.map(momentsOf));
  const whole = momentsOf(Float32Array.from(parts.flatMap((part) => [...part])));
  expect(pooled.count).toBe(50);
  pooled.mean.forEach((value, c) => expect(value).toBeCloseTo(whole.mean[c], 5));
  pooled.covariance.forEach((value, k) => expect(value).toBeCloseTo(whole.covariance[k], 4));
  expect(() => pooledMoments([momentsOf(parts[2])])).toThrow(RangeError);
});

test('colours follow from the moments as from all scores, turned or not', () => {
  const scores = scoresOf(parts[0]);
  const moments = scoreMoments(momentsOf(parts[0]), origin, basis);
  const turn = procrustes(scores, scoresOf(rows(40, 6)));
  const spread = spreads(scores);
  spreadsOf([moments]).forEach((value, k) => expect(value).toBeCloseTo(spread[k], 4));
  const rowsOfTurn = turn.map((_, at) => turn[3 * (at % 3) + Math.floor(at / 3)] / spread[at % 3]);
  for (const [matrix3, wanted] of [
    [[1, 0, 0, 0, 1, 0, 0, 0, 1], componentColors(scores)],
    [rowsOfTurn, componentColors(turnScores(scores, turn))],
  ] as const) {
    const matrix = colorMatrix(moments, matrix3);
    wanted.forEach((color, at) => {
      const [first, k] = [at - (at % 3), at % 3];
      const value = [0, 1, 2].reduce((sum, j) => sum + matrix[3 * k + j] * (scores[first + j] - moments.mean[j]), 0.5);
      expect(Math.min(1, Math.max(0, value))).toBeCloseTo(color, 4);
    });
  }
});

test('a photo of one colour is not divided by zero', () => {
  const flat = { count: 4, mean: [1, 2, 3], covariance: new Array<number>(9).fill(0) };
  const matrix = colorMatrix(flat, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  for (const value of matrix) expect(value * 0).toBe(0);
});

test('alignment from sums is alignment from scores', () => {
  const [scores, target] = [scoresOf(parts[0]), scoresOf(rows(40, 7))];
  const products = Array.from({ length: 9 }, (_, k) => {
    let sum = 0;
    for (let at = 0; at < scores.length; at += 3) sum += scores[at + Math.floor(k / 3)] * target[at + (k % 3)];
    return sum;
  });
  const found = procrustesOfSums(products, spreads(scores), spreads(target));
  procrustes(scores, target).forEach((value, k) => expect(found[k]).toBeCloseTo(value, 6));
});
