import { expect, test } from 'vitest';
import { centreOf, heatOf, placeAt, topPlaces } from './similarity.ts';

const grid = { width: 5, height: 3 };
const cosines = Float32Array.from([0.1, 0.9, 0.8, 0.2, 0.3, 0, 0.7, 0.1, 0.1, 0.6, -0.5, 0, 0, 0, 0.5]);

test('heat is stretched, or a softmax with its peak at 1', () => {
  const plain = heatOf(cosines, null);
  expect(plain[1]).toBe(1);
  expect(plain[10]).toBe(0);
  expect(plain[0]).toBeCloseTo(0.6 / 1.4, 6);
  const sharp = heatOf(cosines, 0.1);
  expect(sharp[1]).toBe(1);
  expect(sharp[2]).toBeCloseTo(Math.exp(-1), 5);
  expect(heatOf(Float32Array.of(0.4, 0.4), null)).toEqual(Float32Array.of(0, 0));
});

test('the best places keep their distance from each other and from the query', () => {
  expect(topPlaces(cosines, grid, 3, 0)).toEqual([1, 2, 6]);
  expect(topPlaces(cosines, grid, 3, 1)).toEqual([1, 9, 11]);
  expect(topPlaces(cosines, grid, 1, 1, 1)).toEqual([9]);
  expect(topPlaces(cosines, grid, 99, 2)).toHaveLength(2);
});

test('points and places', () => {
  expect(placeAt(0.5, 0.99, grid)).toBe(12);
  expect(placeAt(1, 1, grid)).toBe(14);
  expect(placeAt(-0.1, 0, grid)).toBe(0);
  expect(centreOf(7, grid)).toEqual({ x: 0.5, y: 0.5 });
});
