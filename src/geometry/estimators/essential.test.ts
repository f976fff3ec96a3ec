import { describe, expect, it } from 'vitest';
import { certaintyWeights } from '../certainty-weights.ts';
import { essentialOf, raysOf, unitNorm } from '../epipolar.ts';
import { fitPoseRobust, recoverPose } from './essential.ts';
import { fivePoint } from './five-point.ts';
import { poseError } from '../measures.ts';
import { KA, KB, POSE, twoViews } from '../scene.test-helper.ts';

const difference = (p: readonly number[], q: readonly number[]) =>
  Math.min(Math.hypot(...p.map((v, i) => v - q[i])), Math.hypot(...p.map((v, i) => v + q[i])));

describe('five points', () => {
  it('give the true essential matrix among at most ten', () => {
    const truth = unitNorm(essentialOf(POSE));
    for (let seed = 1; seed <= 50; seed++) {
      const found = fivePoint(raysOf(twoViews({ points: 5, seed }).pairs, KA, KB), [0, 1, 2, 3, 4]);
      expect(found.length).toBeLessThanOrEqual(10);
      expect(Math.min(...found.map((e) => difference(e, truth)))).toBeLessThan(1e-5);
    }
  });

  it('on a plane still give it', () => {
    const truth = unitNorm(essentialOf(POSE));
    const found = fivePoint(raysOf(twoViews({ points: 5, planar: 1 }).pairs, KA, KB), [0, 1, 2, 3, 4]);
    expect(Math.min(...found.map((e) => difference(e, truth)))).toBeLessThan(1e-5);
  });
});

describe('pose', () => {
  it('is exact for exact pairs', () => {
    const { pairs } = twoViews({ points: 100 });
    expect(poseError(fitPoseRobust(pairs, KA, KB, { threshold: 1 })!, POSE)).toBeLessThan(1e-4);
    const pose = recoverPose(essentialOf(POSE), raysOf(pairs, KA, KB));
    pose.translation.forEach((value, k) =>
      expect(value).toBeCloseTo(POSE.translation[k] / Math.hypot(...POSE.translation), 6),
    );
    expect(pose.inFront).toBe(1);
  });

  it.each(['ransac', 'msac', 'magsac'] as const)(
    'is found by %s with half of the pairs wrong and 0.5 px noise',
    (method) => {
      for (const seed of [1, 2, 3]) {
        const { pairs } = twoViews({ points: 600, outliers: 300, noise: 0.5, seed });
        const found = fitPoseRobust(pairs, KA, KB, { threshold: 2, method, seed })!;
        // A mere count cannot tell an outlier that strayed into the threshold's band from an inlier.
        expect(poseError(found, POSE)).toBeLessThan(method === 'ransac' ? 1 : 0.5);
        expect(found.inlierRatio).toBeGreaterThan(0.47);
        expect(found.inlierRatio).toBeLessThan(0.58);
      }
    },
  );

  it('is that of the certain pairs, where more doubtful ones agree on another one', () => {
    const sure = twoViews({ points: 300, outliers: 100, noise: 0.3, seed: 1 }).pairs;
    const doubtful = twoViews({
      points: 700,
      outliers: 100,
      noise: 0.3,
      seed: 2,
      pose: { ...POSE, translation: [0, 1, 0] },
    }).pairs;
    const column = (key: 'xa' | 'ya' | 'xb' | 'yb') => [...Array.from(sure[key]), ...Array.from(doubtful[key])];
    const pairs = { xa: column('xa'), ya: column('ya'), xb: column('xb'), yb: column('yb') };
    const weight = certaintyWeights([...Array(300).fill(0.7), ...Array(700).fill(0.003)]);
    const errors = [pairs, { ...pairs, weight }].map((some) =>
      poseError(fitPoseRobust(some, KA, KB, { threshold: 1.5 })!, POSE),
    );
    expect(errors[0]).toBeGreaterThan(5);
    expect(errors[1]).toBeLessThan(0.5);
  });

  it('is found on a plane with outliers and noise', () => {
    const { pairs } = twoViews({ points: 400, outliers: 150, noise: 0.3, planar: 1 });
    expect(poseError(fitPoseRobust(pairs, KA, KB, { threshold: 1.5 })!, POSE)).toBeLessThan(1);
  });

  it('before a wall with a third of the scene in front of it is the one that explains both', () => {
    for (const seed of [1, 2, 3]) {
      const { pairs } = twoViews({ points: 600, outliers: 300, noise: 0.4, planar: 0.65, seed });
      const found = fitPoseRobust(pairs, KA, KB, { threshold: 1.5, seed })!;
      expect(found.planarShare).toBeGreaterThan(0.5);
      // The plane's other solution would have all of the wall in front and two thirds of the matches.
      expect(found.inlierRatio).toBeGreaterThan(0.46);
      expect(poseError(found, POSE)).toBeLessThan(0.7);
    }
  });

  it('has the right rotation, and says that there is no parallax, where the camera only turned', () => {
    const turned = { ...POSE, translation: [0, 0, 0] as const };
    const { pairs } = twoViews({ points: 300, outliers: 100, noise: 0.3, pose: turned });
    const found = fitPoseRobust(pairs, KA, KB, { threshold: 1.5 })!;
    expect(poseError(found, turned)).toBeLessThan(0.5);
    expect(found.parallax).toBeLessThan(0.3);
    const moved = fitPoseRobust(twoViews({ points: 300, noise: 0.3 }).pairs, KA, KB, { threshold: 1.5 })!;
    expect(moved.parallax).toBeGreaterThan(3);
  });

  it('is the same for the same seed, and null for too few pairs', () => {
    const { pairs } = twoViews({ points: 200, outliers: 80, noise: 1 });
    const options = { threshold: 2, seed: 7 };
    expect(fitPoseRobust(pairs, KA, KB, options)).toEqual(fitPoseRobust(pairs, KA, KB, options));
    expect(fitPoseRobust(twoViews({ points: 5 }).pairs, KA, KB, options)).toBeNull();
  });
});
