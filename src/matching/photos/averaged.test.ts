import { expect, test } from 'vitest';
import { averaged } from './averaged.ts';

test('a picture made smaller holds the means of what it covers', () => {
  const data = Uint8ClampedArray.from({ length: 4 * 4 * 2 }, (_, i) => (i % 4 === 3 ? 255 : 10 * Math.floor(i / 4)));
  const small = averaged({ data, width: 4, height: 2 }, { width: 2, height: 1 });
  expect([small.width, small.height]).toEqual([2, 1]);
  // Pixels 0, 1, 4, 5 and 2, 3, 6, 7.
  expect([...small.data]).toEqual([25, 25, 25, 255, 45, 45, 45, 255]);
});

test('odd sizes leave no pixel out and read none beyond', () => {
  const data = new Uint8ClampedArray(4 * 7 * 5).fill(200);
  expect([...averaged({ data, width: 7, height: 5 }, { width: 3, height: 2 }).data].every((v) => v === 200)).toBe(true);
});
