import { describe, expect, it } from 'vitest';
import { stripPadding, strips, widened } from './strips.ts';

describe('strips', () => {
  it.each([
    [100, 10, 3, 1000],
    [100, 10, 3, 200],
    [101, 10, 18, 500],
    [7, 10, 2, 30],
    [1344, 1, 2, 672],
    [64, 1, 0, 33],
  ])(
    '%d rows of %d bytes with a reach of %d under %d bytes: cover the map once, even, and fit where they can',
    (height, bytesPerRow, reach, limit) => {
      const parts = strips(height, bytesPerRow, reach, limit);
      expect(parts[0].first).toBe(0);
      expect(parts.at(-1)!.end).toBe(height);
      for (const [i, part] of parts.entries()) {
        if (i > 0) expect(part.first).toBe(parts[i - 1].end);
        if (parts.length > 1) expect(part.first % 2).toBe(0);
        const wide = widened(part, reach, height);
        const least = part.end - part.first <= 2;
        expect(least || (wide.end - wide.first) * bytesPerRow <= limit).toBe(true);
      }
    },
  );

  it('pads only where the map ends', () => {
    const height = 20;
    const [inner, top] = [
      { first: 8, end: 12 },
      { first: 0, end: 4 },
    ];
    expect(stripPadding(widened(inner, 2, height), inner, 2)).toEqual([0, 2, 0, 2]);
    expect(stripPadding(widened(top, 2, height), top, 2)).toEqual([2, 2, 0, 2]);
    // A map lower than the reach is padded on both sides.
    expect(stripPadding({ first: 0, end: 1 }, { first: 0, end: 1 }, 2)).toEqual([2, 2, 2, 2]);
  });
});
