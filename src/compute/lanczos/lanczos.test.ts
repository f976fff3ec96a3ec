import { expect, it } from 'vitest';
import { lanczosResize } from './cpu.ts';

/** A picture by a formula, which Pillow 12 was given too. */
function picture(width: number, height: number) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      data.set([(x * 37 + y * 91) % 256, (x * x * 13 + y * 57) % 256, ((x ^ y) * 29) % 256, 255], at);
    }
  }
  return { data, width, height };
}

const rgb = (data: Uint8ClampedArray): number[] => [...data].filter((_, i) => i % 4 !== 3);

it('gives Pillow’s bytes, smaller and larger', () => {
  const small = lanczosResize(picture(13, 11), { width: 5, height: 4 });
  expect([...small.data].filter((_, i) => i % 4 === 0)).toEqual([
    92, 136, 121, 105, 142, 121, 106, 129, 124, 107, 137, 123, 108, 124, 130, 148, 148, 115, 114, 125,
  ]);
  expect(rgb(small.data).reduce((sum, value) => sum + value, 0)).toBe(6885);
  const large = rgb(lanczosResize(picture(13, 11), { width: 17, height: 16 }).data);
  expect(large.reduce((sum, value) => sum + value, 0)).toBe(93489);
  expect(large.reduce((sum, value, i) => sum + value * ((i % 97) + 1), 0)).toBe(4471347);
});

it('leaves a picture of one colour as it is, and alpha full', () => {
  const data = new Uint8ClampedArray(4 * 30 * 20).fill(200).map((value, i) => (i % 4 === 3 ? 255 : value));
  const out = lanczosResize({ data, width: 30, height: 20 }, { width: 7, height: 9 });
  expect(out.data.every((value, i) => value === (i % 4 === 3 ? 255 : 200))).toBe(true);
});
