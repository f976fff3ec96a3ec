import { RECALL_THRESHOLDS } from '../shared/compare.ts';
import type { Size } from '../shared/geometry.ts';

/** A known warp of photo A onto B. */
export interface TrueWarp {
  grid: Size;
  /** [2, h, w] normalised places in B. */
  warp: Float32Array;
  /** [h, w] not 0 where the place is seen in B. */
  visible: Uint8Array;
}

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
  thresholds: readonly number[] = RECALL_THRESHOLDS,
): Recall {
  const long = Math.max(photoB.width, photoB.height);
  const points = truth.grid.width * truth.grid.height;
  const counts = thresholds.map(() => 0);
  let places = 0;
  for (let i = 0; i < gridA.width * gridA.height; i++) {
    const column = Math.floor((((i % gridA.width) + 0.5) / gridA.width) * truth.grid.width);
    const row = Math.floor(((Math.floor(i / gridA.width) + 0.5) / gridA.height) * truth.grid.height);
    const at = row * truth.grid.width + column;
    if (!truth.visible[at]) continue;
    places++;
    const right = ((truth.warp[at] + 1) / 2) * photoB.width;
    const down = ((truth.warp[points + at] + 1) / 2) * photoB.height;
    const x = (((found[i] % gridB.width) + 0.5) / gridB.width) * photoB.width;
    const y = ((Math.floor(found[i] / gridB.width) + 0.5) / gridB.height) * photoB.height;
    const error = Math.hypot(x - right, y - down) / long;
    thresholds.forEach((threshold, t) => {
      if (error <= threshold) counts[t]++;
    });
  }
  return { places, shares: counts.map((count) => count / places) };
}
