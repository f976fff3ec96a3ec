import { describe, expect, it } from 'vitest';
import type { Matrix3 } from '../../core/matrix3.ts';
import { essentialOf, fundamentalOf, squaredSampson, unitNorm } from '../epipolar.ts';
import { eightPoint, fitFundamentalRobust, sevenPoint } from './fundamental.ts';
import { determinant3 } from '../linear-algebra.ts';
import { KA, KB, POSE, twoViews } from '../scene.test-helper.ts';

/** Largest Sampson distance of clean pairs of the same cameras, px: what the model is worth where it was not fitted. */
function worst(fundamental: Matrix3): number {
  const { pairs } = twoViews({ points: 200, seed: 99 });
  return Math.sqrt(Math.max(...Array.from({ length: 200 }, (_, i) => squaredSampson(fundamental, pairs, i))));
}

describe('fundamental matrix', () => {
  it('is exact for exact pairs, by seven, eight and many', () => {
    const { pairs } = twoViews({ points: 60 });
    expect(worst(fundamentalOf(essentialOf(POSE), KA, KB)!)).toBeLessThan(1e-6);
    const seven = Int32Array.from({ length: 7 }, (_, i) => i);
    expect(Math.min(...sevenPoint(pairs, seven).map(worst))).toBeLessThan(1e-3);
    expect(worst(eightPoint(pairs, [0, 1, 2, 3, 4, 5, 6, 7])!)).toBeLessThan(1e-3);
    const many = eightPoint(pairs)!;
    expect(worst(many)).toBeLessThan(1e-6);
    expect(Math.abs(determinant3(unitNorm(many)))).toBeLessThan(1e-12);
  });

  it.each(['ransac', 'msac', 'magsac'] as const)(
    'is found by %s with half of the pairs wrong and 0.5 px noise',
    (method) => {
      for (const seed of [1, 2, 3]) {
        const { pairs } = twoViews({ points: 600, outliers: 300, noise: 0.5, seed });
        const found = fitFundamentalRobust(pairs, { threshold: 2, method, seed })!;
        // A mere count cannot tell an outlier that strayed into the threshold's band from an inlier.
        expect(worst(found.fundamental)).toBeLessThan(method === 'ransac' ? 2.5 : 1);
        expect(found.inlierRatio).toBeGreaterThan(0.47);
        expect(found.inlierRatio).toBeLessThan(0.58);
        expect(found.planarShare).toBeLessThan(0.5);
      }
    },
  );

  it('is found where 85 % of the scene is one plane', () => {
    for (const seed of [1, 2, 3]) {
      const { pairs } = twoViews({ points: 500, outliers: 150, noise: 0.3, planar: 0.85, seed });
      const found = fitFundamentalRobust(pairs, { threshold: 1.5, seed })!;
      expect(worst(found.fundamental)).toBeLessThan(3);
      expect(found.planarShare).toBeGreaterThan(0.6);
    }
  });

  it('says that it means nothing on a plane and for a mere turn', () => {
    const flat = twoViews({ points: 300, outliers: 100, noise: 0.3, planar: 1 }).pairs;
    expect(fitFundamentalRobust(flat, { threshold: 1.5 })!.planarShare).toBeGreaterThan(0.9);
    const turned = twoViews({
      points: 300,
      outliers: 100,
      noise: 0.3,
      pose: { ...POSE, translation: [0, 0, 0] },
    }).pairs;
    expect(fitFundamentalRobust(turned, { threshold: 1.5 })!.planarShare).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed, and null for too few or equal pairs', () => {
    const { pairs } = twoViews({ points: 120, outliers: 40, noise: 1 });
    expect(fitFundamentalRobust(pairs, { threshold: 2, seed: 3 })).toEqual(
      fitFundamentalRobust(pairs, { threshold: 2, seed: 3 }),
    );
    expect(fitFundamentalRobust(twoViews({ points: 7 }).pairs, { threshold: 2 })).toBeNull();
    const same = new Float64Array(20).fill(5);
    expect(
      fitFundamentalRobust({ xa: same, ya: same, xb: same, yb: same }, { threshold: 1, iterations: 20 }),
    ).toBeNull();
  });
});
