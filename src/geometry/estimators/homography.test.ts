import { describe, expect, it } from 'vitest';
import { fitHomography, fitHomographyRobust } from './homography.ts';
import type { PointPairs } from '../point-pairs.ts';
import { IDENTITY3, invert3, type Matrix3, multiply3, project } from '../../core/matrix3.ts';
import { seededRandom } from '../random.ts';

const TRUE: Matrix3 = [0.8, -0.3, 40, 0.25, 0.9, -15, 3e-4, -2e-4, 1];

/** `n` pairs under TRUE with noise of `sigma` px; the first `outliers` of them are arbitrary. */
function scene(n: number, outliers: number, sigma: number, seed: number): PointPairs {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const pairs = { xa: new Float64Array(n), ya: new Float64Array(n), xb: new Float64Array(n), yb: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    pairs.xa[i] = 640 * random();
    pairs.ya[i] = 480 * random();
    const [x, y] = project(TRUE, pairs.xa[i], pairs.ya[i]);
    pairs.xb[i] = i < outliers ? 640 * random() : x + sigma * normal();
    pairs.yb[i] = i < outliers ? 480 * random() : y + sigma * normal();
  }
  return pairs;
}

function cornerError(found: Matrix3): number {
  const corners = [
    [0, 0],
    [640, 0],
    [640, 480],
    [0, 480],
  ];
  const errors = corners.map(([x, y]) => {
    const [u, v] = project(found, x, y);
    const [s, t] = project(TRUE, x, y);
    return Math.hypot(u - s, v - t);
  });
  return errors.reduce((a, b) => a + b) / 4;
}

describe('homography', () => {
  it('is exact for exact pairs', () => {
    expect(cornerError(fitHomography(scene(4, 0, 0, 3))!)).toBeLessThan(1e-6);
    expect(cornerError(fitHomography(scene(50, 0, 0, 4))!)).toBeLessThan(1e-6);
  });

  it.each(['ransac', 'msac', 'magsac'] as const)('is found by %s among 50 %% outliers with 0.5 px noise', (method) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const found = fitHomographyRobust(scene(400, 200, 0.5, seed), { threshold: 3, seed, method })!;
      expect(cornerError(found.homography)).toBeLessThan(1);
      expect(found.inlierRatio).toBeGreaterThan(0.48);
      expect(found.inlierRatio).toBeLessThan(0.56);
    }
  });

  it('is the same for the same seed', () => {
    const pairs = scene(100, 40, 1, 9);
    expect(fitHomographyRobust(pairs, { threshold: 3, seed: 5 })).toEqual(
      fitHomographyRobust(pairs, { threshold: 3, seed: 5 }),
    );
  });

  it('gives null for too few or degenerate pairs', () => {
    expect(fitHomographyRobust(scene(3, 0, 0, 1), { threshold: 3 })).toBeNull();
    const same = new Float64Array(10).fill(5);
    expect(
      fitHomographyRobust({ xa: same, ya: same, xb: same, yb: same }, { threshold: 3, iterations: 20 }),
    ).toBeNull();
  });

  it('inverts and multiplies', () => {
    const product = multiply3(TRUE, invert3(TRUE)!);
    product.forEach((v, i) => expect(v).toBeCloseTo(IDENTITY3[i], 9));
    expect(invert3([1, 2, 3, 2, 4, 6, 0, 0, 1])).toBeNull();
  });
});
