import { expect, test } from 'vitest';
import { seededRandom } from '../geometry/random.ts';
import { procrustes, resampleScores, turnScores } from './align-components.ts';

/** An orthogonal matrix with a reflection (determinant −1), from numpy.linalg.qr. */
const TURN = [-0.196116, -0.605228, -0.771517, 0, -0.786796, 0.617213, -0.980581, 0.121046, 0.154303];

test('Procrustes finds the orthogonal matrix between two sets of scores, reflection included', () => {
  const random = seededRandom(3);
  const scores = Float32Array.from({ length: 3 * 400 }, () => random() - 0.5);
  const target = turnScores(scores, TURN, [1, 1, 1]);
  const turn = procrustes(scores, target);
  // Uniform noise has nearly equal spreads, so the common scaling changes little.
  turn.forEach((value, i) => expect(Math.abs(value - TURN[i])).toBeLessThan(0.05));
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const dot = [0, 1, 2].reduce((sum, k) => sum + turn[3 * i + k] * turn[3 * j + k], 0);
      expect(dot).toBeCloseTo(i === j ? 1 : 0, 6);
    }
  }
});

test('turned scores lie nearer to the target than before', () => {
  const random = seededRandom(9);
  const target = Float32Array.from({ length: 300 }, () => random() - 0.5);
  // Components exchanged, one with its sign changed: what happens between encoders.
  const scores = Float32Array.from(target, (_, at) => [-target[at + 1], target[at - 1], target[at]][at % 3]);
  const turned = turnScores(scores, procrustes(scores, target));
  const cosine = (a: Float32Array, b: Float32Array) => {
    const dot = (p: Float32Array, q: Float32Array) => p.reduce((sum, v, i) => sum + v * q[i], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  expect(cosine(turned, target)).toBeGreaterThan(0.99);
});

test('resampling keeps a linear ramp and the same grid', () => {
  const ramp = (width: number, height: number) =>
    Float32Array.from({ length: width * height * 3 }, (_, at) => ((Math.floor(at / 3) % width) + 0.5) / width);
  const same = resampleScores(ramp(5, 3), { width: 5, height: 3 }, { width: 5, height: 3 });
  same.forEach((value, i) => expect(value).toBeCloseTo(ramp(5, 3)[i], 6));
  const finer = resampleScores(ramp(5, 3), { width: 5, height: 3 }, { width: 10, height: 6 });
  // The outer half cells are clamped.
  expect(finer[0]).toBeCloseTo(0.1, 6);
  expect(finer[3 * 3]).toBeCloseTo(0.35, 6);
});
