import { median } from '../../../../geometry/measures.ts';
import type { PointCloud } from '../../../../geometry/point-cloud.ts';
import { pointCloud } from '../../../../geometry/point-cloud.ts';
import type { PointPairs } from '../../../../geometry/point-pairs.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { CloudInfo, CloudRequest } from '../../contract/geometry-fit.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { DenseField } from '../../../../core/match.ts';
import type { Fitted } from './fit-match.ts';
import { measuredHalf } from './measured-pairs.ts';
import { type RunOptions, runSteps } from '../../../../geometry/steps.ts';

/** Degrees between both rays below which a point is left out. */
const MIN_PARALLAX = 0.5;
/** Share of the points, from the middle, that the cloud's radius is meant to hold. */
const HELD = 0.9;

/** A cloud ready to be drawn and saved. */
export interface ColoredCloud {
  info: CloudInfo;
  /** x, y, z in camera A's frame, baselines. */
  positions: Float32Array;
  /** r, g, b of photo A. */
  colors: Uint8Array;
}

export interface CloudSource {
  /** Of the photos' files. */
  photos: Record<Side, Size>;
  field(): Promise<DenseField>;
  /** Photo A, of any size. */
  pixels(): Pixels;
}

/**
 * Triangulates by the cameras of an essential fit.
 * @throws CodedError `geometry-no-cameras`, `geometry-no-points`, `cancelled`
 */
export async function makeCloud(
  request: CloudRequest,
  { result, pairs, straighten, cameras }: Fitted,
  source: CloudSource,
  run: RunOptions,
): Promise<ColoredCloud> {
  const started = performance.now();
  if (!result.cameras || !cameras) {
    throw new CodedError('geometry-no-cameras', 'There are no cameras to triangulate by.', 'Fit an essential matrix.');
  }
  const chosen =
    request.density === 'sparse'
      ? only(pairs, result.inliers)
      : densePairs(await source.field(), source.photos, request);
  const { rotation, translation } = result.cameras;
  const options = {
    Ka: cameras.a,
    Kb: cameras.b,
    pose: { rotation, translation },
    threshold: result.threshold,
    minParallax: MIN_PARALLAX,
  };
  const cloud = await runSteps(pointCloud(straighten(chosen), options), run);
  if (cloud.from.length === 0) throw noPoints(cloud.left, chosen.xa.length);
  return {
    info: { count: cloud.from.length, left: cloud.left, ...extent(cloud), duration: performance.now() - started },
    positions: cloud.positions,
    colors: colorsOf(chosen, cloud.from, source),
  };
}

/** Every `step`-th place of A's warp that passes the filters, in measured coordinates. */
export function densePairs(
  { grid, warp, certainty, cycle }: DenseField,
  photos: Record<Side, Size>,
  request: Omit<CloudRequest, 'density'>,
): PointPairs {
  const [a, b] = [measuredHalf(photos.a), measuredHalf(photos.b)];
  const points = grid.width * grid.height;
  const step = Math.max(1, Math.round(request.step));
  const columns: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let y = step >> 1; y < grid.height; y += step) {
    for (let x = step >> 1; x < grid.width; x += step) {
      const i = y * grid.width + x;
      const [u, v] = [warp[i], warp[points + i]];
      if (!(certainty[i] > 0 && certainty[i] >= request.certainty) || Math.abs(u) > 1 || Math.abs(v) > 1) continue;
      if (request.cycleLimit > 0 && !(cycle[i] <= request.cycleLimit)) continue;
      columns[0].push(((2 * x + 1) / grid.width - 1) * a[0]);
      columns[1].push(((2 * y + 1) / grid.height - 1) * a[1]);
      columns[2].push(u * b[0]);
      columns[3].push(v * b[1]);
    }
  }
  const [xa, ya, xb, yb] = columns.map((column) => Float64Array.from(column));
  return { xa, ya, xb, yb };
}

function only(pairs: PointPairs, inliers: Uint8Array): PointPairs {
  const chosen = [...inliers.keys()].filter((i) => inliers[i]);
  const column = (values: ArrayLike<number>) => Float64Array.from(chosen, (i) => values[i]);
  return { xa: column(pairs.xa), ya: column(pairs.ya), xb: column(pairs.xb), yb: column(pairs.yb) };
}

/** Median place, and the distance from it that most points keep: a few far ones must not shrink the rest to a dot. */
function extent({ positions }: PointCloud): Pick<CloudInfo, 'centre' | 'radius'> {
  const count = positions.length / 3;
  const axis = (k: number) => median(Float32Array.from({ length: count }, (_, i) => positions[3 * i + k]));
  const centre = [axis(0), axis(1), axis(2)] as const;
  const distances = Float64Array.from({ length: count }, (_, i) =>
    Math.hypot(...centre.map((value, k) => positions[3 * i + k] - value)),
  ).sort();
  return { centre, radius: distances[Math.floor(HELD * (count - 1))] || 1 };
}

function colorsOf(pairs: PointPairs, from: Uint32Array, { photos, pixels }: CloudSource): Uint8Array {
  const { data, width, height } = pixels();
  const [halfX, halfY] = measuredHalf(photos.a);
  const colors = new Uint8Array(3 * from.length);
  const place = (value: number, half: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor(((value / half + 1) / 2) * count)));
  from.forEach((i, k) => {
    const at = 4 * (place(pairs.ya[i], halfY, height) * width + place(pairs.xa[i], halfX, width));
    colors.set(data.subarray(at, at + 3), 3 * k);
  });
  return colors;
}

function noPoints(left: CloudInfo['left'], asked: number): CodedError {
  const turned = left.parallax > asked / 2;
  return new CodedError(
    'geometry-no-points',
    turned ? 'No depth can be told: the camera hardly moved between the photos.' : 'No place could be triangulated.',
    turned ? 'Take photos from places further apart.' : 'Lower the certainty threshold, or check the fields of view.',
  );
}
