import type { PointPairs } from '../../../../geometry/point-pairs.ts';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import { MEASURED_SIDE } from '../../contract/fit-models.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { MatchCovariance } from '../../../../core/match.ts';
import { invert3, type Matrix3, multiply3 } from '../../../../core/matrix3.ts';

/**
 * Models are fitted in *measured* coordinates: origin at the photo's centre, the longer side MEASURED_SIDE long. So a
 * threshold means the same for every size of file, and both photos' residuals weigh alike.
 */
export const measuredScale = ({ width, height }: Size): number => MEASURED_SIDE / Math.max(width, height);

/** Half the photo's sides in measured coordinates: what normalised ones are multiplied by. */
export function measuredHalf(photo: Size): readonly [number, number] {
  const scale = measuredScale(photo);
  return [(photo.width * scale) / 2, (photo.height * scale) / 2];
}

/** The photo's size in measured coordinates. */
export function measuredSize(photo: Size): Size {
  const [x, y] = measuredHalf(photo);
  return { width: 2 * x, height: 2 * y };
}

/** Sampled rows (normalised, see ROW_FLOATS) in measured coordinates. */
export function measuredPairs(rows: Float32Array, photos: Record<Side, Size>): PointPairs {
  const count = rows.length / ROW_FLOATS;
  const [a, b] = [measuredHalf(photos.a), measuredHalf(photos.b)];
  const column = (offset: number, half: number) =>
    Float64Array.from({ length: count }, (_, i) => rows[ROW_FLOATS * i + offset] * half);
  return { xa: column(0, a[0]), ya: column(1, a[1]), xb: column(2, b[0]), yb: column(3, b[1]) };
}

/** Deviations are not told finer than this, measured units: half a pixel at a 640 px long side. */
const LEAST_DEVIATION = 0.5;

/**
 * How much each match counts by how sure its network is of it: inversely to its variance, f² / (f² + σ²), where f is half a
 * measured pixel and σ² the mean variance (√det) of the end that was found. A match that is sure to far below f counts 1, one of
 * which nothing is known nothing.
 */
export function covarianceWeights({ inB, values }: MatchCovariance, photos: Record<Side, Size>): Float64Array {
  const scales = { a: measuredScale(photos.a), b: measuredScale(photos.b) };
  const least = LEAST_DEVIATION ** 2;
  return Float64Array.from(inB, (found, i) => {
    const [xx, xy, yy] = values.subarray(3 * i, 3 * i + 3);
    const variance = Math.sqrt(Math.max(0, xx * yy - xy * xy)) * scales[found ? 'b' : 'a'] ** 2;
    return Number.isFinite(variance) ? least / (least + variance) : 0;
  });
}

/**
 * A homography between measured coordinates as one between the files' pixels, h33 = 1.
 * @param to how pixels become the coordinates that it is between, where places were straightened (intrinsics.ts)
 */
export function homographyInPixels(
  measured: Matrix3,
  photos: Record<Side, Size>,
  to: Record<Side, Matrix3> = { a: toMeasured(photos.a), b: toMeasured(photos.b) },
): Matrix3 {
  const m = multiply3(invert3(to.b)!, multiply3(measured, to.a));
  return m.map((value) => value / m[8]) as unknown as Matrix3;
}

/** A fundamental matrix between measured coordinates as one between the files' pixels; `to` as above. */
export const fundamentalInPixels = (
  measured: Matrix3,
  photos: Record<Side, Size>,
  to: Record<Side, Matrix3> = { a: toMeasured(photos.a), b: toMeasured(photos.b) },
): Matrix3 => multiply3(transposed3(to.b), multiply3(measured, to.a));

const transposed3 = (m: Matrix3): Matrix3 => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];

/**
 * A model between straightened coordinates as one between measured ones, for lenses that only move and stretch. What bends is
 * left out.
 * @param unit what both coordinates were divided by: focal lengths, where the model is between rays
 */
export function betweenMeasured(
  kind: 'homography' | 'epipolar',
  matrix: Matrix3,
  photos: Record<Side, Size>,
  to: Record<Side, Matrix3>,
  unit: Record<Side, number> = { a: 1, b: 1 },
): Matrix3 {
  const moved = (side: Side): Matrix3 => {
    const [x, , shiftX, , y, shiftY] = multiply3(to[side], fromMeasured(photos[side]));
    return [x, 0, shiftX / unit[side], 0, y, shiftY / unit[side], 0, 0, 1];
  };
  const [a, b] = [moved('a'), moved('b')];
  return kind === 'epipolar'
    ? multiply3(transposed3(b), multiply3(matrix, a))
    : multiply3(invert3(b)!, multiply3(matrix, a));
}

/** A homography between pixels as one between unit coordinates, its sign so that what A shows lies in front. */
export function unitHomography(pixels: Matrix3, a: Size, b: Size): Matrix3 {
  const toUnit: Matrix3 = [1 / b.width, 0, 0, 0, 1 / b.height, 0, 0, 0, 1];
  const m = multiply3(toUnit, multiply3(pixels, [a.width, 0, 0, 0, a.height, 0, 0, 0, 1]));
  // A's centre is in front of any plane that both cameras see.
  const w = m[6] / 2 + m[7] / 2 + m[8];
  return m.map((value) => value / w) as unknown as Matrix3;
}

function toMeasured(photo: Size): Matrix3 {
  const scale = measuredScale(photo);
  return [scale, 0, (-scale * photo.width) / 2, 0, scale, (-scale * photo.height) / 2, 0, 0, 1];
}

function fromMeasured(photo: Size): Matrix3 {
  const scale = 1 / measuredScale(photo);
  return [scale, 0, photo.width / 2, 0, scale, photo.height / 2, 0, 0, 1];
}
