import type { TrueWarp } from '../geometry/true-warp.ts';
import type { Size } from '../core/geometry.ts';
import { centreOf } from './similarity.ts';

export interface Recall {
  /** Places of A's feature grid whose true place is seen in B. */
  places: number;
  /** Share of them that are found within each threshold; NaN where there are none. */
  shares: number[];
}

/**
 * Recall of nearest neighbours: for every place of A's feature grid that is seen in B, whether its nearest neighbour in
 * B lies within a share of B's longer side from the true place (the protocol of Probe3D, one direction, no filter).
 * The distance is between centres of patches, so a grid of n patches along the longer side seldom comes below 1/(2n).
 *
 * @param found [points of gridA] index on gridB
 * @param photoB size in pixels
 */
export function nearestRecall(
  found: ArrayLike<number>,
  gridA: Size,
  gridB: Size,
  photoB: Size,
  truth: TrueWarp,
  thresholds: readonly number[],
): Recall {
  const long = Math.max(photoB.width, photoB.height);
  const counts = thresholds.map(() => 0);
  let places = 0;
  for (let i = 0; i < gridA.width * gridA.height; i++) {
    const from = centreOf(i, gridA);
    const wanted = truth(from.x, from.y);
    if (!wanted) continue;
    places++;
    const { x, y } = centreOf(found[i], gridB);
    const error = Math.hypot((x - wanted.x) * photoB.width, (y - wanted.y) * photoB.height) / long;
    thresholds.forEach((threshold, t) => {
      if (error <= threshold) counts[t]++;
    });
  }
  return { places, shares: counts.map((count) => count / places) };
}
