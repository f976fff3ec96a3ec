import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../geometry/random.ts';
import { undistorted } from './lens.ts';

const FOCAL = { a: 500, b: 620 };

/** Places as a straight lens shows them, and through one with k1. */
function places(k1: number, seed = 1) {
  const random = seededRandom(seed);
  const straight = { xa: [] as number[], ya: [] as number[], xb: [] as number[], yb: [] as number[] };
  const bent = { xa: [] as number[], ya: [] as number[], xb: [] as number[], yb: [] as number[] };
  for (let i = 0; i < 200; i++) {
    for (const side of ['a', 'b'] as const) {
      const [x, y] = [640 * (random() - 0.5), 480 * (random() - 0.5)];
      const factor = 1 + (k1 * (x * x + y * y)) / FOCAL[side] ** 2;
      straight[`x${side}`].push(x);
      straight[`y${side}`].push(y);
      bent[`x${side}`].push(x * factor);
      bent[`y${side}`].push(y * factor);
    }
  }
  return { straight, bent };
}

describe('a lens’s first radial term', () => {
  it.each([-0.3, -0.1, 0.05, 0.5])('k1 = %d is undone to a thousandth of a pixel', (k1) => {
    const { straight, bent } = places(k1);
    const undone = undistorted(bent, k1, FOCAL);
    for (const key of ['xa', 'ya', 'xb', 'yb'] as const)
      for (let i = 0; i < 200; i++) expect(Math.abs(undone[key][i] - straight[key][i])).toBeLessThan(1e-3);
  });

  it('of nothing does nothing, and the middle stays where it is', () => {
    const { straight } = places(0);
    expect(undistorted(straight, 0, FOCAL)).toBe(straight);
    const middle = { xa: [0], ya: [0], xb: [0], yb: [0] };
    expect(undistorted(middle, 0.2, FOCAL)).toEqual(
      Object.fromEntries(Object.keys(middle).map((key) => [key, Float64Array.of(0)])),
    );
  });

  it('beyond the fold of a barrel places stay finite', () => {
    const far = { xa: [3000], ya: [0], xb: [-3000], yb: [10] };
    const { xa, xb } = undistorted(far, -0.5, FOCAL);
    for (const value of [xa[0], xb[0]]) expect(Number.isFinite(value)).toBe(true);
    expect(xa[0]).toBeCloseTo(Math.sqrt(2 / 3) * FOCAL.a, 6);
  });
});
