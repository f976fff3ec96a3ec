import { expect, it } from 'vitest';
import { alignedCanvas } from './canvas.ts';

const PHOTOS = { a: { width: 400, height: 300 }, b: { width: 200, height: 300 } };

it('shows both photos whole', () => {
  // B's left edge lies 250 px into A, its top 30 px above A's.
  expect(alignedCanvas([1, 0, -250, 0, 1, 30, 0, 0, 1], PHOTOS)).toEqual({ x: 0, y: -30, width: 450, height: 330 });
});

it('is A alone where B lies within it', () => {
  expect(alignedCanvas([2, 0, -300, 0, 2, -150, 0, 0, 1], PHOTOS)).toEqual({ x: 0, y: 0, width: 400, height: 300 });
});

it('ends one and a half photos beyond A, also where a corner of B lies behind the horizon', () => {
  expect(alignedCanvas([0.01, 0, 0, 0, 0.01, 0, 0, 0, 1], PHOTOS)).toMatchObject({ x: 0, width: 1000, height: 750 });
  const steep = alignedCanvas([1, 0, 0, 0, 1, 0, 0.01, 0, 1], PHOTOS);
  expect(steep).toEqual({ x: -600, y: -450, width: 1600, height: 1200 });
});
