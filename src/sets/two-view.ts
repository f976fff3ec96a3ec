import type { Side, Size } from '../core/geometry.ts';
import type { MatchTable } from '../core/match.ts';
import type { TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import { fundamentalOf, unitNorm } from '../geometry/epipolar.ts';
import { searchPose } from '../geometry/estimators/essential.ts';
import { searchFundamental } from '../geometry/estimators/fundamental.ts';
import { searchHomography } from '../geometry/estimators/homography.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';
import { type RunOptions, runSteps } from '../geometry/steps.ts';
import { ROW } from './pair-matches.ts';
import { matrixOf, type PairCameras, straightPairs } from './straight-pairs.ts';

/** TwoViewGeometryOptions' max_error, pixels of the file; but not below what a dense match tells apart, a pixel of 640. */
const COLMAP_ERROR = 4;
const FINEST_SHARE = 1 / 640;
/** Fewer matches agree on anything by chance; COLMAP asks for as many. */
const LEAST_INLIERS = 15;
/** Above these shares COLMAP prefers the simpler explanation (TwoViewGeometryOptions). */
const PLANAR_SHARE = 0.8;
const CALIBRATED_SHARE = 0.95;
const SEED = 1;

/**
 * What one scene, seen twice, says of a pair of a set, as COLMAP decides it: the essential matrix where both cameras are measured
 * and it explains as much as the fundamental matrix; a homography where that explains nearly as much; else the fundamental
 * matrix. Where a camera is measured, F and H are between its pixels without distortion. Poses are the mapper's business, which has
 * all photos.
 */
export async function fitTwoView(
  { count, rows }: MatchTable,
  photos: Record<Side, Size>,
  cameras: PairCameras,
  run: RunOptions,
): Promise<Omit<TwoViewGeometry, 'inliers'>> {
  const column = (offset: number) => Float64Array.from({ length: count }, (_, i) => rows[ROW * i + offset]);
  const bent: PointPairs = { xa: column(0), ya: column(1), xb: column(2), yb: column(3) };
  const pairs = shownPairs(straightPairs(bent, cameras));
  const longest = Math.max(...[photos.a, photos.b].map(({ width, height }) => Math.max(width, height)));
  const options = { threshold: Math.max(COLMAP_ERROR, FINEST_SHARE * longest), seed: SEED };
  const fundamental = await runSteps(searchFundamental(pairs, options), run);
  const homography = await runSteps(searchHomography(pairs, options), run);
  const K = cameras.a && cameras.b && { a: matrixOf(cameras.a), b: matrixOf(cameras.b) };
  const pose = K && (await runSteps(searchPose(pairs, K.a, K.b, options), run));
  const [f, h, e] = [agreeing(fundamental), agreeing(homography), agreeing(pose)];
  const none = { fundamental: null, essential: null, homography: null, pose: null };
  if (Math.max(f, h, e) < LEAST_INLIERS) return { ...none, config: 'degenerate' };
  const own = K && pose && e >= LEAST_INLIERS && e > CALIBRATED_SHARE * f ? pose : null;
  const ofOwn = own && fundamentalOf(own.essential, K!.a, K!.b);
  return {
    config:
      homography && h > PLANAR_SHARE * (ofOwn ? e : f) ? 'planarOrPanoramic' : ofOwn ? 'calibrated' : 'uncalibrated',
    fundamental: ofOwn ? unitNorm(ofOwn) : fundamental && unitNorm(fundamental.fundamental),
    essential: ofOwn && own!.essential,
    homography: homography?.homography ?? null,
    pose: null,
  };
}

/** Without the places that a lens does not show. */
function shownPairs(pairs: PointPairs): PointPairs {
  const { xa, ya, xb, yb } = pairs;
  const shown = Array.from(xa, (_, i) => i).filter((i) => Number.isFinite(xa[i] + ya[i] + xb[i] + yb[i]));
  if (shown.length === xa.length) return pairs;
  const column = (values: ArrayLike<number>) => Float64Array.from(shown, (i) => values[i]);
  return { xa: column(xa), ya: column(ya), xb: column(xb), yb: column(yb) };
}

const agreeing = (found: { inliers: Uint8Array } | null): number =>
  found ? found.inliers.reduce((sum, one) => sum + one, 0) : 0;
