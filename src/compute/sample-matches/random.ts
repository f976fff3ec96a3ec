/** A bijective 32-bit hash (the output function of PCG-RXS-M-XS-32 after one step; O'Neill 2014). */
export function hash(value: number): number {
  const state = (Math.imul(value, 747_796_405) + 2_891_336_453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277_803_737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/** A standard exponential number for entry `index` of the stream `seed`. */
export function exponential(index: number, seed: number): number {
  const uniform = (hash(hash(index) ^ seed) + 0.5) * 2 ** -32;
  return -Math.log1p(-Math.min(uniform, 1 - 2 ** -24));
}

/** Seed of the n-th independent stream of a run. */
export const streamSeed = (seed: number, stream: number): number => hash(hash(seed) + stream);
