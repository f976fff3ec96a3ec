import { describe, expect, it } from 'vitest';
import type { Size } from '../core/geometry.ts';
import { type Matrix3, project } from '../core/matrix3.ts';
import { seededRandom } from '../geometry/random.ts';
import { coarseSupport, mutualCells, type Tokens, tokensOf } from './coarse.ts';

const CHANNELS = 16;
/** Vectors at the corners of a fine lattice: a photo whose places all look different, smoothly. */
function scene(seed: number): (x: number, y: number) => number[] {
  const random = seededRandom(seed);
  const waves = Array.from({ length: CHANNELS }, () => [4 + 10 * random(), 4 + 10 * random(), 6.3 * random()]);
  return (x, y) => waves.map(([p, q, phase], c) => Math.sin(p * x + (c % 2 ? q : -q) * y + phase));
}

/** The scene as a feature map that sees it through `view` (normalised map to the scene), as an encoder would give it. */
function seen(at: (x: number, y: number) => number[], grid: Size, view: Matrix3, frame: Matrix3 | null = null): Tokens {
  const cells = grid.width * grid.height;
  const data = new Float32Array(CHANNELS * cells);
  for (let cell = 0; cell < cells; cell++) {
    const x = (2 * (cell % grid.width) + 1) / grid.width - 1;
    const y = (2 * Math.floor(cell / grid.width) + 1) / grid.height - 1;
    at(...project(view, x, y)).forEach((value, c) => {
      data[c * cells + cell] = 3 * value;
    });
  }
  return tokensOf(data, [1, CHANNELS, grid.height, grid.width], frame);
}

const STILL: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const GRID = { width: 16, height: 11 };

describe('coarse features', () => {
  it('are unit vectors, and a photo is its own nearest everywhere', () => {
    const a = seen(scene(1), GRID, STILL);
    expect(Math.hypot(...a.values.subarray(5 * CHANNELS, 6 * CHANNELS))).toBeCloseTo(1, 5);
    const mutual = mutualCells(a, a);
    expect(mutual).toHaveLength(176);
    expect(mutual.every(([i, j]) => i === j)).toBe(true);
  });

  it('tell a turned, larger and slanted view of the same, also on a grid of another size', () => {
    const at = scene(2);
    const view: Matrix3 = [0.7, -0.25, 0.1, 0.2, 0.8, -0.05, 0.1, -0.05, 1];
    for (const grid of [GRID, { width: 23, height: 17 }]) {
      // B sees the scene as it is, A through the view: A's places lie in B where the view takes them.
      const found = coarseSupport(seen(at, GRID, view), seen(at, grid, STILL));
      expect(found.score).toBeGreaterThan(60);
      for (const [x, y] of [
        [0, 0],
        [-0.7, 0.6],
        [0.8, -0.8],
      ]) {
        const [u, v] = project(found.homography!, x, y);
        const [s, t] = project(view, x, y);
        expect(Math.hypot(u - s, v - t)).toBeLessThan(0.05);
      }
    }
  });

  it('agree on nothing between different scenes', () => {
    for (let seed = 10; seed < 20; seed++) {
      expect(coarseSupport(seen(scene(seed), GRID, STILL), seen(scene(seed + 50), GRID, STILL)).score).toBeLessThan(30);
    }
  });

  it('are not asked where a view shows nothing of its photo', () => {
    const frame: Matrix3 = [2, 0, 0, 0, 2, 0, 0, 0, 1];
    const a = seen(scene(3), GRID, STILL, frame);
    expect(a.shown.reduce((sum, one) => sum + one, 0)).toBe(8 * 5);
    expect(mutualCells(a, a)).toHaveLength(40);
  });

  it('say nothing of a photo without any difference', () => {
    const flat = tokensOf(new Float32Array(CHANNELS * 176).fill(1), [1, CHANNELS, 11, 16], null);
    expect(coarseSupport(flat, flat)).toMatchObject({ homography: null, score: 0 });
  });
});
