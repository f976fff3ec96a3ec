import type { TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import { squaredSampson } from '../geometry/epipolar.ts';
import { squaredTransferError } from '../geometry/estimators/homography.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';

type Fitted = Pick<TwoViewGeometry, 'config' | 'fundamental' | 'homography'>;

/**
 * Which pairs of places a two-view geometry explains: within `limit` pixels of the homography where the scene is flat or the
 * camera only turned, else of the epipolar lines (Sampson). Nothing where there is no geometry.
 * @returns [pairs] 1 or 0
 */
export function agreeing({ config, fundamental, homography }: Fitted, places: PointPairs, limit: number): Uint8Array {
  const count = places.xa.length;
  const model = config === 'planarOrPanoramic' ? homography : fundamental;
  if (config === 'degenerate' || !model) return new Uint8Array(count);
  const residual = config === 'planarOrPanoramic' ? squaredTransferError : squaredSampson;
  return Uint8Array.from({ length: count }, (_, i) => (residual(model, places, i) <= limit * limit ? 1 : 0));
}
