import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../pages/match/testing/fields.ts';
import type { Pixels } from '../preprocess/cpu.ts';
import { estimateDepth } from './estimate-depth.ts';
import { guidedFilter } from '../smooth/guided-filter.ts';
import { segmentPicture } from './segments.ts';
import { skyMask } from './sky.ts';

const SIZE = { width: 131, height: 97 };
type Paint = (x: number, y: number, noise: number) => [number, number, number];

/** A made-up photo; x and y in 0…1, noise in −1…1. */
function paint(color: Paint, { width, height } = SIZE): Pixels {
  const random = randomNumbers(17);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = ((i % width) + 0.5) / width;
    const y = (Math.floor(i / width) + 0.5) / height;
    data.set([...color(x, y, 2 * random() - 1), 255], 4 * i);
  }
  return { data, width, height };
}

const grass = (noise: number): [number, number, number] => [70 + 30 * noise, 95 + 30 * noise, 45 + 20 * noise];
/** A skyline at 40 % with a house that rises to 20 %. */
const isAbove = (x: number, y: number) => y < (x > 0.3 && x < 0.5 ? 0.2 : 0.4);
const house: Paint = (_, __, noise) => [150 + 10 * noise, 90 + 10 * noise, 70];

const skies: [string, Paint][] = [
  ['blue with a gradient', (_, y) => [90 + 180 * y, 150 + 120 * y, 230]],
  ['overcast', (_, __, noise) => [205 + 4 * noise, 208 + 4 * noise, 212 + 4 * noise]],
  ['dull and grey', (x, __, noise) => [150 + 20 * x + 3 * noise, 152 + 20 * x + 3 * noise, 158 + 20 * x + 3 * noise]],
  [
    'blue with a white cloud',
    (x, y) => (Math.hypot(x - 0.75, 2 * (y - 0.15)) < 0.1 ? [245, 246, 250] : [100, 150, 225]),
  ],
];

/** Share of the pixels for which the mask says what is so. */
function agreement(mask: Float32Array, isSky: (x: number, y: number) => boolean, { width, height } = SIZE): number {
  let right = 0;
  mask.forEach((v, i) => {
    const truth = isSky(((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height);
    if (v > 0.5 === truth) right++;
  });
  return right / mask.length;
}

describe('the sky', () => {
  test.each(skies)('%s is found above a skyline', (_, sky) => {
    const photo = paint((x, y, noise) => {
      if (isAbove(x, y)) return sky(x, y, noise);
      return x > 0.3 && x < 0.5 && y < 0.5 ? house(x, y, noise) : grass(noise);
    });
    const mask = skyMask(photo, null);
    expect(agreement(mask, isAbove)).toBeGreaterThan(0.96);
    expect(mask.every((v) => v >= 0 && v <= 1)).toBe(true);
  });

  test('its edge follows the photo at a size above the working one', () => {
    const size = { width: 501, height: 303 };
    const photo = paint((x, y, noise) => (isAbove(x, y) ? [110, 160, 230] : grass(noise)), size);
    expect(agreement(skyMask(photo, null), isAbove, size)).toBeGreaterThan(0.985);
  });

  test.each<[string, Paint]>([
    ['grass', (_, __, noise) => grass(noise)],
    ['a pale road seen from above', (x, __, noise) => (Math.abs(x - 0.5) < 0.1 ? [190, 185, 190] : grass(noise))],
    ['a dark top', (_, y, noise) => (y < 0.4 ? [18, 18, 20] : [120 + 40 * noise, 110, 90])],
    ['a blue sheet down to the lower border', () => [90, 140, 220]],
    ['a lake below a wood', (_, y, noise) => (y > 0.6 ? [120, 160, 220] : grass(noise))],
  ])('none in a picture of %s', (_, color) => {
    expect(Math.max(...skyMask(paint(color), null))).toBe(0);
  });

  test('what is near is no sky', () => {
    // A pale wall across the top, which colour alone takes for sky.
    const photo = paint((_, y, noise) => (y < 0.4 ? [200, 202, 208] : grass(noise)));
    expect(agreement(skyMask(photo, null), (_, y) => y < 0.4)).toBeGreaterThan(0.96);
    const disparity = new Float32Array(SIZE.width * SIZE.height).fill(0.9);
    disparity[disparity.length - 1] = 0;
    expect(Math.max(...skyMask(photo, disparity))).toBe(0);
  });
});

describe('the depth estimate', () => {
  const photo = paint((x, y, noise) => {
    if (isAbove(x, y)) return [100, 150, 230];
    return x > 0.3 && x < 0.5 && y < 0.7 ? [170, 60 + 3 * noise, 50] : grass(noise / 3);
  });
  const { disparity, notes } = estimateDepth(photo);
  const at = (x: number, y: number) => disparity[Math.floor(y * SIZE.height) * SIZE.width + Math.floor(x * SIZE.width)];

  test('spans 0…1, with the sky far and the ground nearer downwards', () => {
    expect([Math.min(...disparity), Math.max(...disparity)]).toEqual([0, 1]);
    expect(at(0.8, 0.1)).toBe(0);
    const rows = [0.5, 0.65, 0.8, 0.95].map((y) => at(0.8, y));
    rows.slice(1).forEach((v, i) => expect(v).toBeGreaterThan(rows[i] + 0.05));
  });

  test('what stands on the ground is as near as its foot', () => {
    const foot = at(0.62, 0.71);
    for (const y of [0.28, 0.45, 0.6]) expect(Math.abs(at(0.4, y) - foot)).toBeLessThan(0.15);
    // The ground beside its top lies much farther away.
    expect(at(0.4, 0.45)).toBeGreaterThan(at(0.8, 0.45) + 0.15);
  });

  test('says that it is a guess', () => {
    expect(notes[0]).toMatch(/guess/i);
    expect(notes[1]).toMatch(/Sky found on 3\d %/);
    expect(estimateDepth(paint((_, __, noise) => grass(noise))).notes[1]).toMatch(/No sky found/);
  });

  test('is the same every time and finite on odd and tiny sizes', () => {
    expect(estimateDepth(photo).disparity).toEqual(disparity);
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [1, 40],
      [200, 5],
    ]) {
      const tiny = estimateDepth(paint((x, y) => [255 * x, 255 * y, 90], { width, height })).disparity;
      expect(tiny.length).toBe(width * height);
      expect(tiny.every((v) => v >= 0 && v <= 1)).toBe(true);
    }
  });
});

test('segments keep apart what differs and hold together what does not', () => {
  const width = 20;
  const planes = new Float32Array(3 * 400).map((_, i) => (i % width < 10 ? 0.2 : 0.7) + 0.01 * ((i * 7) % 3));
  const { labels, count } = segmentPicture(planes, { width, height: 20 }, { scale: 1, minimum: 5 });
  expect(count).toBe(2);
  expect(labels[5]).not.toBe(labels[15]);
  expect(labels[5]).toBe(labels[19 * 20 + 3]);
});

test('the guided filter smooths noise but keeps an edge of its guide', () => {
  const size = { width: 40, height: 20 };
  const random = randomNumbers(3);
  const guide = new Float32Array(800).map((_, i) => (i % 40 < 20 ? 0.2 : 0.8));
  const noisy = guide.map((v) => 3 * v + 0.4 * (random() - 0.5));
  const smooth = guidedFilter(guide, noisy, size, { radius: 4, epsilon: 1e-3 });
  smooth.forEach((v, i) => expect(Math.abs(v - 3 * guide[i])).toBeLessThan(0.08));
});
