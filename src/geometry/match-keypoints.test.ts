import { describe, expect, it } from 'vitest';
import { matchKeypoints, mutuallyNearest, type WarpedKeypoints } from './match-keypoints.ts';
import { seededRandom } from './random.ts';

const OPTIONS = { maxDistance: 2, minCertainty: 0.05, check: 'forward' } as const;

/** Keypoints whose warp is a shift. */
function shifted(places: number[], dx: number, dy: number, certainty = places.map(() => 1)): WarpedKeypoints {
  const warped = Float64Array.from(places, (value, i) => value + (i % 2 ? dy : dx));
  return { count: places.length / 2, places: Float64Array.from(places), warped, certainty };
}

/** As RoMa says it: minima of rows and columns of all distances, without a grid of cells. */
function byAllDistances(from: Float64Array, to: Float64Array, limit: number): number[] {
  const distance = (i: number, j: number) => Math.hypot(from[2 * i] - to[2 * j], from[2 * i + 1] - to[2 * j + 1]);
  const [n, m] = [from.length / 2, to.length / 2];
  const least = (count: number, of: (k: number) => number) =>
    Array.from({ length: count }, (_, k) => k).reduce((best, k) => (of(k) < of(best) ? k : best), 0);
  return Array.from({ length: n }, (_, i) => {
    const j = least(m, (k) => distance(i, k));
    return distance(i, j) < limit && least(n, (k) => distance(k, j)) === i ? j : -1;
  });
}

describe('mutually nearest', () => {
  it('is what all distances say', () => {
    const random = seededRandom(4);
    const scatter = (count: number) => Float64Array.from({ length: 2 * count }, () => 100 * random() - 20);
    for (const limit of [0.7, 3, 40]) {
      const [from, to] = [scatter(300), scatter(200)];
      expect([...mutuallyNearest(from, to, limit)]).toEqual(byAllDistances(from, to, limit));
    }
  });

  it('is nothing for points that lie nowhere', () => {
    expect([...mutuallyNearest(Float64Array.of(NaN, NaN, 1, 1), Float64Array.of(1, 1), 5)]).toEqual([-1, 0]);
  });

  it('takes ten thousand points at once', () => {
    const random = seededRandom(5);
    const points = Float64Array.from({ length: 20_000 }, () => 1000 * random());
    expect([...mutuallyNearest(points, points, 3)]).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });
});

describe('keypoints of two photos', () => {
  const a = shifted([10, 10, 20, 20, 50, 50], 100, 0, [0.9, 0.9, 0.01]);
  const b = shifted([120.5, 20, 110, 10.5, 150, 50, 300, 5], -100, 0);

  it('become pairs where the warp brings them together', () => {
    const { indexA, indexB, distance } = matchKeypoints(a, b, OPTIONS);
    expect([indexA, indexB]).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(distance).toEqual([0.5, 0.5]);
  });

  it('do not where the warp is not certain, or they are too far apart', () => {
    expect(matchKeypoints(a, b, { ...OPTIONS, minCertainty: 0.005 }).indexA).toEqual([0, 1, 2]);
    expect(matchKeypoints(a, b, { ...OPTIONS, maxDistance: 0.4 }).indexA).toEqual([]);
  });

  it('must agree both ways where that is asked', () => {
    // B's warp takes its first keypoint elsewhere.
    const doubtful = { ...b, warped: b.warped.slice() };
    doubtful.warped.set([70, 70], 0);
    expect(matchKeypoints(a, doubtful, OPTIONS).indexA).toEqual([0, 1]);
    expect(matchKeypoints(a, doubtful, { ...OPTIONS, check: 'both' })).toMatchObject({ indexA: [0], indexB: [1] });
    expect(matchKeypoints(a, b, { ...OPTIONS, check: 'both' }).indexA).toEqual([0, 1]);
  });
});
