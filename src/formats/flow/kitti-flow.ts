import type { Flow } from './flow.ts';
import { encodePng16 } from '../images/png-writer.ts';

/** Steps a pixel, and the stored value of no motion. */
const STEPS = 64;
const ZERO = 2 ** 15;

export interface KittiFlow {
  png: Uint8Array<ArrayBuffer>;
  /** Known vectors that the format cannot hold (beyond ±512 px) and that are therefore marked unknown. */
  outOfRange: number;
}

/**
 * Flow as a 16-bit PNG of the KITTI development kit: red = u · 64 + 2^15, green likewise v, blue = 1 where the vector
 * is known, all three 0 where it is not. Resolution 1/64 px.
 */
export async function encodeKittiFlow({ size, vectors, valid }: Flow): Promise<KittiFlow> {
  const samples = new Uint16Array(size.width * size.height * 3);
  let outOfRange = 0;
  for (let i = 0; i < valid.length; i++) {
    if (!valid[i]) continue;
    const u = Math.round(vectors[2 * i] * STEPS) + ZERO;
    const v = Math.round(vectors[2 * i + 1] * STEPS) + ZERO;
    if (u < 0 || u > 0xffff || v < 0 || v > 0xffff) outOfRange++;
    else samples.set([u, v, 1], i * 3);
  }
  return { png: await encodePng16(size, samples), outOfRange };
}
