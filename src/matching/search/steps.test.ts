import { expect, it } from 'vitest';
import { invert3, type Matrix3, multiply3 } from '../../core/matrix3.ts';
import { seededRandom } from '../../geometry/random.ts';
import type { Grey } from './cut-out.ts';
import { agreement, amongSteps, COPIES, stepsOf } from './steps.ts';

const ASPECT = 0.7;
const random = seededRandom(2);
const LATTICE = Float32Array.from({ length: 64 * 64 }, random);

/** Brightness of a front of 8 × 5 windows at a place in units of its sides; one door, if any, and pavement below. */
function front(x: number, y: number, hasDoor: boolean): number {
  const [i, j] = [Math.floor(8 * x), Math.floor(5 * y)];
  const [u, v] = [8 * x - i, 5 * y - j];
  if (j > 4) return 0.35;
  if (hasDoor && i === 4 && j === 4) return u > 0.2 && u < 0.8 ? 0.95 - 0.3 * v : 0.6;
  const isWindow = u > 0.25 && u < 0.75 && v > 0.2 && v < 0.8;
  return isWindow ? (Math.abs(u - 0.5) < 0.06 ? 0.9 : 0.2) : 0.6;
}

/** Smooth noise. */
function natural(x: number, y: number): number {
  const [i, j] = [Math.floor(30 * x) + 10, Math.floor(30 * y) + 10];
  const [u, v] = [30 * x + 10 - i, 30 * y + 10 - j];
  const at = (p: number, q: number) => LATTICE[64 * q + p];
  return (1 - v) * ((1 - u) * at(i, j) + u * at(i + 1, j)) + v * ((1 - u) * at(i, j + 1) + u * at(i + 1, j + 1));
}

/** `of`, moved by a share of the sides, averaged over each pixel. */
function photo(longSide: number, of: (x: number, y: number) => number, dx = 0, dy = 0): Grey {
  const size = { width: longSide, height: Math.round(ASPECT * longSide) };
  const values = new Float32Array(size.width * size.height);
  for (let k = 0; k < values.length; k++) {
    for (const [ox, oy] of [
      [0.25, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.75],
    ]) {
      values[k] +=
        of(((k % size.width) + ox) / size.width + dx, (Math.floor(k / size.width) + oy) / size.height + dy) / 4;
    }
  }
  return { size, values };
}

const copies = (of: (x: number, y: number) => number, dx = 0, dy = 0) => ({
  small: photo(COPIES.small, of, dx, dy),
  large: photo(COPIES.large, of, dx, dy),
});
const shifted = (x: number, y: number): Matrix3 => [1, 0, 2 * x, 0, 1, 2 * y, 0, 0, 1];

it('finds the steps of a front, and none of a photo that does not repeat', () => {
  const steps = stepsOf(copies((x, y) => front(x, y, true)));
  expect(steps.length).toBeGreaterThan(5);
  for (const [x, y] of steps) {
    expect(Math.abs(4 * x - Math.round(4 * x))).toBeLessThan(0.05);
    expect(Math.abs(2.5 * y - Math.round(2.5 * y))).toBeLessThan(0.05);
  }
  expect(stepsOf(copies(natural))).toEqual([]);
});

it('tells the right motion from those that are some windows off, across, up and down, by the door', () => {
  const a = copies((x, y) => front(x, y, true));
  const b = copies((x, y) => 0.8 * front(x, y, true) + 0.1, 1.5 / 8, 0);
  const right = shifted(-1.5 / 8, 0);
  expect(agreement(a.large, b.large, right).disagree).toBeLessThan(0.02);
  expect(amongSteps(a, b, right)).toBe('right');
  let told = 0;
  for (const [x, y] of [
    [0.25, 0],
    [-0.25, 0],
    [0, 0.4],
  ]) {
    const found = amongSteps(a, b, multiply3(right, [1, 0, x, 0, 1, y, 0, 0, 1]));
    expect(found).not.toBe('right');
    if (found === 'right' || found === 'unclear') continue;
    told++;
    expect(found[2]).toBeCloseTo(right[2], 1.7);
    expect(found[5]).toBeCloseTo(right[5], 1.7);
  }
  expect(told).toBeGreaterThan(1);
});

it('says that it cannot tell where nothing is unlike the rest; a photo without steps needs no telling', () => {
  const endless = (x: number, y: number) => front(x - Math.floor(x), y - Math.floor(y), false);
  const a = copies(endless);
  expect(amongSteps(a, copies(endless, 0.125, 0), shifted(0, 0))).toBe('unclear');
  const other = copies(natural);
  expect(amongSteps(other, copies(natural, 0.1, 0), shifted(-0.1, 0))).toBe('right');
});

it('says that it cannot tell which of the tiles of a wall a tile is, in either order', () => {
  const tile = copies((x, y) => natural(0.4 * x, 0.4 * y));
  const wall = copies((x, y) => natural(0.4 * ((2 * x) % 1), 0.4 * ((2 * y) % 1)));
  const first: Matrix3 = [0.5, 0, -0.5, 0, 0.5, -0.5, 0, 0, 1];
  expect(amongSteps(tile, wall, first)).toBe('unclear');
  expect(amongSteps(wall, tile, invert3(first)!)).toBe('unclear');
});
