import { expect, test } from 'vitest';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { plateInset, skyInside, skyPlate } from './sky-plate.ts';

const SIZE = { width: 203, height: 61 };
const POINTS = SIZE.width * SIZE.height;
const BLUE = [20, 60, 200, 255];
const RED = [200, 0, 0, 255];

/** Blue and a red tower, whose mask is too narrow by `slack` on every side. */
function photoWithTower(slack: number): { photo: Pixels; map: Float32Array } {
  const isTower = (x: number, y: number, margin: number) => Math.abs(x - 100) <= 20 - margin && y >= 20 + margin;
  const data = new Uint8ClampedArray(4 * POINTS);
  const map = new Float32Array(POINTS);
  for (let i = 0; i < POINTS; i++) {
    const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
    data.set(isTower(x, y, 0) ? RED : BLUE, 4 * i);
    map[i] = isTower(x, y, slack) ? 0.2 : 0.9;
  }
  return { photo: { data, ...SIZE }, map };
}

test('a tower is gone from the plate, with the rim that its mask leaves', () => {
  expect(plateInset(SIZE)).toBe(2);
  const { photo, map } = photoWithTower(2);
  const plate = skyPlate(photo, { map, threshold: 0.5 })!;
  plate.data.forEach((v, i) => expect(Math.abs(v - BLUE[i % 4])).toBeLessThanOrEqual(1));
});

test('well inside the mask the photo stays as it is', () => {
  const { photo, map } = photoWithTower(0);
  for (let i = 0; i < photo.data.length; i += 4) photo.data[i] = (i * 7) % 251;
  const plate = skyPlate(photo, { map, threshold: 0.5 })!;
  const inside = skyInside({ map, threshold: 0.5 }, SIZE, 2);
  inside.forEach((v, i) => v && expect(plate.data[4 * i]).toBe(photo.data[4 * i]));
  expect(inside.reduce((sum, v) => sum + v, 0)).toBeGreaterThan(0.7 * POINTS);
});

test('the inside is every pixel farther than the inset from what is no sky, the photo’s border is none', () => {
  const size = { width: 9, height: 7 };
  const map = new Float32Array(63).fill(1);
  map[2 * 9 + 6] = 0.5;
  const inside = skyInside({ map, threshold: 0.5 }, size, 2);
  inside.forEach((v, i) => {
    const distance = Math.max(Math.abs((i % 9) - 6), Math.abs(Math.floor(i / 9) - 2));
    expect(v).toBe(distance > 2 ? 1 : 0);
  });
});

test('without an inside there is no plate', () => {
  const { photo } = photoWithTower(0);
  const stripes = Float32Array.from({ length: POINTS }, (_, i) => ((i % SIZE.width) % 4 ? 1 : 0));
  expect(skyPlate(photo, { map: stripes, threshold: 0.5 })).toBeNull();
  expect(skyPlate(photo, { map: new Float32Array(POINTS), threshold: 0.5 })).toBeNull();
});
