import { expect, test } from 'vitest';
import { poseError } from '../measures.ts';
import { KA, KB, POSE, twoViews } from '../scene.test-helper.ts';
import { finish } from '../steps.ts';
import { fitPoseRobust } from './essential.ts';
import { poseSpread } from './pose-spread.ts';

const OPTIONS = { threshold: 1.5, seed: 1, iterations: 150 };

function spreadOf(pairs: ReturnType<typeof twoViews>['pairs']) {
  const found = fitPoseRobust(pairs, KA, KB, OPTIONS)!;
  return { found, spread: finish(poseSpread(pairs, KA, KB, found.translation, OPTIONS)) };
}

test('a third of the matches that agree everywhere tell the way to a few degrees, and say so', () => {
  const { pairs } = twoViews({ points: 400, outliers: 220, noise: 0.4 });
  const { found, spread } = spreadOf(pairs);
  expect(poseError(found, POSE)).toBeLessThan(5);
  expect(spread).toBeLessThan(5);
});

test('regions that are each moved by a way of their own agree on a pose by chance, and their halves on another', () => {
  for (const seed of [1, 2]) {
    const { pairs } = twoViews({ points: 300, noise: 0.4, seed });
    // Facades that repeat: every field of 80 pixels goes to a place of its own.
    const field = Array.from(pairs.xa, (x, i) => 8 * Math.floor(pairs.ya[i] / 80) + Math.floor(x / 80));
    const off = (k: number) => 60 * Math.sin(12.9898 * (k + 100 * seed));
    const xb = Float64Array.from(pairs.xa, (x, i) => x + off(field[i]));
    const yb = Float64Array.from(pairs.ya, (y, i) => y + off(field[i] + 64));
    expect(spreadOf({ ...pairs, xb, yb }).spread).toBeGreaterThan(15);
  }
});

test('too few matches tell nothing', () => {
  const { pairs } = twoViews({ points: 8 });
  expect(finish(poseSpread(pairs, KA, KB, POSE.translation, OPTIONS))).toBe(180);
});
