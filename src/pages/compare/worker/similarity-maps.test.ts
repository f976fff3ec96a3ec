import { expect, test } from 'vitest';
import { colorMapTable } from '../../../core/colors/color-maps.ts';
import type { BySlot } from '../contract.ts';
import { CpuFeatureMaths, type Encoded, encoded } from './feature-maths.ts';
import { similarityMaps } from './similarity-maps.ts';

const maths = new CpuFeatureMaths();
/** Two channels: the direction of each place, in degrees. */
function directions(width: number, degrees: number[]): Encoded {
  const angles = degrees.map((d) => (d * Math.PI) / 180);
  const values = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
  return encoded({ grid: { width, height: degrees.length / width }, channels: 2, values });
}

const features: BySlot<Encoded> = {
  a: directions(2, [0, 90, 180, 270]),
  b: directions(3, [170, 95, 20]),
  d: directions(1, [100, 80]),
};
const options = { count: 1, exclusion: 0, temperature: null };

test('every other photo has its own best places, in its own grid', async () => {
  // The upper right place of A: 90°.
  const { best, query, heat } = await similarityMaps(maths, features, {
    ...options,
    at: { slot: 'a', x: 0.9, y: 0.1 },
    count: 2,
  });
  expect(query).toEqual({ slot: 'a', x: 0.75, y: 0.25 });
  expect(best.map(({ slot, rank }) => [slot, rank])).toEqual([
    ['b', 0],
    ['b', 1],
    ['d', 0],
    ['d', 1],
  ]);
  expect(best[0]).toMatchObject({ x: 0.5, y: 0.5 });
  expect(best[0].cosine).toBeCloseTo(Math.cos((5 * Math.PI) / 180), 5);
  expect(Object.keys(heat)).toEqual(['a', 'b', 'd']);
  expect(heat.b!.grid).toEqual({ width: 3, height: 1 });
});

test('heat goes from the map’s first colour to its last within each photo', async () => {
  const { heat } = await similarityMaps(maths, features, { ...options, at: { slot: 'b', x: 0.5, y: 0.5 } });
  const table = colorMapTable('turbo');
  const colorAt = (place: number) => [...heat.b!.rgba.subarray(4 * place, 4 * place + 4)];
  expect(colorAt(1)).toEqual([...table.subarray(4 * 255)]);
  // 170° and 20° lie 75° away on either side: both are the coldest.
  expect(colorAt(0)).toEqual(colorAt(2));
  expect(colorAt(0)).toEqual([...table.subarray(0, 4)]);
});

test('alone, a photo is searched for other places of its own', async () => {
  const { best } = await similarityMaps(maths, { c: features.a }, { ...options, at: { slot: 'c', x: 0, y: 0 } });
  expect(best).toHaveLength(1);
  expect(best[0]).toMatchObject({ slot: 'c', rank: 0 });
  expect(best[0].cosine).toBeCloseTo(0, 5);
});

test('a place of a photo that is not there is refused', async () => {
  const asked = similarityMaps(maths, features, { ...options, at: { slot: 'c', x: 0, y: 0 } });
  await expect(asked).rejects.toMatchObject({ code: 'photo-missing' });
});
