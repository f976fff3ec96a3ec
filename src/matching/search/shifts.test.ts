import { expect, it } from 'vitest';
import type { Matrix3 } from '../../core/matrix3.ts';
import { project } from '../../core/matrix3.ts';
import { seededRandom } from '../../geometry/random.ts';
import { crossCorrelation } from './cross-correlation.ts';
import type { Grey } from './cut-out.ts';
import { shiftBetween } from './shifts.ts';
import { COPIES } from './steps.ts';

type Surface = (x: number, y: number) => number;

/** A window on a surface, 1,000 by 700 of its units, from (left, top) on, averaged over each pixel. */
function photo(longSide: number, of: Surface, left: number, top: number): Grey {
  const size = { width: longSide, height: Math.round(0.7 * longSide) };
  const unit = 1000 / longSide;
  const values = Float32Array.from({ length: size.width * size.height }, (_, k) => {
    let sum = 0;
    for (const dy of [0.25, 0.75]) {
      for (const dx of [0.25, 0.75]) {
        sum += of(left + ((k % size.width) + dx) * unit, top + (Math.floor(k / size.width) + dy) * unit) / 4;
      }
    }
    return sum;
  });
  return { size, values };
}

const copies = (of: Surface, left = 0, top = 0) => ({
  small: photo(COPIES.small, of, left, top),
  large: photo(COPIES.large, of, left, top),
});

/** A front of windows, every 125 across and 140 down, with a door at `door`. */
const front =
  (door: number | null): Surface =>
  (x, y) => {
    const [i, j] = [Math.floor(x / 125), Math.floor(y / 140)];
    const [u, v] = [x / 125 - i, y / 140 - j];
    if (i === door && j === 3) return u > 0.15 && u < 0.85 ? 0.95 - 0.3 * v : 0.5;
    return u > 0.25 && u < 0.75 && v > 0.2 && v < 0.8 ? (Math.abs(u - 0.5) < 0.08 ? 0.9 : 0.2) : 0.6;
  };

/** Lines of words of random lengths. */
function page(): Surface {
  const random = seededRandom(3);
  const lines = Array.from({ length: 60 }, () => {
    const gaps: number[] = [];
    for (let x = 60; x < 940; x += 30 + 90 * random()) gaps.push(x);
    return gaps;
  });
  return (x, y) => {
    const [line, v] = [Math.floor(y / 32), (y / 32) % 1];
    const isWord = v > 0.25 && v < 0.75 && x > 60 && x < 940 && !lines[line]?.some((gap) => Math.abs(x - gap) < 9);
    return isWord ? 0.25 + 0.25 * Math.sin(0.9 * x + 40 * line) : 0.97;
  };
}

/** How far a motion of the photo's middle is off a shift, units of the surface. */
function errorOf(found: Matrix3 | null, left: number, top: number): number {
  if (!found) return Infinity;
  const [x, y] = project(found, 0, 0);
  return Math.hypot(500 * x + left, 350 * y + top);
}

it('finds a front that was moved by one and a half or two windows, by its door', () => {
  for (const [left, top] of [
    [187, 0],
    [-250, 0],
    [-125, 0],
  ]) {
    const found = shiftBetween(copies(front(4)), copies(front(4), left, top));
    expect(errorOf(found, left, top)).toBeLessThan(4);
  }
});

it('finds how far a page was scrolled', () => {
  expect(errorOf(shiftBetween(copies(page()), copies(page(), 0, 7 * 32)), 0, 7 * 32)).toBeLessThan(4);
});

it('finds none where nothing tells the windows apart, and none of two different pages', () => {
  expect(shiftBetween(copies(front(null)), copies(front(null), 125, 0))).toBeNull();
  const random = seededRandom(5);
  const noise = Array.from({ length: 4096 }, random);
  const other: Surface = (x, y) => noise[(Math.floor(x / 30) * 37 + Math.floor(y / 30) * 101) & 4095];
  expect(shiftBetween(copies(front(4)), copies(other))).toBeNull();
});

it('the transform tells the same correlation as the sums, for every shift, of photos of odd sizes', () => {
  const random = seededRandom(6);
  const grey = (width: number, height: number): Grey => ({
    size: { width, height },
    values: Float32Array.from({ length: width * height }, () => random() - 0.5),
  });
  const [a, b] = [grey(13, 9), grey(10, 11)];
  const at = crossCorrelation(a, b);
  for (let y = -8; y <= 10; y++) {
    for (let x = -12; x <= 9; x++) {
      let [product, here, there] = [0, 0, 0];
      for (let j = 0; j < 9; j++) {
        for (let i = 0; i < 13; i++) {
          if (i + x < 0 || i + x >= 10 || j + y < 0 || j + y >= 11) continue;
          const [p, q] = [a.values[j * 13 + i], b.values[(j + y) * 10 + i + x]];
          product += p * q;
          here += p * p;
          there += q * q;
        }
      }
      expect(at(x, y)).toBeCloseTo(product / Math.sqrt(here * there), 9);
    }
  }
});
