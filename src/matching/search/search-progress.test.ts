import { expect, it } from 'vitest';
import type { Look } from '../../core/match.ts';
import { exchangedLook, SearchProgress } from './search-progress.ts';

it('a bar of comparisons and matches in any order never goes back, stays below 1 and ends there', () => {
  const told: number[] = [];
  const progress = new SearchProgress((fraction) => told.push(fraction));
  const upright: Look = { rotation: 0 };
  progress.matching(upright);
  for (const share of [0, 0.2, 0.9]) progress.compared(share, upright);
  for (let i = 0; i < 9; i++) progress.matching(upright);
  progress.compared(1, upright);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBeLessThan(1);
  progress.end();
  expect(told.at(-1)).toBe(1);
});

it('a view of the pair in the other order turns back and exchanges what is a part of what', () => {
  expect(exchangedLook({ rotation: 90, detail: 'a' })).toEqual({ rotation: -90, detail: 'b' });
  expect(exchangedLook({ rotation: 180, isSlanted: true })).toEqual({ rotation: 180, isSlanted: true });
  expect(exchangedLook({ rotation: 90, isMirrored: true })).toEqual({ rotation: 90, isMirrored: true });
});
