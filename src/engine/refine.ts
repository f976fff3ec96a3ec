import type { Side } from '../shared/geometry.ts';
import { invert3 } from '../shared/matrix3.ts';
import type { MatchResult } from '../shared/protocol.ts';
import { fitFrame, rotatedFrame } from './align.ts';
import type { PhotoHandle, Statistics } from './backend.ts';
import type { Matched, MatchPlan, PairMatcher } from './pair-matcher.ts';

/** A match with what was measured of it. */
export interface Judged<Field> extends Matched<Field> {
  statistics: Statistics;
}

export interface Refined<Field> extends Judged<Field> {
  rescue: MatchResult['rescue'];
  /** Further matches that were made. */
  tries?: number;
}

export const NO_RESCUE: MatchResult['rescue'] = { tried: false, rotation: 0, scale: 1 };

export interface RefineContext {
  signal?: AbortSignal;
  /** Called before every look with the share that is done. */
  onTry?: (fraction: number) => void;
}

/** From this overlap on there is nothing to gain from looking again. */
const CONFIDENT = 0.9;
/** Below this overlap other orientations and scales are tried. */
const WEAK = 0.3;
/** A try with this overlap is right: alignment finds the rest, and the other tries are left out. */
const FOUND = 0.1;
/** Input of the tries, as a share of the full input: enough to tell right from wrong. */
const TRY_SCALE = 0.5;
/** Rotations of B in degrees, the likely ones first; a network that bears 30° leaves no gap between them. */
const ROTATIONS = [0, 45, -45, 90, -90, 180, 135, -135];
/** Input scales of A and B: as they are, or one of them twice as large as the other. */
const SCALES: Record<Side, number>[] = [
  { a: 1, b: 1 },
  { a: 0.5, b: 1 },
  { a: 1, b: 0.5 },
];
/** Close-ups, tried last: what is small in one photo must still be seen, so that the other one is large and slow. */
const EXTREME_SCALES: Record<Side, number>[] = [
  { a: 0.57, b: 1.9 },
  { a: 1.9, b: 0.57 },
];
const MAX_ALIGNMENTS = 3;
/** Share of the progress that the tries take; alignment has the rest. */
const TRIES_SHARE = 0.85;
/** An alignment must raise the overlap by this factor to be kept: redrawing B costs a little sharpness. */
const GAIN = 1.02;

/**
 * Looks again where the first match is weak.
 *
 * *Rescue*: both photos at low resolution in eight orientations and five relative scales, until one is found whose directions
 * agree; else the best is kept. *Alignment*: B is redrawn as the rough match says it looks from A, and matched again at full resolution;
 * repeated while that raises the overlap. Neither knows a network's name, and the first result is already on screen.
 *
 * `first` stays the caller's, also where another match is returned: it may be on screen.
 */
export async function refine<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  longSide: number | null,
  first: Judged<Field>,
  context: RefineContext = {},
): Promise<Refined<Field>> {
  let best: Refined<Field> = { ...first, rescue: NO_RESCUE };
  let tries = 0;
  const drop = (field: Field) => {
    if (field !== first.field) pair.backend.dispose(field);
  };
  const replace = (next: Refined<Field>) => {
    drop(best.field);
    best = next;
  };
  const alignBest = async (begin: number) => {
    for (let round = 0; round < MAX_ALIGNMENTS && overlapOf(best) < CONFIDENT; round++) {
      context.onTry?.(begin + ((1 - begin) * round) / MAX_ALIGNMENTS);
      tries++;
      const aligned = await align(pair, photos, longSide, best, context);
      if (!aligned) return;
      if (overlapOf(aligned) > overlapOf(best) * GAIN) replace(aligned);
      else {
        pair.backend.dispose(aligned.field);
        return;
      }
    }
  };
  try {
    await alignBest(0);
    if (overlapOf(best) < WEAK) {
      tries++;
      const rescued = await rescue(pair, photos, longSide, context);
      if (promiseOf(rescued) > promiseOf(best)) {
        replace(rescued);
        await alignBest(TRIES_SHARE);
      } else {
        pair.backend.dispose(rescued.field);
        best = { ...best, rescue: { ...best.rescue, tried: true } };
      }
    }
    return { ...best, tries };
  } catch (error) {
    drop(best.field);
    throw error;
  }
}

async function rescue<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  longSide: number | null,
  context: RefineContext,
): Promise<Refined<Field>> {
  const { input } = pair.matcher.manifest.passes[0];
  const base = TRY_SCALE * (longSide ?? input.defaultLongSide);
  let best: Refined<Field> | null = null;
  const tries = listTries(input.fixedSize ?? false);
  for (const [i, { rotation, scale }] of tries.entries()) {
    context.onTry?.((TRIES_SHARE * i) / tries.length);
    const frame = { ...rotatedFrame(rotation, photos.b.size), name: `rotated-${rotation}` };
    const plan: MatchPlan = { longSide: { a: base * scale.a, b: base * scale.b * frame.growth }, frame };
    const tried: Refined<Field> = {
      ...(await judge(pair, await pair.match(photos, plan, { signal: context.signal }))),
      rescue: { tried: true, rotation, scale: scale.b / scale.a },
    };
    if (!best || promiseOf(tried) > promiseOf(best)) {
      if (best) pair.backend.dispose(best.field);
      best = tried;
    } else pair.backend.dispose(tried.field);
    if (overlapOf(best) > FOUND) break;
  }
  return best!;
}

interface Try {
  rotation: number;
  scale: Record<Side, number>;
}

function listTries(fixedSize: boolean): Try[] {
  const sweep = (scales: Record<Side, number>[]) => ROTATIONS.flatMap((rotation) => scales.map((scale) => ({ rotation, scale })));
  // A graph of fixed size sees all scales alike.
  return fixedSize ? sweep(SCALES.slice(0, 1)) : [...sweep(SCALES), ...sweep(EXTREME_SCALES)];
}

async function align<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  longSide: number | null,
  rough: Refined<Field>,
  context: RefineContext,
): Promise<Refined<Field> | null> {
  const { a, b } = rough.statistics;
  // The photo that the other one shows closer has more places to say so.
  const side = b.meanCertainty > a.meanCertainty ? 'b' : 'a';
  const field = await pair.backend.readField(rough.field, side);
  const fitted = fitFrame(field, pair.matcher.manifest.verdict.certainty / 2);
  const matrix = fitted && side === 'b' ? invert3(fitted) : fitted;
  if (!matrix) return null;
  const plan: MatchPlan = { longSide: { a: longSide, b: longSide }, frame: { matrix, size: photos.a.size } };
  return { ...(await judge(pair, await pair.match(photos, plan, { signal: context.signal }))), rescue: rough.rescue };
}

/** Measures a match that nobody has seen yet; one that cannot be measured is disposed of. */
export async function judge<Photo extends PhotoHandle, Field>(pair: PairMatcher<Photo, Field>, matched: Matched<Field>): Promise<Judged<Field>> {
  try {
    return { ...matched, statistics: await pair.backend.statistics(matched.field, pair.matcher.manifest.verdict) };
  } catch (error) {
    pair.backend.dispose(matched.field);
    throw error;
  }
}

/** The larger share of both photos that is certain and cycle-consistent. */
const overlapOf = <Field>({ statistics }: Judged<Field>) => Math.max(statistics.a.consistentShare, statistics.b.consistentShare);

/**
 * What a rough try is ranked by. At low resolution a right one may be too coarse to come back within the cycle limit,
 * and then its certainty tells: a wrong one has next to none.
 */
const promiseOf = <Field>(judged: Judged<Field>) =>
  overlapOf(judged) + 0.2 * Math.max(judged.statistics.a.meanCertainty, judged.statistics.b.meanCertainty);
