import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Sha256 } from './sha256.ts';

describe('Sha256', () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003])(
    'of %i bytes, fed in uneven pieces, is what Node computes',
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
      const hash = new Sha256();
      for (let at = 0, step = 1; at < length; at += step, step = (step * 7) % 97)
        hash.update(bytes.subarray(at, at + step));
      expect(hash.hex()).toBe(createHash('sha256').update(bytes).digest('hex'));
    },
  );
});
