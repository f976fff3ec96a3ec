import { CodedError } from '../core/errors.ts';
import type { MatchResult } from '../core/match.ts';
import type { Side } from '../core/geometry.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import type { PhotoHandle, Statistics } from './backend/backend.ts';
import type { Matched, PairMatcher } from './pair-matcher.ts';

/** A match with what was measured of it. */
export interface Judged<Field> extends Matched<Field> {
  statistics: Statistics;
}

export interface Refined<Field> extends Judged<Field> {
  rescue: MatchResult['rescue'];
  /** Further matches that were made. */
  tries?: number;
}

/** A try with less overlap and less mean certainty than this is not aligned: nothing is there. */
const HOPELESS = { overlap: 0.01, certainty: 0.03 } as const;
/**
 * A mirrored match must overlap this many times more than the upright one, and be nearly whole, or far beyond it: the
 * mirror image of a castle matches the castle, too.
 */
const MIRROR = { times: 1.1, most: 0.8, far: 2, least: 0.3 } as const;

/** Whether a motion turns left and right around. */
export const isMirror = (m: Matrix3): boolean =>
  m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]) < 0;

/** What was tried, told of the photos in the other order: a mirrored turn undoes itself, half a turn is half a turn. */
export function swappedRescue({ rotation, scale, ...rest }: MatchResult['rescue']): MatchResult['rescue'] {
  const isItsInverse = rest.isMirrored || rotation === 0 || rotation === 180;
  return { ...rest, rotation: isItsInverse ? rotation : -rotation, scale: 1 / scale };
}

/** The same match with A and B exchanged. */
export function exchanged<Photo extends PhotoHandle, Field, Match extends Judged<Field>>(
  { backend }: PairMatcher<Photo, Field>,
  match: Match,
): Match {
  const swap = <T>({ a, b }: Record<Side, T>): Record<Side, T> => ({ a: b, b: a });
  return {
    ...match,
    field: backend.swapped(match.field),
    statistics: swap(match.statistics),
    inputSize: swap(match.inputSize),
    cached: swap(match.cached),
  };
}

/** From this share on: a network may have nothing to say of a place or two. */
const BROKEN = 0.01;

/** Code of the error of a match that holds no numbers: the network overflows at this size, or what it runs on is ill. */
export const NOT_FINITE = 'match-not-finite';

/**
 * Refuses a network's own first answer where much of it is no number: otherwise such a match would say that nothing is shared.
 * @throws CodedError {@link NOT_FINITE}
 */
export function refuseBroken({ a, b }: Judged<unknown>['statistics'], modelName: string): void {
  if (Math.max(a.brokenShare ?? 0, b.brokenShare ?? 0) < BROKEN) return;
  throw new CodedError(
    NOT_FINITE,
    `“${modelName}” gave values that are not numbers for these photos.`,
    'Choose another input size, or install the model again in fp32.',
  );
}

/** Measures a match that nobody has seen yet; one that cannot be measured is disposed of. */
export async function judge<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  matched: Matched<Field>,
): Promise<Judged<Field>> {
  try {
    return { ...matched, statistics: await pair.backend.statistics(matched.field, pair.matcher.manifest.verdict) };
  } catch (error) {
    pair.backend.dispose(matched.field);
    throw error;
  }
}

/** The larger share of both photos that is certain and cycle-consistent. */
export const overlapOf = <Field>({ statistics }: Judged<Field>) =>
  Math.max(statistics.a.consistentShare, statistics.b.consistentShare);

/** Whether a match takes another one's place. Few photos are mirrored, and many scenes nearly symmetric. */
export function isBetter<Field>(match: Refined<Field>, present: Refined<Field>): boolean {
  const [overlap, least] = [overlapOf(match), overlapOf(present)];
  if (!match.rescue.isMirrored || present.rescue.isMirrored) return overlap > least;
  return overlap > MIRROR.times * least && (overlap > MIRROR.most || overlap > MIRROR.far * least + MIRROR.least);
}

export const isHopeless = <Field>({ statistics: { a, b } }: Judged<Field>) =>
  Math.max(a.consistentShare, b.consistentShare) < HOPELESS.overlap &&
  Math.max(a.meanCertainty, b.meanCertainty) < HOPELESS.certainty;

/**
 * What a rough try is ranked by. At low resolution a right one may be too coarse to come back within the cycle limit,
 * and then its certainty tells: a wrong one has next to none.
 */
export const promiseOf = <Field>(judged: Judged<Field>) =>
  overlapOf(judged) + 0.2 * Math.max(judged.statistics.a.meanCertainty, judged.statistics.b.meanCertainty);
