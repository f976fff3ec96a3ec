import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import type { Side, Size } from '../../src/core/geometry.ts';
import type { Matrix3 } from '../../src/core/matrix3.ts';
import { fitPoseRobust } from '../../src/geometry/estimators/essential.ts';
import { poseError } from '../../src/geometry/measures.ts';
import type { PointPairs } from '../../src/geometry/point-pairs.ts';
import { OWN_MATCH_COLUMNS } from '../../src/matching/backend/own-matches.ts';
import { sampledPairs } from './measure-geometry.ts';
import type { Cameras, Published } from './pairs.ts';
import type { Protocol } from './protocols.ts';

/** A pose by a published protocol. */
export interface PublishedPose {
  /** Degrees, one for each of the protocol's thresholds; 180 where no model was found. */
  errors: number[];
  /** Matches that the estimator got, and whether they are the network's own list or drawn from its dense warp. */
  matches: number;
  own: boolean;
}

/**
 * The pose error of each of a protocol's thresholds. A network that returns matches of its own gives those, as its authors do;
 * from a dense warp 5,000 are drawn, as RoMa's evaluation does.
 *
 * @param files the sizes of the photos as they were opened; the fields know the sizes that they were matched at
 */
export function measurePublished(
  fields: PlainMatchField,
  cameras: Cameras,
  { cameraSize }: Published,
  protocol: Protocol,
  files: Record<Side, Size>,
): PublishedPose {
  const matched = { a: fields.a.photo, b: fields.b.photo };
  const unit = {
    a: protocol.measuredAt(files.a, matched.a),
    b: protocol.measuredAt(files.b, matched.b),
  };
  const own = ownPairs(fields);
  const pairs = scaled(own ?? sampledPairs(fields), matched, unit);
  const K0 = scaledCamera(cameras.K0, cameraSize ?? files.a, unit.a);
  const K1 = scaledCamera(cameras.K1, cameraSize ?? files.b, unit.b);
  const rows = [0, 1, 2].map((r) => cameras.T.slice(4 * r, 4 * r + 4));
  const truth = { rotation: rows.flatMap((row) => row.slice(0, 3)), translation: rows.map((row) => row[3]) };
  const { method, confidence, iterations } = protocol;
  const errors = protocol.thresholds.map((threshold) => {
    const found = fitPoseRobust(pairs, K0, K1, { threshold, method, confidence, iterations });
    return found ? poseError(found, truth) : 180;
  });
  return { errors, matches: pairs.xa.length, own: own !== null };
}

function ownPairs({ a }: PlainMatchField): PointPairs | null {
  if (!a.own) return null;
  const { own } = a;
  const count = own.length / OWN_MATCH_COLUMNS;
  const column = (c: number) => Float64Array.from({ length: count }, (_, i) => own[OWN_MATCH_COLUMNS * i + c]);
  return { xa: column(0), ya: column(1), xb: column(2), yb: column(3) };
}

function scaled({ xa, ya, xb, yb, weight }: PointPairs, from: Record<Side, Size>, to: Record<Side, Size>): PointPairs {
  const times = (values: ArrayLike<number>, factor: number) => Float64Array.from(values, (value) => value * factor);
  return {
    xa: times(xa, to.a.width / from.a.width),
    ya: times(ya, to.a.height / from.a.height),
    xb: times(xb, to.b.width / from.b.width),
    yb: times(yb, to.b.height / from.b.height),
    ...(weight && { weight }),
  };
}

/** K of pictures of one size for pictures of another; the first pixel's centre is at (0.5, 0.5) in both. */
export function scaledCamera(K: Matrix3, from: Size, to: Size): Matrix3 {
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  return [K[0] * sx, K[1] * sx, K[2] * sx, K[3] * sy, K[4] * sy, K[5] * sy, K[6], K[7], K[8]];
}
