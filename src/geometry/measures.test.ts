import { describe, expect, it } from 'vitest';
import { auroc, median, poseAuc, poseError, shareWithin } from './measures.ts';

describe('measures', () => {
  it('counts shares within thresholds, the threshold included', () => {
    expect(shareWithin([0.5, 1, 2, 20], [1, 3, 10])).toEqual([0.5, 0.75, 0.75]);
  });

  it('takes the median of odd and even lists', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('gives AUROC 1, 0, a half for ties, and the known value in between', () => {
    expect(auroc([1, 2, 3, 4], [false, false, true, true])).toBe(1);
    expect(auroc([4, 3, 2, 1], [false, false, true, true])).toBe(0);
    expect(auroc([5, 5, 5, 5], [false, true, false, true])).toBe(0.5);
    // Pairs (positive, negative) won: (0.35 > 0.1), (0.8 > 0.1), (0.8 > 0.4): three of four.
    expect(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
    expect(auroc([1, 2], [true, true])).toBeNaN();
  });

  it('integrates pose errors as published', () => {
    expect(poseAuc([0, 0, 0], [5])[0]).toBeCloseTo(1);
    expect(poseAuc([50, 60], [5, 10])).toEqual([0, 0]);
    // One error of 5° among one, up to 10°: a triangle to 5°, then flat.
    expect(poseAuc([5], [10])[0]).toBeCloseTo((2.5 + 5) / 10);
  });

  it('takes the larger of the angles of a pose, a translation and its opposite alike', () => {
    const [c, s] = [Math.cos(Math.PI / 18), Math.sin(Math.PI / 18)];
    const truth = { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0, 0, 2] };
    expect(poseError({ rotation: [c, -s, 0, s, c, 0, 0, 0, 1], translation: [0, 0, 1] }, truth)).toBeCloseTo(10, 6);
    expect(poseError({ ...truth, translation: [1, 0, 1] }, truth)).toBeCloseTo(45, 6);
    expect(poseError({ ...truth, translation: [0, 0, -1] }, truth)).toBeCloseTo(0, 6);
  });
});
