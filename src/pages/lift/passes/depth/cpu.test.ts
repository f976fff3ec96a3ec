import { expect, test } from 'vitest';
import { randomNumbers } from '../../../match/testing/fields.ts';
import { disparityToDepth, medianDepth } from './cpu.ts';
import { meshIndices, sobelMagnitude } from '../mesh/cpu.ts';

const RANGE = { scale: 2, shift: 0.5, near: 0.5, far: 1.5 };

test('depth is the inverse of scaled and shifted disparity, clamped; none in the sky or without disparity', () => {
  const depth = disparityToDepth(Float32Array.of(0.25, 1, 0.01, 0, NaN, 0.25), RANGE, {
    map: Float32Array.of(0.5, 0, 0, 0, 0, 0.51),
    threshold: 0.5,
  });
  expect([...depth]).toEqual([1, Math.fround(0.5), 1.5, 0, 0, 0]);
  expect(disparityToDepth(Float32Array.of(0.1), { ...RANGE, shift: -5 }, null)[0]).toBe(1.5);
});

test.each([1, 2, 3, 1000, 1001])('the median of %i depths is exact', (count) => {
  const random = randomNumbers(count);
  const depth = Float32Array.from({ length: count }, () => 0.1 * 1000 ** random());
  const sorted = [...depth].sort((a, b) => a - b);
  expect(medianDepth(depth)).toBe(sorted[(count - 1) >> 1]);
  const withHoles = new Float32Array(2 * count);
  withHoles.set(depth, count >> 1);
  expect(medianDepth(withHoles)).toBe(sorted[(count - 1) >> 1]);
});

test('without any depth the unit is 1', () => expect(medianDepth(new Float32Array(5))).toBe(1));

test('Sobel gives a straight step its height on both sides', () => {
  const step = Float32Array.from({ length: 7 * 5 }, (_, i) => (i % 7 < 3 ? 0.2 : 0.7));
  const magnitude = sobelMagnitude(step, { width: 7, height: 5 });
  for (let i = 0; i < magnitude.length; i++) expect(magnitude[i]).toBeCloseTo([2, 3].includes(i % 7) ? 0.5 : 0, 6);
});

test('only the triangles across a step are dropped', () => {
  const size = { width: 7, height: 5 };
  const step = Float32Array.from({ length: 35 }, (_, i) => (i % 7 < 3 ? 0.2 : 0.7));
  const depth = step.map((d) => 1 / d);
  depth[34] = 0;
  const indices = meshIndices(step, depth, size, 0.4);
  const columns = new Set<number>();
  for (let t = 0; t < indices.length; t += 3) if (indices[t] === indices[t + 1]) columns.add(Math.floor(t / 6) % 8);
  // Cell 3 lies between pixels 2 and 3; cells 6 and 7 touch the pixel without depth.
  expect([...columns].sort()).toEqual([3, 6, 7]);
  expect(meshIndices(step, depth.fill(1), size, 0.6).filter((v) => v === 0).length).toBe(1);
});
