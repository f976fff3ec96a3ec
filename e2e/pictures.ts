import { expect } from '@playwright/test';
import type { PNG } from 'pngjs';

/** Share of pixels that differ visibly between two pictures of one size. */
export function changed(a: PNG, b: PNG): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if ([0, 1, 2].some((c) => Math.abs(a.data[i + c] - b.data[i + c]) > 24)) count++;
  }
  return count / (a.data.length / 4);
}
