import { expect, test } from 'vitest';
import {
  colorOfSh0,
  covariance,
  createTable,
  logit,
  MAX_OPACITY_LOGIT,
  rotationMatrix,
  selectGaussians,
  sh0OfColor,
  shRestCount,
  sigmoid,
  tableBuffers,
  tableBytes,
} from './table.ts';

test('a table has the bytes that it is said to have, each buffer its own', () => {
  for (const degree of [0, 1, 2, 3] as const) {
    const buffers = tableBuffers(createTable(7, degree));
    expect(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(tableBytes(7, degree));
    expect(new Set(buffers).size).toBe(6);
  }
  expect([0, 1, 2, 3].map((degree) => shRestCount(degree as 0))).toEqual([0, 3, 8, 15]);
});

test('logits undo the sigmoid and stay finite at the ends', () => {
  for (const value of [1e-4, 0.02, 0.5, 0.99]) expect(sigmoid(logit(value))).toBeCloseTo(value, 12);
  expect([logit(0), logit(-1), logit(1), logit(2)]).toEqual([-1, -1, 1, 1].map((sign) => sign * MAX_OPACITY_LOGIT));
  expect(logit(NaN)).toBe(-MAX_OPACITY_LOGIT);
  expect(colorOfSh0(sh0OfColor(0.3))).toBeCloseTo(0.3, 12);
});

test('the quaternion turns the axes, and the covariance with them', () => {
  const table = createTable(2, 0);
  // A third of a turn about (1, 1, 1): x → y → z → x.
  table.quaternions.set([0.5, 0.5, 0.5, 0.5], 4);
  table.logScales.set([1, 2, 3].map(Math.log), 3);
  const rotation: number[] = [];
  rotationMatrix(table, 1, rotation);
  expect(rotation).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
  const upper: number[] = [];
  covariance(table, 1, upper);
  // Along y lies the first axis (1), along z the second (4), along x the third (9).
  [9, 0, 0, 1, 0, 4].forEach((value, k) => expect(upper[k]).toBeCloseTo(value, 5));
});

test('a selection keeps every column in step', () => {
  const table = createTable(3, 1);
  for (const [k, values] of [
    table.positions,
    table.logScales,
    table.quaternions,
    table.opacityLogits,
    table.sh0,
    table.shRest,
  ].entries())
    values.forEach((_, j) => (values[j] = 1000 * k + j));
  const picked = selectGaussians(table, [2, 0]);
  expect(picked.count).toBe(2);
  expect([...picked.positions]).toEqual([6, 7, 8, 0, 1, 2]);
  expect([...picked.quaternions]).toEqual([2008, 2009, 2010, 2011, 2000, 2001, 2002, 2003]);
  expect([...picked.opacityLogits]).toEqual([3002, 3000]);
  expect([...picked.shRest.subarray(0, 3), ...picked.shRest.subarray(9, 12)]).toEqual([
    5018, 5019, 5020, 5000, 5001, 5002,
  ]);
});
