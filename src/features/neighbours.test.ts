import { RECALL_THRESHOLDS } from '../pages/compare/contract.ts';
import { describe, expect, test } from 'vitest';
import { gridWarp } from '../geometry/true-warp.ts';
import type { Nearest } from '../core/feature-map.ts';
import { mutualNeighbours } from './mutual-neighbours.ts';
import { nearestRecall } from './recall.ts';

const nearestOf = (index: number[], best: number[], second: number[]): Nearest => ({
  index: Uint32Array.from(index),
  best: Float32Array.from(best),
  second: Float32Array.from(second),
});

describe('mutual neighbours', () => {
  const ab = nearestOf([2, 0, 2, 1], [0.9, 0.5, 0.95, 1], [0.6, 0.5, 0.2, 1]);
  const ba = nearestOf([1, 3, 2], [0.5, 1, 0.95], [0, 0, 0]);

  test('are each other’s nearest, the clearest first', () => {
    // Place 0 chooses 2, which chooses 2. Ratio of place 2: sqrt(2 − 1.9) / sqrt(2 − 0.4).
    const matches = mutualNeighbours(ab, ba);
    expect(matches.map(({ a, b }) => [a, b])).toEqual([
      [2, 2],
      [1, 0],
      [3, 1],
    ]);
    expect(matches[0].ratio).toBeCloseTo(Math.sqrt(0.1 / 1.6), 5);
    expect(matches[1].ratio).toBe(1);
    expect(matches[2].ratio).toBe(1);
  });

  test('the ratio filter leaves out what has a rival', () => {
    expect(mutualNeighbours(ab, ba, 0.8).map(({ a }) => a)).toEqual([2]);
  });
});

describe('recall', () => {
  // A's places see B's shifted by a quarter of the width to the left; the right column is not seen.
  const grid = { width: 4, height: 2 };
  const photo = { width: 400, height: 200 };
  const warp = Float32Array.from({ length: 16 }, (_, i) =>
    i < 8 ? (2 * ((i % 4) + 0.5 - 1)) / 4 - 1 : (2 * (Math.floor((i - 8) / 4) + 0.5)) / 2 - 1,
  );
  const visible = Uint8Array.from({ length: 8 }, (_, i) => (i % 4 === 0 ? 0 : 1));
  const truth = gridWarp(grid, warp, visible);

  test('counts the places that are seen, and those found within each share of the longer side', () => {
    const perfect = [0, 0, 1, 2, 4, 4, 5, 6];
    expect(nearestRecall(perfect, grid, grid, photo, truth, RECALL_THRESHOLDS)).toEqual({
      places: 6,
      shares: [1, 1, 1],
    });
    // One is a column off: 100 px of 400.
    const off = [0, 1, 1, 2, 4, 4, 5, 6];
    expect(nearestRecall(off, grid, grid, photo, truth, [0.04, 0.25]).shares).toEqual([5 / 6, 1]);
  });

  test('is not a number where nothing is seen', () => {
    const blind = gridWarp(grid, warp, new Uint8Array(8));
    const { places, shares } = nearestRecall([0, 0, 0, 0, 0, 0, 0, 0], grid, grid, photo, blind, RECALL_THRESHOLDS);
    expect(places).toBe(0);
    expect(shares.every(Number.isNaN)).toBe(true);
  });
});
