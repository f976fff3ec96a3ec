import { expect } from '@playwright/test';
import { PNG } from 'pngjs';

/** Share of pixels that differ visibly between two pictures of one size. */
export function changed(a: PNG, b: PNG): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if ([0, 1, 2].some((c) => Math.abs(a.data[i + c] - b.data[i + c]) > 24)) count++;
  }
  return count / (a.data.length / 4);
}

/** Share of pixels that differ visibly. */
export function changedShare(a: Buffer, b: Buffer): number {
  const first = PNG.sync.read(a);
  const second = PNG.sync.read(b);
  if (first.width !== second.width || first.height !== second.height) return 1;
  let changed = 0;
  for (let i = 0; i < first.data.length; i += 4) {
    if (
      Math.abs(first.data[i] - second.data[i]) +
        Math.abs(first.data[i + 1] - second.data[i + 1]) +
        Math.abs(first.data[i + 2] - second.data[i + 2]) >
      12
    )
      changed++;
  }
  return changed / (first.data.length / 4);
}
