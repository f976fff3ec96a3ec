import { describe, expect, test } from 'vitest';
import type { FeatureMap, Nearest } from '../core/feature-map.ts';
import type { Size } from '../core/geometry.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import type { ProbePlaces, ProbeRules, ProbeView } from './probe3d.ts';
import {
  centreCrop,
  clearestMatches,
  NAVI_RULES,
  PROBE_KEPT,
  probeFeatures,
  probePlaces,
  probeScore,
  SCANNET_RULES,
} from './probe3d.ts';
import { bicubicResize, bilinearAt } from './resample.ts';

/** The map that the numbers below were computed of with PyTorch 2.13: [3, 4, 2]. */
const MAP: FeatureMap = {
  grid: { width: 4, height: 3 },
  channels: 2,
  values: Float32Array.from({ length: 24 }, (_, k) => {
    const [c, j, i] = [k % 2, Math.floor(k / 2) % 4, Math.floor(k / 8)];
    return (3 * c + 7 * i + 5 * j + i * j) % 11;
  }),
};

describe('features at other places', () => {
  // torch.nn.functional.interpolate(x, size=(5, 7), mode='bicubic', align_corners=False), and to (2, 3)
  const LARGER = [
    -1.2633, 1.7367, 1.0572, 4.7337, 4.7205, 8.2286, 8.8703, 5.339, 10.0697, 2.191, 6.4748, 5.0501, 3.4912, 7.5826,
    2.9786, 5.9, 2.7156, 6.7594, 2.9632, 7.2912, 6.8709, 3.3396, 9.3249, 0.6263, 5.9964, 4.2045, 3.1201, 7.29, 7.4961,
    10.4961, 4.9273, 8.6038, 2.0089, 5.517, 5.0, 1.4687, 7.9911, 0.1123, 5.0727, 3.6481, 2.5039, 6.5953, 4.8949, 8.5628,
    5.6123, 6.1669, 6.5893, 3.1287, 7.2129, 3.6816, 6.3828, 5.4729, 3.7837, 5.4809, 1.8878, 5.3112, 1.8072, 6.0033,
    5.6988, 3.7844, 10.5307, 1.5588, 9.4183, 5.887, 5.3555, 9.9568, 2.9292, 7.0954, 1.5167, 4.4119,
  ];
  const SMALLER = [1.9616, 5.2215, 7.5895, 4.0582, 4.7391, 5.9005, 4.7458, 6.4204, 7.9938, 4.4625, 2.7635, 5.5102];

  test.each([
    [{ width: 7, height: 5 }, LARGER],
    [{ width: 3, height: 2 }, SMALLER],
  ])('bicubic to %o as PyTorch interpolates', (grid, expected) => {
    const { values } = bicubicResize(MAP, grid);
    expect(values).toHaveLength(expected.length);
    expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 3));
  });

  test('bilinear as PyTorch samples, zeros outside', () => {
    const places = Float32Array.of(0.5, 0.5, 0.02, 0.9, 0.3, 0.61, 0.99, 0.01);
    const expected = [5, 2.5, 1.392, 2.784, 4.952, 5.411, 1.1448, 2.0034];
    expected.forEach((value, i) => expect(bilinearAt(MAP, places)[i]).toBeCloseTo(value, 3));
  });
});

const K = (size: Size): Matrix3 => [size.width, 0, size.width / 2, 0, size.width, size.height / 2, 0, 0, 1];
const flat = (size: Size, z: number): ProbeView => ({
  K: K(size),
  size,
  depth: { grid: { width: 1, height: 1 }, values: [z] },
});
const WHOLE = { x: 0, y: 0, width: 1, height: 1 };

describe('places', () => {
  test('a quarter of the image along each side, at the points that they show', () => {
    const size = NAVI_RULES.image;
    const { at, points } = probePlaces(flat(size, 2), WHOLE, NAVI_RULES);
    expect(at).toHaveLength(2 * 128 * 128);
    expect([...at.subarray(0, 4)].map((share) => share * 128)).toEqual([0.5, 0.5, 1.5, 0.5]);
    // The first place's centre, 2 px from the left: (2 / 512 − ½) · 2.
    expect([...points.subarray(0, 3)]).toEqual([2 * (2 / 512 - 0.5), 2 * (2 / 512 - 0.5), 2]);
    expect(probePlaces(flat(SCANNET_RULES.image, 1), WHOLE, SCANNET_RULES).at).toHaveLength(2 * 160 * 120);
  });

  test('only where the depth is known', () => {
    const depth = { grid: { width: 2, height: 2 }, values: [0, 1, NaN, -1] };
    const { at } = probePlaces({ ...flat(NAVI_RULES.image, 1), depth }, WHOLE, NAVI_RULES);
    expect(at).toHaveLength((2 * 128 * 128) / 4);
    expect(Math.min(...at.filter((_, i) => i % 2 === 0))).toBeGreaterThan(0.5);
    expect(Math.max(...at.filter((_, i) => i % 2 === 1))).toBeLessThan(0.5);
  });

  test('a photo of another aspect is cut about its middle; the same point of space lies where it is seen', () => {
    const photo = { width: 800, height: 400 };
    const crop = centreCrop(photo, NAVI_RULES.image);
    expect(crop).toEqual({ x: 0.25, y: 0, width: 0.5, height: 1 });
    expect(centreCrop({ width: 640, height: 480 }, SCANNET_RULES.image)).toEqual(WHOLE);
    const cut = probePlaces(flat(photo, 3), crop, NAVI_RULES);
    const whole = probePlaces(flat(photo, 3), WHOLE, {
      ...NAVI_RULES,
      grid: { width: 256, height: 128 },
      image: photo,
    });
    // Place 64 of the first row of the whole photo is the cut's first one.
    expect(cut.points[0]).toBeCloseTo(whole.points[3 * 64], 6);
    expect(cut.points[1]).toBeCloseTo(whole.points[3 * 64 + 1], 6);
  });

  test('their features: cells of the resized map, or sampled where they are', () => {
    const rules: ProbeRules = { ...NAVI_RULES, grid: { width: 7, height: 5 } };
    const depth = { grid: rules.grid, values: Array.from({ length: 35 }, (_, i) => Number(i === 3 || i === 20)) };
    const places = probePlaces({ ...flat(rules.image, 1), depth }, WHOLE, rules);
    const { values } = bicubicResize(MAP, rules.grid);
    expect([...probeFeatures(MAP, places, rules)]).toEqual([values[6], values[7], values[40], values[41]]);
    const bilinear = probeFeatures(MAP, places, { ...rules, sampling: 'bilinear' });
    expect([...bilinear]).toEqual([...bilinearAt(MAP, places.at)]);
  });
});

const nearestOf = (index: ArrayLike<number>, best: number[], second: number[]): Nearest => ({
  index: Uint32Array.from(index),
  best: Float32Array.from(best),
  second: Float32Array.from(second),
});

describe('the clearest matches', () => {
  test('by 1 − d₁ / d₂ with d = 1 − cosine, not by the cosine, and no more than a thousand', () => {
    // Weights: 0.5, 0.75, 0, 0.9.
    const found = nearestOf([0, 0, 0, 0], [0.5, 0.9, 0.99, 0], [0, 0.6, 0.99, -9]);
    expect([...clearestMatches(found)]).toEqual([3, 1, 0, 2]);
    expect([...clearestMatches(found, 2)]).toEqual([3, 1]);
    const many = nearestOf(new Uint32Array(1500), Array(1500).fill(0.5), Array(1500).fill(0));
    expect(clearestMatches(many)).toHaveLength(PROBE_KEPT);
    expect([...clearestMatches(many).subarray(0, 3)]).toEqual([0, 1, 2]);
  });

  test('two equal features are no clear match, however near', () => {
    expect([...clearestMatches(nearestOf([0, 0], [1, 0.2], [1, 0]))]).toEqual([1, 0]);
  });
});

describe('the score', () => {
  /** Two places a pixel of the image apart per step, seen by a camera at the origin. */
  const places = (xs: readonly number[], z = 1): ProbePlaces => {
    const { width, height } = SCANNET_RULES.image;
    return {
      at: Float32Array.from(xs.flatMap((x) => [x / width, 0.5])),
      points: Float64Array.from(xs.flatMap((x) => [((x - width / 2) / width) * z, 0, z])),
      K: K({ width, height }),
    };
  };
  const STAY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  const all = (count: number) =>
    nearestOf(
      Array.from({ length: count }, (_, i) => i),
      Array(count).fill(1),
      Array(count).fill(0),
    );

  test('ScanNet counts in pixels of the quarter-size grid', () => {
    const a = places([100, 100, 100, 100]);
    // 0, 16, 36 and 90 px of the image are 0, 4, 9 and 22.5 px of the grid.
    const b = places([100, 116, 136, 190]);
    const { kept, shares } = probeScore(all(4), a, b, STAY, SCANNET_RULES);
    expect(kept).toBe(4);
    expect(shares).toEqual([0.5, 0.75, 0.75]);
  });

  test('NAVI counts in space first, then in pixels of the image', () => {
    const rules: ProbeRules = { ...NAVI_RULES, image: SCANNET_RULES.image };
    // Off by 0, 8, 24 and 60 of 640 px at depth 1: 0, 0.0125, 0.0375 and 0.094 in space.
    const score = probeScore(all(4), places([100, 100, 100, 100]), places([100, 108, 124, 160]), STAY, rules);
    expect(score.shares).toEqual([0.25, 0.5, 0.75, 0.25, 0.75, 0.75]);
  });

  test('A’s points are moved by the pose; what comes to lie behind B’s camera is wrong', () => {
    const shifted = [1, 0, 0, 0.25, 0, 1, 0, 0, 0, 0, 1, 0];
    // At depth 1 a quarter of a unit is a quarter of 640 px.
    expect(probeScore(all(1), places([100]), places([260]), shifted, SCANNET_RULES).shares).toEqual([1, 1, 1]);
    expect(probeScore(all(1), places([100]), places([100]), shifted, SCANNET_RULES).shares).toEqual([0, 0, 0]);
    const behind = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -2];
    expect(probeScore(all(1), places([320]), places([320]), behind, SCANNET_RULES).shares).toEqual([0, 0, 0]);
  });

  test('places that B does not show are judged as the others', () => {
    const away = [1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0];
    const { kept, shares } = probeScore(all(2), places([100, 200]), places([100, 200]), away, SCANNET_RULES);
    expect([kept, ...shares]).toEqual([2, 0, 0, 0]);
  });

  test('is not a number where nothing is known', () => {
    const { kept, shares } = probeScore(all(0), places([]), places([]), STAY, SCANNET_RULES);
    expect(kept).toBe(0);
    expect(shares.every(Number.isNaN)).toBe(true);
  });
});
