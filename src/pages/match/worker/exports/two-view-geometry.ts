import type { TwoViewGeometry } from '../../../../formats/matches/colmap-tables.ts';
import { MATCH_COLUMNS } from '../../../../formats/matches/matches-csv.ts';
import { coverage } from '../../../../geometry/coverage.ts';
import { fundamentalOf, unitNorm } from '../../../../geometry/epipolar.ts';
import { type RobustPose, searchPose } from '../../../../geometry/estimators/essential.ts';
import { searchFundamental } from '../../../../geometry/estimators/fundamental.ts';
import { searchHomography } from '../../../../geometry/estimators/homography.ts';
import type { PointPairs } from '../../../../geometry/point-pairs.ts';
import type { RobustOptions } from '../../../../geometry/estimators/robust.ts';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import { pixelToNormalised } from '../../../../core/coordinates.ts';
import { DEFAULT_THRESHOLD } from '../../contract/fit-models.ts';
import type { KnownCamera } from '../../../../core/camera-model.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { Intrinsics } from '../../contract/geometry-fit.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import type { MatchTable, VerdictKind } from '../../../../core/match.ts';
import { axisAngleOf } from '../../../../core/rotation.ts';
import { fitVerdict } from '../geometry/fit-verdict.ts';
import { intrinsicsOf, measuredCamera, toStraightened } from '../geometry/intrinsics.ts';
import { straightened } from '../geometry/lens.ts';
import {
  covarianceWeights,
  fundamentalInPixels,
  homographyInPixels,
  measuredPairs,
  measuredScale,
  measuredSize,
} from '../geometry/measured-pairs.ts';
import { type RunOptions, runSteps } from '../../../../geometry/steps.ts';

/** Fewer matches agree on anything by chance; COLMAP asks for as many. */
const LEAST_INLIERS = 15;
/** Above these shares COLMAP prefers the simpler explanation (TwoViewGeometryOptions). */
const PLANAR_SHARE = 0.8;
const CALIBRATED_SHARE = 0.95;
/** TwoViewGeometryOptions' max_error, pixels of the file. */
const COLMAP_ERROR = 4;
const SEED = 1;

type KnownCameras = Record<Side, KnownCamera | null>;
const NO_CAMERAS: KnownCameras = { a: null, b: null };

/**
 * What one scene, seen twice, says of these matches, decided as COLMAP decides it: the essential matrix where both
 * focal lengths are known and it explains as much as the fundamental matrix; a homography where that explains nearly as
 * much; else the fundamental matrix. Fitted by the robust estimators of the Geometry panel, and a pose that the panel
 * would doubt is not told. Places are straightened by the cameras that were measured; F and H are then between pixels without
 * distortion.
 * @throws CodedError `camera-size`
 */
export async function twoViewGeometry(
  table: MatchTable,
  photos: Record<Side, Size>,
  focal: Record<Side, number | null>,
  {
    verdict = 'good',
    cameras = NO_CAMERAS,
    ...run
  }: RunOptions & { verdict?: VerdictKind; cameras?: KnownCameras } = {},
): Promise<TwoViewGeometry> {
  const weight = table.covariance && covarianceWeights(table.covariance, photos);
  const intrinsics = {
    a: intrinsicsOf(photos.a, { camera: cameras.a, exif: focal.a }, 'A'),
    b: intrinsicsOf(photos.b, { camera: cameras.b, exif: focal.b }, 'B'),
  };
  const to = { a: toStraightened(intrinsics.a, photos.a), b: toStraightened(intrinsics.b, photos.b) };
  const bent = { ...measuredPairs(normalisedRows(table, photos), photos), weight };
  const pairs = straightened(bent, intrinsics, photos);
  // One threshold for all: their inliers are compared.
  const options = { threshold: residualLimit(photos), seed: SEED };
  const fundamental = await runSteps(searchFundamental(pairs, options), run);
  const homography = await runSteps(searchHomography(pairs, options), run);
  const pose = await calibratedPose(pairs, photos, intrinsics, options, run);
  const counts = { f: agreeing(fundamental), h: agreeing(homography), e: agreeing(pose) };
  const H = homography && homographyInPixels(homography.homography, photos, to);
  const F = fundamental && unitNorm(fundamentalInPixels(fundamental.fundamental, photos, to));
  if (Math.max(counts.f, counts.h, counts.e) < LEAST_INLIERS) {
    return { config: 'degenerate', inliers: [], fundamental: null, essential: null, homography: null, pose: null };
  }
  const isCalibrated =
    pose !== null &&
    isBelieved(pose, bent, photos, verdict) &&
    counts.e >= LEAST_INLIERS &&
    counts.e > CALIBRATED_SHARE * counts.f;
  const general = isCalibrated ? pose : fundamental;
  const isPlanar = homography !== null && counts.h > PLANAR_SHARE * (isCalibrated ? counts.e : counts.f);
  const best = isPlanar && counts.h > agreeing(general) ? homography : general;
  const config = isPlanar ? 'planarOrPanoramic' : isCalibrated ? 'calibrated' : 'uncalibrated';
  return {
    config,
    inliers: best?.inliers ?? [],
    fundamental: isCalibrated ? unitNorm(fundamentalInPixels(pose.fundamental, photos, to)) : F,
    essential: isCalibrated ? pose.essential : null,
    homography: H,
    pose: isCalibrated ? { quaternion: quaternionOf(pose.rotation), translation: pose.translation } : null,
  };
}

/** The pose of cameras whose focal lengths are known; null where they are not, or none fits. */
async function calibratedPose(
  pairs: PointPairs,
  photos: Record<Side, Size>,
  intrinsics: Record<Side, Intrinsics>,
  options: RobustOptions,
  run: RunOptions,
) {
  if (intrinsics.a.source === 'assumed' || intrinsics.b.source === 'assumed') return null;
  const camera = (side: Side) => measuredCamera(intrinsics[side], photos[side]);
  const cameras = { a: camera('a'), b: camera('b') };
  const found = await runSteps(searchPose(pairs, cameras.a, cameras.b, options), run);
  const fundamental = found && fundamentalOf(found.essential, cameras.a, cameras.b);
  return found && fundamental && { ...found, fundamental };
}

/** Whether the Geometry panel would show this pose without a reservation. */
function isBelieved(pose: RobustPose, pairs: PointPairs, photos: Record<Side, Size>, verdict: VerdictKind): boolean {
  const cover = {
    a: coverage(pairs.xa, pairs.ya, pose.inliers, measuredSize(photos.a)),
    b: coverage(pairs.xb, pairs.yb, pose.inliers, measuredSize(photos.b)),
  };
  const facts = { model: 'essential', inlierRatio: pose.inlierRatio, coverage: cover, planarShare: null } as const;
  return fitVerdict({ ...facts, cameras: pose }, verdict).kind === 'good';
}

/**
 * Largest residual of an inlier, pixels at a 640 px long side: COLMAP's, which is meant in pixels of the file, but not
 * below what a dense match tells apart.
 */
function residualLimit(photos: Record<Side, Size>): number {
  const finest = Math.min(measuredScale(photos.a), measuredScale(photos.b));
  return Math.max(DEFAULT_THRESHOLD.fundamental, COLMAP_ERROR * finest);
}

const agreeing = (found: { inliers: Uint8Array } | null): number =>
  found ? found.inliers.reduce((sum, one) => sum + one, 0) : 0;

/** A table in pixels as the rows that it was made from (see match-table.ts). */
function normalisedRows({ count, rows }: MatchTable, photos: Record<Side, Size>): Float32Array {
  const normalised = new Float32Array(ROW_FLOATS * count);
  for (let i = 0; i < count; i++) {
    const [xa, ya, xb, yb] = rows.subarray(MATCH_COLUMNS.length * i);
    const a = pixelToNormalised({ x: xa, y: ya }, photos.a);
    const b = pixelToNormalised({ x: xb, y: yb }, photos.b);
    normalised.set([a.x, a.y, b.x, b.y], ROW_FLOATS * i);
  }
  return normalised;
}

/** Unit quaternion (w, x, y, z) of a rotation. */
function quaternionOf(rotation: Matrix3): number[] {
  const axis = axisAngleOf(rotation);
  const angle = Math.hypot(...axis);
  const share = angle > 0 ? Math.sin(angle / 2) / angle : 0.5;
  return [Math.cos(angle / 2), ...axis.map((value) => share * value)];
}
