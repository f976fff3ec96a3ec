import { expect, test } from 'vitest';
import { seededRandom } from '../geometry/random.ts';
import { ascendingOrder, DepthOrder } from './order.ts';

test('ascendingOrder sorts by value, then by index', () => {
  const random = seededRandom(1);
  // Few values, so that there are ties; far apart and close together.
  const levels = [0.2, 0.2 + 1e-12, 1, 1 + 2 ** -52, 3e-5, 7e8, Infinity];
  const values = Float64Array.from({ length: 3001 }, () => levels[Math.floor(random() * levels.length)]);
  const expected = [...values.keys()].sort((a, b) =>
    values[a] === values[b] ? a - b : values[a] < values[b] ? -1 : 1,
  );
  expect([...ascendingOrder(values)]).toEqual(expected);
  expect([...ascendingOrder(new Float64Array(0))]).toEqual([]);
});

test('DepthOrder sorts along the camera’s axis, what is behind it last', () => {
  const random = seededRandom(2);
  const positions = Float32Array.from({ length: 3 * 2000 }, () => Math.fround(4 * random() - 2));
  positions[30] = NaN;
  const order = new DepthOrder(positions);
  for (const [forward, offset] of [
    [[0, 0, 1], 0.5],
    [[0.6, 0, -0.8], 0],
    [[0, 0, 1], 0.5],
  ] as [[number, number, number], number][]) {
    const visible = order.update(forward, offset, 0.2);
    const depth = (i: number) =>
      Math.fround(
        forward[0] * positions[3 * i] + forward[1] * positions[3 * i + 1] + forward[2] * positions[3 * i + 2] + offset,
      );
    const all = [...Array(2000).keys()];
    const before = all.filter((i) => depth(i) > Math.fround(0.2)).sort((a, b) => depth(a) - depth(b) || a - b);
    expect(visible).toBe(before.length);
    expect([...order.indices.subarray(0, visible)]).toEqual(before);
    expect([...order.indices].sort((a, b) => a - b)).toEqual(all);
  }
});
