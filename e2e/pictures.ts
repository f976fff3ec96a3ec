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

/** Share of pixels that differ visibly, of encoded pictures or decoded ones; 1 where their sizes differ. */
export function changedShare(a: Buffer | PNG, b: Buffer | PNG): number {
  const [first, second] = [a, b].map((picture) => (Buffer.isBuffer(picture) ? PNG.sync.read(picture) : picture));
  if (first.width !== second.width || first.height !== second.height) return 1;
  const [p, q] = [first.data, second.data];
  let changed = 0;
  for (let i = 0; i < p.length; i += 4) {
    if (Math.abs(p[i] - q[i]) + Math.abs(p[i + 1] - q[i + 1]) + Math.abs(p[i + 2] - q[i + 2]) > 12) changed++;
  }
  return changed / (p.length / 4);
}
