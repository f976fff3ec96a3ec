import type { SetPair } from './pairing.ts';

/** A pair as the first look left it. */
export interface LookedPair {
  pair: SetPair;
  /** Whether a two-view geometry explains it. */
  isVerified: boolean;
  /** How much it promised: the larger mean certainty. */
  promise: number;
}

/** Pairs of a lonely photo that are looked at again, the most promising first. */
const TRIES = 8;

/**
 * Pairs that are worth a longer look: those of photos that nothing ties to the largest group, with photos of other groups. Most
 * sets have none; where one photo is turned or taken from far aside, its pairs are the ones that the reconstruction needs.
 */
export function lonelyPairs(photos: number, pairs: readonly LookedPair[]): SetPair[] {
  const group = Array.from({ length: photos }, (_, i) => i);
  const rootOf = (i: number): number => (group[i] === i ? i : (group[i] = rootOf(group[i])));
  for (const { pair, isVerified } of pairs) if (isVerified) group[rootOf(pair[0])] = rootOf(pair[1]);
  const sizes = new Map<number, number>();
  for (let i = 0; i < photos; i++) sizes.set(rootOf(i), (sizes.get(rootOf(i)) ?? 0) + 1);
  const [largest] = [...sizes].sort((p, q) => q[1] - p[1])[0] ?? [-1];
  const tries = new Array<number>(photos).fill(0);
  return [...pairs]
    .sort((p, q) => q.promise - p.promise)
    .filter(({ pair: [i, j] }) => {
      if (rootOf(i) === rootOf(j)) return false;
      const lonely = [i, j].filter((photo) => rootOf(photo) !== largest);
      if (!lonely.some((photo) => tries[photo] < TRIES)) return false;
      for (const photo of lonely) tries[photo]++;
      return true;
    })
    .map(({ pair }) => pair);
}
