import { describe, expect, it } from 'vitest';
import { epipolarLine, type Line, lineOnPhoto } from './epipolar-lines.ts';
import type { Matrix3 } from './matrix3.ts';

const PHOTO = { width: 100, height: 60 };
/** A camera that moved to the right: lines are rows. */
const SIDEWAYS: Matrix3 = [0, 0, 0, 0, 0, -1, 0, 1, 0];

describe('epipolar lines', () => {
  it('are rows of both photos for a step to the side', () => {
    for (const side of ['a', 'b'] as const) {
      const ends = lineOnPhoto(epipolarLine(SIDEWAYS, side, { x: 30, y: 17 })!, PHOTO)!;
      expect(ends.map(({ y }) => y)).toEqual([17, 17]);
      expect(ends.map(({ x }) => x).sort((p, q) => p - q)).toEqual([0, 100]);
    }
  });

  it('do not exist for the epipole', () => {
    const forward: Matrix3 = [0, -1, 30, 1, 0, -50, -30, 50, 0];
    expect(epipolarLine(forward, 'a', { x: 50, y: 30 })).toBeNull();
  });

  it.each([
    ['beside the photo', [0, 1, 5], null],
    ['through two corners', [0.6 / Math.hypot(0.6, 1), -1 / Math.hypot(0.6, 1), 0], [0, 0, 100, 60]],
    ['through one corner alone', [Math.SQRT1_2, Math.SQRT1_2, 0], null],
    ['upright', [1, 0, -25], [25, 0, 25, 60]],
  ] as [string, Line, number[] | null][])('%s', (_, line, expected) => {
    const ends = lineOnPhoto(line, PHOTO);
    if (!expected) return expect(ends).toBeNull();
    const found = ends!.flatMap(({ x, y }) => [x, y]);
    const turned = [...found.slice(2), ...found.slice(0, 2)];
    const distance = (p: number[]) => Math.hypot(...p.map((value, k) => value - expected[k]));
    expect(Math.min(distance(found), distance(turned))).toBeLessThan(1e-6);
  });
});
