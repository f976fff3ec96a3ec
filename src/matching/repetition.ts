import type { PlainField } from '../compute/field/cpu.ts';
import { invert3, type Matrix3, multiply3, project } from '../core/matrix3.ts';
import { fitHomographyRobust } from '../geometry/estimators/homography.ts';
import { median } from '../geometry/measures.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';
import type { Tokens } from './coarse.ts';
import { pairsAt, thinned } from './search/field-pairs.ts';

/** Certain places that are looked at; more only cost time. */
const PLACES = 1500;
const LEAST_PLACES = 100;
/** A place follows a motion within this distance, normalised: about a cell of the coarse features. */
const FOLLOWS = 0.05;
/** A second motion with fewer of the places than this is noise. */
const LEAST_SHARE = 0.04;
/** From this share on, what follows one motion is all of one. */
const ONE = 0.9;
/** Two motions nearer to each other, normalised, are those of things at different depths. */
const APART = 0.2;
/** How far the step between them may be from a mere shift of the photo, in the entries of its matrix: ground and walls differ. */
const SHIFT_ONLY = 0.2;
/** Of the places that follow another motion, the share that are a step off, and how near to one, normalised. */
const STEPS_OFF = { share: 0.6, near: 0.03 } as const;
/** Cosine from which two places of one photo look the same: the windows of a front do. */
const ALIKE = 0.75;

/** Two motions that share a match's certain places, normalised, from the field's photo to the other one. */
export interface TwoMotions {
  motions: readonly [Matrix3, Matrix3];
  /** Places of the field's photo, each with the motion that it follows. */
  places: readonly { x: number; y: number; of: 0 | 1 }[];
}

/**
 * The motions of the two largest planes among a field's certain, cycle-consistent places, where no single one explains
 * nearly all of them and the two lie far apart; null otherwise.
 * @param cycleLimit pixels of the field's photo
 */
export function twoMotions(field: PlainField, certainty: number, cycleLimit: number): TwoMotions | null {
  const pairs = certainPlaces(field, certainty, cycleLimit);
  if (!pairs) return null;
  const all = [...pairs.xa.keys()];
  const first = followers(pairs, all);
  if (!first || first.of.length >= ONE * all.length) return null;
  const taken = new Set(first.of);
  const second = followers(
    pairs,
    all.filter((i) => !taken.has(i)),
  );
  if (!second || second.of.length < LEAST_SHARE * all.length) return null;
  const place = (of: 0 | 1) => (i: number) => ({ x: pairs.xa[i], y: pairs.ya[i], of });
  const motions = [first.homography, second.homography] as const;
  const places = [...first.of.map(place(0)), ...second.of.map(place(1))];
  const distances = second.of.map((i) => {
    const [a, b] = motions.map((motion) => project(motion, pairs.xa[i], pairs.ya[i]));
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  });
  return median(distances) > APART ? { motions, places } : null;
}

/** Certain, cycle-consistent places with what they are matched to, normalised; null where they are few. */
function certainPlaces(field: PlainField, certainty: number, cycleLimit: number) {
  const certain: number[] = [];
  for (let k = 0; k < field.certainty.length; k++)
    if (field.certainty[k] >= certainty && field.cycle[k] <= cycleLimit) certain.push(k);
  if (certain.length < LEAST_PLACES) return null;
  return pairsAt(field, thinned(certain, PLACES));
}

/**
 * Whether the two motions differ by a step at which the photo looks the same: then one of them may be the other's, one
 * window further, and the match is not to be believed as a whole. Things that stand before others do not look like what is
 * behind them.
 * @param tokens coarse features of the field's photo
 */
export function repeatsItself({ motions, places }: TwoMotions, tokens: Tokens): boolean {
  const back = invert3(motions[0]);
  if (!back || !isShift(multiply3(back, motions[1]))) return false;
  return ([0, 1] as const).some((n) => {
    const back = invert3(motions[1 - n]);
    if (!back) return false;
    const cosines: number[] = [];
    let count = 0;
    for (const { x, y, of } of places) {
      if (of !== n) continue;
      count++;
      // Where the other motion would find what this place was matched to.
      const [u, v] = project(back, ...project(motions[n], x, y));
      if (Math.abs(u) < 1 && Math.abs(v) < 1) cosines.push(cosine(tokens, cellOf(tokens, x, y), cellOf(tokens, u, v)));
    }
    return cosines.length > count / 2 && median(cosines) > ALIKE;
  });
}

/**
 * Whether of a match's certain places, beside those of its largest plane, nearly all are off by steps at which the photo looks like
 * itself: bricks that were taken for bricks further on, some for these, some for those.
 * @param steps normalised, of the field's photo; of two opposite ones one
 * @param cycleLimit pixels of the field's photo
 */
export function isStepsOff(
  field: PlainField,
  certainty: number,
  cycleLimit: number,
  steps: readonly (readonly [number, number])[],
): boolean {
  const pairs = steps.length ? certainPlaces(field, certainty, cycleLimit) : null;
  if (!pairs) return false;
  const all = [...pairs.xa.keys()];
  const first = followers(pairs, all);
  const back = first && invert3(first.homography);
  if (!first || !back) return false;
  const taken = new Set(first.of);
  const others = all.filter((i) => !taken.has(i));
  const off = others.filter((i) => {
    const [u, v] = project(back, pairs.xb[i], pairs.yb[i]);
    const [dx, dy] = [u - pairs.xa[i], v - pairs.ya[i]];
    return steps.some(([x, y]) => Math.min(Math.hypot(dx - x, dy - y), Math.hypot(dx + x, dy + y)) < STEPS_OFF.near);
  });
  return off.length >= LEAST_SHARE * all.length && off.length >= STEPS_OFF.share * others.length;
}

/** Whether a motion within a photo moves it as a whole. */
function isShift(m: Matrix3): boolean {
  const [a, b, , d, e, , g, h] = m.map((value) => value / m[8]);
  return [a - 1, b, d, e - 1, g, h].every((entry) => Math.abs(entry) < SHIFT_ONLY);
}

function followers(pairs: PointPairs, indices: readonly number[]) {
  const column = (values: ArrayLike<number>) => indices.map((i) => values[i]);
  const subset = { xa: column(pairs.xa), ya: column(pairs.ya), xb: column(pairs.xb), yb: column(pairs.yb) };
  const fit = fitHomographyRobust(subset, { threshold: FOLLOWS, iterations: 300, method: 'msac' });
  return fit && { homography: fit.homography, of: indices.filter((_, i) => fit.inliers[i]) };
}

function cellOf({ grid: { width, height } }: Tokens, x: number, y: number): number {
  const at = (place: number, count: number) => Math.min(count - 1, Math.floor(((place + 1) / 2) * count));
  return at(y, height) * width + at(x, width);
}

function cosine({ values, channels }: Tokens, i: number, j: number): number {
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += values[i * channels + c] * values[j * channels + c];
  return sum;
}
