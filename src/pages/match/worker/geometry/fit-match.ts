import { coverage } from '../../../../geometry/coverage.ts';
import { fundamentalOf, unitNorm } from '../../../../geometry/epipolar.ts';
import { meanFocal, searchPose } from '../../../../geometry/estimators/essential.ts';
import { searchFundamental } from '../../../../geometry/estimators/fundamental.ts';
import { searchHomography } from '../../../../geometry/estimators/homography.ts';
import { median } from '../../../../geometry/measures.ts';
import type { PointPairs } from '../../../../geometry/point-pairs.ts';
import type { RobustOptions } from '../../../../geometry/estimators/robust.ts';
import type { Steps } from '../../../../geometry/steps.ts';
import { ROW_FLOATS, type SampleOptions } from '../../../../compute/sample-matches/cpu.ts';
import { camerasOfTexts } from '../../../../core/camera-model.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { FitRequest, FitResult, Intrinsics } from '../../contract/geometry-fit.ts';
import { DEFAULT_THRESHOLD, type FitModel, MEASURED_SIDE } from '../../contract/fit-models.ts';
import type { FitSettings } from '../../params.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { InlierTest } from '../../../../core/inlier-test.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import type { DenseField, VerdictKind } from '../../../../core/match.ts';
import { matchTable } from '../../../../matching/match-table.ts';
import { depthSpan } from './depth-span.ts';
import { alignedCanvas } from './canvas.ts';
import { fitVerdict } from './fit-verdict.ts';
import { intrinsicsOf, measuredCamera, toStraightened } from './intrinsics.ts';
import { areLensesKnown, straightened } from './lens.ts';
import {
  fundamentalInPixels,
  homographyInPixels,
  measuredHalf,
  measuredPairs,
  measuredScale,
  measuredSize,
  betweenMeasured,
  covarianceWeights,
} from './measured-pairs.ts';
import { type RunOptions, runSteps } from '../../../../geometry/steps.ts';

/** What a fit is made from. */
export interface FitSource {
  /** Of the photos' files. */
  photos: Record<Side, Size>;
  /** Focal lengths that the files tell, in their pixels. */
  exifFocal: Record<Side, number | null>;
  verdict: VerdictKind;
  /** Matches by the project's sampling: rows of ROW_FLOATS floats, normalised. */
  sample(options: SampleOptions): Promise<Float32Array>;
  readField(side: Side): Promise<DenseField>;
}

/** A fit with what the stage and the triangulation need of it. */
export interface Fitted {
  result: FitResult;
  test: InlierTest;
  /** The pairs that were fitted, in measured coordinates (see measured-pairs.ts). */
  pairs: PointPairs;
  /** Such pairs as lenses without distortion show them. */
  straighten(pairs: PointPairs): PointPairs;
  /** `essential` only: both K, measured. */
  cameras: Record<Side, Matrix3> | null;
}

type Answer = 'matrix' | 'fundamental' | 'planarShare' | 'cameras' | 'canvas' | 'iterations';

/** What each kind of search answers, made alike. */
interface Found extends Pick<FitResult, Answer> {
  inliers: Uint8Array;
  inlierRatio: number;
  test: InlierTest;
  measuredCameras: Fitted['cameras'];
}

/** Least matches that a model is fitted to: fewer agree by chance. */
const LEAST_MATCHES = 16;

/**
 * Samples matches from a warp and fits a model to them by LO-RANSAC. The same match, settings and seed give the same
 * fit.
 * @throws CodedError `geometry-no-model`, `cancelled`
 */
export async function fitMatch(request: FitRequest, source: FitSource, run: RunOptions): Promise<Fitted> {
  const { settings, certainty, cycleLimit } = request;
  const started = performance.now();
  const { count, seed, model, method } = settings;
  const rows = await source.sample({ count, seed, threshold: certainty, cycleLimit });
  const fields = { a: await source.readField('a'), b: await source.readField('b') };
  const matches = matchTable(rows, source.photos, fields);
  const weight = matches.covariance && covarianceWeights(matches.covariance, source.photos);
  const pairs = { ...measuredPairs(rows, source.photos), weight };
  const sampled = performance.now();
  if (pairs.xa.length < LEAST_MATCHES) throw noModel(model, pairs.xa.length);
  const intrinsics = intrinsicsOfBoth(settings, source);
  const straighten = (some: PointPairs) => straightened(some, intrinsics, source.photos);
  const found = await runSteps(SEARCHES[model](straighten(pairs), settings, source.photos, intrinsics), run);
  if (!found) throw noModel(model, pairs.xa.length);
  const { inliers, inlierRatio, test, measuredCameras, ...rest } = found;
  const cover = {
    a: coverage(pairs.xa, pairs.ya, inliers, measuredSize(source.photos.a)),
    b: coverage(pairs.xb, pairs.yb, inliers, measuredSize(source.photos.b)),
  };
  const result: FitResult = {
    model,
    method,
    threshold: thresholdOf(settings),
    ...rest,
    lenses: areLensesKnown(intrinsics) ? { a: intrinsics.a.camera, b: intrinsics.b.camera } : null,
    matches,
    inliers,
    inlierRatio,
    coverage: cover,
    medianCycle: medianCycle(rows, inliers, fields, source.photos),
    verdict: fitVerdict({ model, inlierRatio, coverage: cover, ...rest }, source.verdict),
    timings: { sample: sampled - started, fit: performance.now() - sampled },
  };
  return { result, test, pairs, straighten, cameras: measuredCameras };
}

function intrinsicsOfBoth(
  { k1, fov, camera }: FitSettings,
  { photos, exifFocal }: FitSource,
): Record<Side, Intrinsics> {
  const known = camerasOfTexts(camera);
  const of = (side: Side) => {
    const hints = { camera: known[side], fov: fov[side], exif: exifFocal[side], k1 };
    return intrinsicsOf(photos[side], hints, side.toUpperCase());
  };
  return { a: of('a'), b: of('b') };
}

/** `pairs` are straightened. */
type Search = (
  pairs: PointPairs,
  settings: FitSettings,
  photos: Record<Side, Size>,
  intrinsics: Record<Side, Intrinsics>,
) => Steps<Found | null>;

const toStraight = (intrinsics: Record<Side, Intrinsics>, photos: Record<Side, Size>): Record<Side, Matrix3> => ({
  a: toStraightened(intrinsics.a, photos.a),
  b: toStraightened(intrinsics.b, photos.b),
});

const SEARCHES: Record<FitModel, Search> = {
  *homography(pairs, settings, photos, intrinsics) {
    const found = yield* searchHomography(pairs, optionsOf(settings));
    if (!found) return null;
    const to = toStraight(intrinsics, photos);
    const matrix = homographyInPixels(found.homography, photos, to);
    return {
      ...NOTHING,
      ...pick(found),
      matrix,
      canvas: alignedCanvas(matrix, photos),
      test: testOf('homography', found.homography, settings, photos, to),
    };
  },

  *fundamental(pairs, settings, photos, intrinsics) {
    const found = yield* searchFundamental(pairs, optionsOf(settings));
    if (!found) return null;
    const to = toStraight(intrinsics, photos);
    const matrix = unitNorm(fundamentalInPixels(found.fundamental, photos, to));
    return {
      ...NOTHING,
      ...pick(found),
      matrix,
      fundamental: matrix,
      planarShare: found.planarShare,
      test: testOf('epipolar', found.fundamental, settings, photos, to),
    };
  },

  *essential(pairs, settings, photos, intrinsics) {
    const cameras = { a: measuredCamera(intrinsics.a, photos.a), b: measuredCamera(intrinsics.b, photos.b) };
    const found = yield* searchPose(pairs, cameras.a, cameras.b, optionsOf(settings));
    if (!found) return null;
    const { essential, rotation, translation, inFront, parallax, planarShare, rival } = found;
    const measured = fundamentalOf(essential, cameras.a, cameras.b)!;
    const cosine = (rotation[0] + rotation[4] + rotation[8] - 1) / 2;
    const turn = (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
    const to = toStraight(intrinsics, photos);
    const scaled = (side: Side): [number, number] => {
      const [x, y] = measuredHalf(photos[side]);
      return [x / cameras[side][0], y / cameras[side][0]];
    };
    return {
      ...NOTHING,
      ...pick(found),
      matrix: essential,
      fundamental: unitNorm(fundamentalInPixels(measured, photos, to)),
      cameras: {
        intrinsics,
        rotation,
        translation,
        turn,
        inFront,
        parallax,
        planarShare,
        rival,
        inverseDepths: depthSpan(pairs, found.inliers, cameras, { rotation, translation }),
      },
      measuredCameras: cameras,
      test: {
        kind: 'epipolar',
        matrix: betweenMeasured('epipolar', essential, photos, to, { a: cameras.a[0], b: cameras.b[0] }),
        half: { a: scaled('a'), b: scaled('b') },
        threshold: thresholdOf(settings) / meanFocal(cameras.a, cameras.b),
      },
    };
  },
};

const NOTHING = { fundamental: null, planarShare: null, cameras: null, canvas: null, measuredCameras: null };

const pick = <T extends { inliers: Uint8Array; inlierRatio: number; iterations: number }>(found: T) => ({
  inliers: found.inliers,
  inlierRatio: found.inlierRatio,
  iterations: found.iterations,
});

const thresholdOf = ({ model, threshold }: FitSettings): number => threshold ?? DEFAULT_THRESHOLD[model];

const optionsOf = (settings: FitSettings): RobustOptions => ({
  threshold: thresholdOf(settings),
  iterations: settings.iterations,
  confidence: settings.confidence,
  method: settings.method,
  seed: settings.seed,
});

function testOf(
  kind: InlierTest['kind'],
  matrix: Matrix3,
  settings: FitSettings,
  photos: Record<Side, Size>,
  to: Record<Side, Matrix3>,
): InlierTest {
  const half = { a: measuredHalf(photos.a), b: measuredHalf(photos.b) };
  return { kind, matrix: betweenMeasured(kind, matrix, photos, to), half, threshold: thresholdOf(settings) };
}

/** Cycle errors of the inliers where their rows were sampled; those of B's grid are told in A's pixels. */
function medianCycle(
  rows: Float32Array,
  inliers: Uint8Array,
  fields: Record<Side, DenseField>,
  photos: Record<Side, Size>,
): number | null {
  const ofB = measuredScale(photos.b) / measuredScale(photos.a);
  const errors: number[] = [];
  for (let i = 0; i < inliers.length; i++) {
    if (!inliers[i]) continue;
    const [xa, ya, xb, yb, , side] = rows.subarray(ROW_FLOATS * i, ROW_FLOATS * (i + 1));
    const error = side ? cycleAt(fields.b, xb, yb) * ofB : cycleAt(fields.a, xa, ya);
    if (Number.isFinite(error)) errors.push(error);
  }
  return errors.length ? median(errors) : null;
}

function cycleAt({ grid, cycle }: DenseField, x: number, y: number): number {
  const place = (value: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor(((value + 1) / 2) * count)));
  return cycle[place(y, grid.height) * grid.width + place(x, grid.width)];
}

function noModel(model: FitModel, matches: number): CodedError {
  const name = { homography: 'homography', fundamental: 'fundamental matrix', essential: 'essential matrix' }[model];
  const why = matches < LEAST_MATCHES ? `only ${matches} places are certain enough` : 'too few matches agree on one';
  return new CodedError(
    'geometry-no-model',
    `No ${name} was found: ${why}.`,
    `Lower the certainty threshold, or raise the residual threshold (pixels at a ${MEASURED_SIDE} px long side).`,
  );
}
