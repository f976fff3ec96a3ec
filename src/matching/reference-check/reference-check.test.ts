import { describe, expect, it } from 'vitest';
import type { InputManifest } from '../../models/manifest.ts';
import { compareOutputs } from './compare.ts';
import { type CheckOutputs, fromReference, toReference } from './outputs.ts';
import { checkSizes, syntheticPhoto } from './synthetic-pair.ts';

/** Identity warp of 32 × 24 places, sure in the middle rows and unsure at the border. */
function outputs(): CheckOutputs {
  const grid = { width: 32, height: 24 };
  const points = grid.width * grid.height;
  const warp = new Float32Array(2 * points);
  const certaintyLogit = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    const [x, y] = [i % grid.width, Math.floor(i / grid.width)];
    warp[i] = (2 * x + 1) / grid.width - 1;
    warp[points + i] = (2 * y + 1) / grid.height - 1;
    certaintyLogit[i] = y < 3 || y > 20 ? -4 : 3;
  }
  return { grid, step: 1, warp, certaintyLogit };
}

/** The outputs with every value changed. */
function changed(
  change: (value: number, i: number) => number,
  what: ('warp' | 'certaintyLogit')[] = ['warp', 'certaintyLogit'],
) {
  const result = outputs();
  for (const key of what) result[key] = result[key].map(change);
  return result;
}

/** Noise in [-1, 1] that is the same every time. */
const noise = (i: number) => Math.sin(12.9898 * (i + 1)) * Math.cos(78.233 * (i + 1));

const verdict = (given: CheckOutputs) => compareOutputs(given, outputs()).verdict;

describe('the comparison with the reference', () => {
  it('takes the same outputs, noise of half precision, and a few places that chose another match', () => {
    expect(compareOutputs(outputs(), outputs())).toEqual({ verdict: 'right', finding: '', difference: 0 });
    const noisy = compareOutputs(
      changed((value, i) => value + 1e-3 * noise(i)),
      outputs(),
    );
    expect(noisy.verdict).toBe('right');
    expect(noisy.difference).toBeGreaterThan(1e-4);
    expect(noisy.difference).toBeLessThan(2e-3);
    expect(verdict(changed((value, i) => (i % 50 === 0 ? -value : value)))).toBe('right');
  });

  it('says nothing of places that the reference itself does not know', () => {
    const other = outputs();
    other.warp = other.warp.map((value, i) => (other.certaintyLogit[i % 768] < 0 ? -value : value));
    expect(verdict(other)).toBe('right');
  });

  it.each<[string, CheckOutputs, RegExp]>([
    ['× 1.1', changed((value) => 1.1 * value), /differ from the stored reference by 0\.\d+/],
    ['the warp × 1.1', changed((value) => 1.1 * value, ['warp']), /places differ/],
    ['the certainty × 1.5', changed((value) => 1.5 * value, ['certaintyLogit']), /certainties differ/],
    ['× 0', changed(() => 0), /same everywhere/],
    ['certainty × 0', changed(() => 0, ['certaintyLogit']), /certainties differ/],
    ['one NaN', changed((value, i) => (i === 5 ? Number.NaN : value), ['warp']), /no numbers/],
    ['NaN certainty', changed(() => Number.NaN, ['certaintyLogit']), /no numbers/],
    ['an overflow', changed((value, i) => (i === 9 ? Infinity : value), ['warp']), /no numbers/],
    ['noise of 0.05', changed((value, i) => value + 0.05 * noise(i)), /differ/],
  ])('finds out %s', (_, given, words) => {
    const found = compareOutputs(given, outputs());
    expect(found.verdict).toBe('wrong');
    expect(found.finding).toMatch(words);
  });

  it('compares the warp by its median where the reference is sure of nothing', () => {
    const unsure = changed(() => -5, ['certaintyLogit']);
    expect(compareOutputs(unsure, unsure).verdict).toBe('right');
    const wrong = { ...unsure, warp: unsure.warp.map((value) => value * 1.1) };
    expect(compareOutputs(wrong, unsure).verdict).toBe('wrong');
  });

  it('without a reference, or with one of another size, asks for numbers that vary, and says that it was no check', () => {
    expect(compareOutputs(outputs(), null).verdict).toBe('unchecked');
    expect(compareOutputs(outputs(), { ...outputs(), warp: new Float32Array(8) }).verdict).toBe('unchecked');
    expect(
      compareOutputs(
        changed(() => 0),
        null,
      ).verdict,
    ).toBe('wrong');
    expect(
      compareOutputs(
        changed(() => Number.NaN),
        null,
      ).verdict,
    ).toBe('wrong');
  });

  it('a reference comes back from a manifest as it was', () => {
    expect(fromReference(toReference(outputs()))).toEqual(outputs());
  });
});

describe('the synthetic pair', () => {
  const input: InputManifest = {
    sizing: 'keep-aspect',
    multipleOf: 32,
    defaultLongSide: 448,
    minSide: 64,
    maxLongSide: 1024,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };

  it('has the smallest sensible size that every pass takes', () => {
    expect(checkSizes([{ input }])).toEqual([{ width: 128, height: 96 }]);
    expect(checkSizes([{ input: { ...input, multipleOf: 14 } }])).toEqual([{ width: 140, height: 98 }]);
    expect(checkSizes([{ input: { ...input, sizing: 'square' } }])).toEqual([{ width: 128, height: 128 }]);
    expect(checkSizes([{ input: { ...input, minSide: 224 } }])).toEqual([{ width: 224, height: 224 }]);
    const fixed: InputManifest = { ...input, sizing: 'square', fixedSize: true, defaultLongSide: 448 };
    expect(checkSizes([{ input: fixed }, { input: { ...fixed, defaultLongSide: 896 } }])).toEqual([
      { width: 448, height: 448 },
      { width: 896, height: 896 },
    ]);
  });

  it('is a picture with contrast in [0, 1], normalised as the encoder wants it, and B another view than A', () => {
    const size = { width: 128, height: 96 };
    const a = syntheticPhoto('a', size, input);
    const b = syntheticPhoto('b', size, input);
    const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
    const deviation = Math.sqrt(a.reduce((sum, value) => sum + (value - mean) ** 2, 0) / a.length);
    expect(deviation).toBeGreaterThan(0.1);
    expect(Math.min(...a)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...a)).toBeLessThanOrEqual(1);
    expect(b).not.toEqual(a);
    const normalised = syntheticPhoto('a', size, { mean: [0.5, 0.5, 0.5], std: [2, 2, 2] });
    expect(normalised[77]).toBeCloseTo((a[77] - 0.5) / 2, 6);
  });
});
