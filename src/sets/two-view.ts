import type { Side, Size } from '../core/geometry.ts';
import type { MatchTable } from '../core/match.ts';
import type { TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import { unitNorm } from '../geometry/epipolar.ts';
import { searchFundamental } from '../geometry/estimators/fundamental.ts';
import { searchHomography } from '../geometry/estimators/homography.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';
import { type RunOptions, runSteps } from '../geometry/steps.ts';
import { ROW } from './pair-matches.ts';

/** TwoViewGeometryOptions' max_error, pixels of the file; but not below what a dense match tells apart, a pixel of 640. */
const COLMAP_ERROR = 4;
const FINEST_SHARE = 1 / 640;
/** Fewer matches agree on anything by chance; COLMAP asks for as many. */
const LEAST_INLIERS = 15;
/** Above this share COLMAP prefers the homography. */
const PLANAR_SHARE = 0.8;
const SEED = 1;

/**
 * What one scene, seen twice, says of a pair of a set, as COLMAP decides it for cameras that are not calibrated: a homography
 * where it explains nearly as much as the fundamental matrix, else that. Poses are the mapper's business, which has all photos.
 */
export async function fitTwoView(
  { count, rows }: MatchTable,
  photos: Record<Side, Size>,
  run: RunOptions,
): Promise<Omit<TwoViewGeometry, 'inliers'>> {
  const column = (offset: number) => Float64Array.from({ length: count }, (_, i) => rows[ROW * i + offset]);
  const pairs: PointPairs = { xa: column(0), ya: column(1), xb: column(2), yb: column(3) };
  const longest = Math.max(...[photos.a, photos.b].map(({ width, height }) => Math.max(width, height)));
  const options = { threshold: Math.max(COLMAP_ERROR, FINEST_SHARE * longest), seed: SEED };
  const fundamental = await runSteps(searchFundamental(pairs, options), run);
  const homography = await runSteps(searchHomography(pairs, options), run);
  const [f, h] = [agreeing(fundamental), agreeing(homography)];
  const none = { essential: null, pose: null };
  if (Math.max(f, h) < LEAST_INLIERS) return { ...none, config: 'degenerate', fundamental: null, homography: null };
  return {
    ...none,
    config: homography && h > PLANAR_SHARE * f ? 'planarOrPanoramic' : 'uncalibrated',
    fundamental: fundamental && unitNorm(fundamental.fundamental),
    homography: homography?.homography ?? null,
  };
}

const agreeing = (found: { inliers: Uint8Array } | null): number =>
  found ? found.inliers.reduce((sum, one) => sum + one, 0) : 0;
