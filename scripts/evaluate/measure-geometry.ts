import { certaintyWeights } from '../../src/geometry/certainty-weights.ts';
import { fitPoseRobust } from '../../src/geometry/estimators/essential.ts';
import { fitHomographyRobust } from '../../src/geometry/estimators/homography.ts';
import { poseError } from '../../src/geometry/measures.ts';
import type { PointPairs } from '../../src/geometry/point-pairs.ts';
import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import { type Matrix3, project } from '../../src/core/matrix3.ts';
import { covarianceWeights } from '../../src/pages/match/worker/geometry/measured-pairs.ts';
import { sampledMatches } from '../node/sampled-matches.ts';
import type { Cameras } from './pairs.ts';
import { MEASURED_LONG_SIDE } from './truth.ts';

/** Matches that an estimator gets, as RoMa's published evaluation. */
const MATCHES = 5000;
/** Largest residuals of inliers at a 640 px long side: beyond them MAGSAC++ gives no weight at all. */
const THRESHOLD = { pose: 1.5, homography: 3 } as const;

export interface PoseMeasures {
  /** Larger of the rotation's and the translation direction's angle, degrees; 180 where no model was found. */
  error: number;
  inlierRatio: number;
}

export interface RegistrationMeasures {
  /** Mean over A's corners of the distance in B, pixels at a 640 px long side; null where no model was found. */
  cornerError: number | null;
}

/** Relative pose from the field's matches against the true one. */
export function measurePose(fields: PlainMatchField, { K0, K1, T }: Cameras): PoseMeasures {
  const threshold = THRESHOLD.pose * pixelsPerMeasured(fields);
  const found = fitPoseRobust(weighedPairs(fields), K0, K1, { threshold });
  if (!found) return { error: 180, inlierRatio: 0 };
  const rows = [0, 1, 2].map((r) => T.slice(4 * r, 4 * r + 4));
  const truth = { rotation: rows.flatMap((row) => row.slice(0, 3)), translation: rows.map((row) => row[3]) };
  return { error: poseError(found, truth), inlierRatio: found.inlierRatio };
}

/** A homography from the field's matches against the true one (whole-number pixel centres, as published). */
export function measureRegistration(fields: PlainMatchField, H: Matrix3): RegistrationMeasures {
  const scale = pixelsPerMeasured(fields);
  const found = fitHomographyRobust(weighedPairs(fields), { threshold: THRESHOLD.homography * scale });
  if (!found) return { cornerError: null };
  const { width, height } = fields.a.photo;
  const errors = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ].map(([x, y]) => {
    const [u, v] = project(H, x - 0.5, y - 0.5).map((c) => c + 0.5);
    const [s, t] = project(found.homography, x, y);
    return Math.hypot(u - s, v - t) / scale;
  });
  const mean = errors.reduce((sum, error) => sum + error) / errors.length;
  return { cornerError: Number.isNaN(mean) ? null : mean };
}

/** {@link sampledPairs}, weighed by how certain each is as well, as the module's own fits weigh them. */
function weighedPairs(fields: PlainMatchField): PointPairs {
  const { certainty, weight, ...pairs } = sampledPairs(fields);
  const weights = certaintyWeights(certainty);
  return { ...pairs, weight: weight ? weights.map((one, i) => one * weight[i]) : weights };
}

/** Matches by the project's sampling, in pixels of the files; of networks that know how sure they are, weighted by that. */
export function sampledPairs(fields: PlainMatchField): PointPairs & { certainty: Float64Array } {
  const { count, rows, covariance } = sampledMatches(fields, { count: MATCHES, seed: 1, threshold: 0, cycleLimit: 0 });
  const column = (offset: number) => Float64Array.from({ length: count }, (_, i) => rows[5 * i + offset]);
  const weight = covariance && covarianceWeights(covariance, { a: fields.a.photo, b: fields.b.photo });
  const places = { xa: column(0), ya: column(1), xb: column(2), yb: column(3) };
  return { ...places, certainty: column(4), ...(weight && { weight }) };
}

/** Pixels of B's file per pixel at the size that errors are given at. */
const pixelsPerMeasured = ({ b }: PlainMatchField) => Math.max(b.photo.width, b.photo.height) / MEASURED_LONG_SIDE;
