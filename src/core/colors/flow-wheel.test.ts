import { expect, test } from 'vitest';
import { flowColor, flowWheel } from './flow-wheel.ts';

test('no motion is white, longer is more saturated, beyond full scale is darker', () => {
  expect(flowColor(0, 0)).toEqual([1, 1, 1]);
  expect(Math.min(...flowColor(0.5, 0))).toBeCloseTo(1 - 0.5 * (1 - Math.min(...flowColor(1, 0))), 6);
  expect(Math.max(...flowColor(0.9, 0))).toBeGreaterThan(Math.max(...flowColor(2, 0)));
});

test('directions have the hues of the Middlebury wheel', () => {
  // Right is red, down yellow, left cyan, up violet.
  const close = (color: number[], expected: number[]) =>
    color.forEach((c, i) => expect(Math.abs(c - expected[i])).toBeLessThan(0.12));
  close(flowColor(1, 0), [1, 0, 0]);
  close(flowColor(0, 1), [1, 0.92, 0]);
  close(flowColor(-1, 0), [0, 0.86, 1]);
  close(flowColor(0, -1), [0.42, 0, 1]);
});

test('the legend is round, centred on white, and agrees with the colours', () => {
  const size = 65;
  const pixels = flowWheel(size);
  const at = (x: number, y: number) => [...pixels.subarray((y * size + x) * 4, (y * size + x) * 4 + 4)];
  expect(at(0, 0)[3]).toBe(0);
  expect(at(32, 32)).toEqual([255, 255, 255, 255]);
  const right = flowColor((2 * 60 + 1) / size - 1, 0).map((c) => 255 * c);
  at(60, 32)
    .slice(0, 3)
    .forEach((c, i) => expect(Math.abs(c - right[i])).toBeLessThanOrEqual(1));
});
