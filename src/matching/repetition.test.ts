import { describe, expect, it } from 'vitest';
import type { PlainField } from '../compute/field/cpu.ts';
import { tokensOf } from './coarse.ts';
import { isStepsOff, repeatsItself, twoMotions } from './repetition.ts';

const GRID = { width: 64, height: 40 };
const POINTS = GRID.width * GRID.height;
/** Windows of a front, normalised. */
const STEP = 0.25;

/** A field of shifts: `far` beyond the column at x = `from`, else −0.1. */
function shifted(far: number, from: number): PlainField {
  const warp = new Float32Array(2 * POINTS);
  for (let k = 0; k < POINTS; k++) {
    const x = (2 * (k % GRID.width) + 1) / GRID.width - 1;
    warp[k] = x + (x > from ? far : -0.1);
    warp[POINTS + k] = (2 * Math.floor(k / GRID.width) + 1) / GRID.height - 1;
  }
  const certainty = new Float32Array(POINTS).fill(0.9);
  return { grid: GRID, photo: { width: 640, height: 400 }, warp, certainty, cycle: new Float32Array(POINTS) };
}

/** Features of a photo that looks the same every `period` (0: nowhere). */
function tokens(period: number) {
  const [channels, width, height] = [16, 64, 40];
  const data = new Float32Array(channels * width * height);
  for (let k = 0; k < width * height; k++) {
    const x = (2 * (k % width) + 1) / width - 1;
    const y = Math.floor(k / width) / height;
    const phase = period ? (2 * Math.PI * x) / period : 3.7 * x;
    for (let c = 0; c < channels; c++) {
      data[c * width * height + k] = Math.sin((period ? 1 + (c % 4) : 0.7 + 1.3 * c) * phase + c + 0.2 * y);
    }
  }
  return tokensOf(data, [1, channels, height, width], null);
}

describe('a match of two motions', () => {
  it('that differ by two windows of a front repeats itself', () => {
    const found = twoMotions(shifted(-0.1 - 2 * STEP, 0.4), 0.3, 10)!;
    expect(found.places.filter(({ of }) => of === 1).length / found.places.length).toBeCloseTo(0.3, 1);
    expect(repeatsItself(found, tokens(STEP))).toBe(true);
  });

  it('of things that look different is one of depths', () => {
    const found = twoMotions(shifted(-0.1 - 2 * STEP, 0.4), 0.3, 10)!;
    expect(repeatsItself(found, tokens(0))).toBe(false);
  });

  it('of ground and wall is one of planes, alike as they may look', () => {
    const field = shifted(-0.6, 0.4);
    // The second motion shrinks what it moves, as a plane at a slant does.
    for (let k = 0; k < POINTS; k++) {
      const x = (2 * (k % GRID.width) + 1) / GRID.width - 1;
      if (x > 0.4) field.warp[k] = 0.6 * x - 0.4;
    }
    expect(repeatsItself(twoMotions(field, 0.3, 10)!, tokens(STEP))).toBe(false);
  });

  it('is asked about only where they are two, both large, and far apart', () => {
    expect(twoMotions(shifted(-0.1, 0.4), 0.3, 10)).toBeNull();
    expect(twoMotions(shifted(-0.2, 0.4), 0.3, 10)).toBeNull();
    expect(twoMotions(shifted(-0.6, 0.95), 0.3, 10)).toBeNull();
    expect(twoMotions({ ...shifted(-0.6, 0.4), certainty: new Float32Array(POINTS) }, 0.3, 10)).toBeNull();
  });
});

describe('a match of bricks', () => {
  /** Columns of the grid: the share `off` of them one or two steps further. */
  const wall = (off: number, step: number) => {
    const field = shifted(-0.1, 1);
    for (let k = 0; k < POINTS; k++) {
      const column = Math.floor((k % GRID.width) / 4);
      if ((column * 7) % 16 < 16 * off) field.warp[k] += step * (1 + (column % 2));
    }
    return field;
  };
  const steps = [
    [0.15, 0],
    [0.3, 0],
    [0, 0.2],
  ] as const;

  it('some of which were taken for others one or two steps on is told', () => {
    expect(isStepsOff(wall(0.3, 0.15), 0.3, 10, steps)).toBe(true);
    expect(isStepsOff(wall(0.3, -0.15), 0.3, 10, steps)).toBe(true);
  });

  it('that lie right, or of things at other depths, is not', () => {
    expect(isStepsOff(wall(0, 0.15), 0.3, 10, steps)).toBe(false);
    expect(isStepsOff(wall(0.3, 0.22), 0.3, 10, steps)).toBe(false);
    expect(isStepsOff(wall(0.3, 0.15), 0.3, 10, [])).toBe(false);
  });
});
