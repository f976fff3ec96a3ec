import type { Matrix3 } from '../../core/matrix3.ts';
import { raysOf } from '../epipolar.ts';
import type { Vector3 } from '../linear-algebra.ts';
import { median } from '../measures.ts';
import type { PointPairs } from '../point-pairs.ts';
import { seededRandom } from '../random.ts';
import type { Steps } from '../steps.ts';
import { meanFocal, recoverPose, searchEssential } from './essential.ts';
import type { RobustOptions } from './robust.ts';

/** Halves of the matches that are fitted alone. */
const HALVES = 6;
/** Fields of photo A along either side that go together into a half: neighbours err alike. */
const FIELDS = 8;
/** Pairs of a half: more tell its pose no better than its fields do. */
const MOST_PAIRS = 1000;

/**
 * How sure the way from A to B is, degrees: the median angle between the translation of a fit and those of fits to random halves of the
 * photo's fields. For halves that is the standard error of the whole (delete-half jackknife, Shao and Wu 1989), and by fields because a
 * dense match errs alike in whole regions, so that residuals do not tell it. Matches that two cameras explain by chance give every half
 * another pose.
 * @param pixels and both K as for `searchPose`
 * @returns 180 where halves have no pose
 */
export function* poseSpread(
  pixels: PointPairs,
  Ka: Matrix3,
  Kb: Matrix3,
  translation: Vector3,
  options: RobustOptions,
): Steps<number> {
  const rays = raysOf(pixels, Ka, Kb);
  const threshold = options.threshold / meanFocal(Ka, Kb);
  const fields = fieldsOf(pixels);
  const angles: number[] = [];
  for (let half = 0; half < HALVES; half++) {
    const random = seededRandom((options.seed ?? 1) + half);
    const isIn = Array.from({ length: FIELDS * FIELDS }, () => random() < 0.5);
    const chosen = fields.flatMap((field, i) => (isIn[field] ? [i] : []));
    const step = Math.max(1, Math.ceil(chosen.length / MOST_PAIRS));
    const some = ofPairs(
      rays,
      chosen.filter((_, k) => k % step === 0),
    );
    const fit = yield* searchEssential(some, { ...options, threshold });
    if (!fit) {
      angles.push(180);
      continue;
    }
    const pose = recoverPose(fit.essential, some, fit.inliers, threshold);
    angles.push(degreesBetween(pose.translation, translation));
  }
  return median(angles);
}

/** The field of A that every pair lies in; fields are laid over where pairs are. */
function fieldsOf({ xa, ya }: PointPairs): number[] {
  const place = (values: ArrayLike<number>) => {
    const all = Array.from(values);
    const low = all.reduce((least, value) => Math.min(least, value), Infinity);
    const high = all.reduce((most, value) => Math.max(most, value), -Infinity);
    return all.map((value) => Math.min(FIELDS - 1, Math.floor((FIELDS * (value - low)) / (high - low || 1))));
  };
  const [columns, rows] = [place(xa), place(ya)];
  return columns.map((column, i) => FIELDS * rows[i] + column);
}

function ofPairs(pairs: PointPairs, chosen: readonly number[]): PointPairs {
  const column = (values: ArrayLike<number>) => Float64Array.from(chosen, (i) => values[i]);
  const weight = pairs.weight && column(pairs.weight);
  return { xa: column(pairs.xa), ya: column(pairs.ya), xb: column(pairs.xb), yb: column(pairs.yb), weight };
}

/** Of two directions of length 1. */
const degreesBetween = (a: Vector3, b: Vector3): number =>
  (Math.acos(Math.min(1, Math.max(-1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]))) * 180) / Math.PI;
