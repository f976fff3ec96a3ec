import { describe, expect, it } from 'vitest';
import { epipolarLineInA, epipolarLineInB } from '../core/epipolar-lines.ts';
import { invert3, type Matrix3, multiply3 } from '../core/matrix3.ts';
import { epipolarDistance, essentialOf, fundamentalOf, raysOf, squaredSampson } from './epipolar.ts';
import { refineEpipolar } from './estimators/refine-epipolar.ts';
import { robustScore } from './estimators/robust-score.ts';
import { KA, KB, POSE, twoViews } from './scene.test-helper.ts';
import { triangulate } from './triangulate.ts';

/** Pixels in this frame are small numbers, with the camera's own K still in them. */
const UNIT: Matrix3 = [300, 0, 320, 0, 300, 240, 0, 0, 1];
const TRUE = fundamentalOf(essentialOf(POSE), KA, KB)!;

describe('epipolar geometry', () => {
  it('has lines through the matches of both photos', () => {
    const { pairs } = twoViews({ points: 50 });
    for (let i = 0; i < 50; i++) {
      const inB = epipolarLineInB(TRUE, pairs.xa[i], pairs.ya[i])!;
      const inA = epipolarLineInA(TRUE, pairs.xb[i], pairs.yb[i])!;
      expect(Math.hypot(inB[0], inB[1])).toBeCloseTo(1, 12);
      expect(inB[0] * pairs.xb[i] + inB[1] * pairs.yb[i] + inB[2]).toBeCloseTo(0, 8);
      expect(inA[0] * pairs.xa[i] + inA[1] * pairs.ya[i] + inA[2]).toBeCloseTo(0, 8);
    }
  });

  it('measures how far a pair is off: a step across the line of B', () => {
    const { pairs } = twoViews({ points: 1 });
    const [a, b] = epipolarLineInB(TRUE, pairs.xa[0], pairs.ya[0])!;
    const off = { ...pairs, xb: [pairs.xb[0] + 3 * a], yb: [pairs.yb[0] + 3 * b] };
    const sampson = Math.sqrt(squaredSampson(TRUE, off, 0));
    expect(epipolarDistance(TRUE, off, 0)).toBeGreaterThanOrEqual(3 - 1e-9);
    // Sampson shares the step between both photos.
    expect(sampson).toBeGreaterThan(1.5);
    expect(sampson).toBeLessThan(3);
  });

  it('triangulates points where they are, and says when they are behind', () => {
    const { pairs, points } = twoViews({ points: 40 });
    const rays = raysOf(pairs, KA, KB);
    for (let i = 0; i < 40; i++) {
      const { point, depthA, parallax } = triangulate(rays, i, POSE)!;
      point.forEach((value, k) => expect(value).toBeCloseTo(points[i][k], 8));
      expect(depthA).toBeCloseTo(points[i][2], 8);
      expect(parallax).toBeGreaterThan(0.01);
    }
    const [x, y, z] = POSE.translation;
    expect(triangulate(rays, 0, { ...POSE, translation: [-x, -y, -z] })!.depthA).toBeLessThan(0);
    const parallel = { xa: [0], ya: [0], xb: [0], yb: [0] };
    expect(triangulate(parallel, 0, { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [1, 0, 0] })).toBeNull();
  });

  it.each(['essential', 'fundamental'] as const)('least squares bring a disturbed %s matrix back', (kind) => {
    const { pairs } = twoViews({ points: 60 });
    const places = kind === 'essential' ? raysOf(pairs, KA, KB) : raysOf(pairs, UNIT, UNIT);
    const toUnit = invert3(UNIT)!;
    const truth =
      kind === 'essential'
        ? essentialOf(POSE)
        : fundamentalOf(essentialOf(POSE), multiply3(toUnit, KA), multiply3(toUnit, KB))!;
    let m = truth.map((value, i) => value + 0.03 * Math.sin(i + 1)) as unknown as typeof truth;
    const weights = new Float64Array(60).fill(1);
    const cost = () => Array.from(weights, (_, i) => squaredSampson(m, places, i)).reduce((a, b) => a + b);
    const before = cost();
    for (let round = 0; round < 4; round++) m = refineEpipolar(m, places, weights, kind)!;
    expect(before).toBeGreaterThan(1e-4);
    expect(cost()).toBeLessThan(1e-16);
  });
});

describe('robust scores', () => {
  it.each(['msac', 'magsac'] as const)('%s falls from 1 to 0', (method) => {
    const { gain, weight } = robustScore(method);
    for (const f of [gain, weight]) {
      expect(f(0)).toBeCloseTo(1, 6);
      expect(f(0.999999)).toBeLessThan(1e-3);
      for (let s = 0; s < 0.99; s += 0.01) expect(f(s)).toBeGreaterThan(f(s + 0.01));
    }
  });

  it('magsac is the integral of its weights', () => {
    const { gain, weight } = robustScore('magsac');
    const integral = (from: number) => {
      let sum = 0;
      for (let k = 0; k < 1000; k++) sum += (weight(from + ((k + 0.5) / 1000) * (1 - from)) * (1 - from)) / 1000;
      return sum;
    };
    for (const s of [0.1, 0.3, 0.6]) expect(gain(s)).toBeCloseTo(integral(s) / integral(0), 4);
  });
});
