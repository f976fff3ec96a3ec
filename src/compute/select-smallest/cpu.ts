/** Key of an entry that must never be selected. */
export const NO_KEY = 0xffff_ffff;

const DIGITS = 4;
const DIGIT_BITS = 8;

/**
 * Indices, ascending, of the `wanted` smallest keys; fewer where fewer entries have a key. Where equal
 * keys at the limit make more than are wanted, the last entries of the list are left out.
 */
export function selectSmallest(keys: Uint32Array, wanted: number): Uint32Array {
  const limit = keyOfRank(keys, wanted);
  const selected = new Uint32Array(Math.min(wanted, keys.length));
  let count = 0;
  for (let i = 0; i < keys.length && count < wanted; i++) {
    if (keys[i] <= limit && keys[i] !== NO_KEY) selected[count++] = i;
  }
  return selected.subarray(0, count);
}

/** The `rank`-th smallest key (from 1), found digit by digit from the highest; {@link NO_KEY} beyond the last. */
function keyOfRank(keys: Uint32Array, rank: number): number {
  if (rank > keys.length) return NO_KEY;
  let prefix = 0;
  let below = 0;
  const histogram = new Uint32Array(1 << DIGIT_BITS);
  for (let digit = 0; digit < DIGITS; digit++) {
    const shift = 32 - DIGIT_BITS * (digit + 1);
    histogram.fill(0);
    for (let i = 0; i < keys.length; i++) {
      if (digit === 0 || (keys[i] ^ prefix) >>> (shift + DIGIT_BITS) === 0) histogram[(keys[i] >>> shift) & 0xff]++;
    }
    let bin = 0;
    while (below + histogram[bin] < rank) below += histogram[bin++];
    prefix = (prefix | (bin << shift)) >>> 0;
  }
  return prefix;
}
