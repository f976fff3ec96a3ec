import type { Nearest } from '../core/feature-map.ts';

export interface NeighbourMatch {
  /** Places on both grids. */
  a: number;
  b: number;
  cosine: number;
  /** Distance of the nearest over that of the second nearest in B (chords on the unit sphere): 0…1, lower is clearer. */
  ratio: number;
}

/** Pairs of places that are each other's nearest, and clearer than `maxRatio` (Lowe's test); the clearest first. */
export function mutualNeighbours(ab: Nearest, ba: Nearest, maxRatio = 1): NeighbourMatch[] {
  const matches: NeighbourMatch[] = [];
  ab.index.forEach((b, a) => {
    if (ba.index[b] !== a) return;
    const ratio = distanceRatio(ab.best[a], ab.second[a]);
    if (ratio <= maxRatio) matches.push({ a, b, cosine: ab.best[a], ratio });
  });
  return matches.sort((p, q) => p.ratio - q.ratio || p.a - q.a);
}

/** Ratio of the chords that belong to two cosines; 1 where both are zero. */
function distanceRatio(best: number, second: number): number {
  const chord = (cosine: number) => Math.sqrt(Math.max(0, 2 - 2 * cosine));
  const farther = chord(second);
  return farther > 0 ? chord(best) / farther : 1;
}
