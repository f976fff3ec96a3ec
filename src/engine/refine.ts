import type { Side } from '../shared/geometry.ts';
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
const TRY_SCALE = 0.57;
/** Rotations of B in degrees, the likely ones first; a network that bears 30° leaves no gap between them. */
const ROTATIONS = [0, 45, -45, 90, -90, 180, 135, -135];
/** Input scales of A and B: as they are, one of them twice, then three and a half times as large as the other. */
const SCALES: Record<Side, number>[] = [
  { a: 1, b: 1 },
  { a: 0.5, b: 1 },
  { a: 1, b: 0.5 },
  { a: 0.5, b: 1.75 },
  { a: 1.75, b: 0.5 },
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
      if (overlapOf(rescued) > overlapOf(best)) {
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
  // A graph of fixed size sees all scales alike.
  const scales = input.fixedSize ? SCALES.slice(0, 1) : SCALES;
  let best: Refined<Field> | null = null;
  for (const [r, rotation] of ROTATIONS.entries()) {
    const frame = { ...rotatedFrame(rotation, photos.b.size), name: `rotated-${rotation}` };
    for (const [s, scale] of scales.entries()) {
      context.onTry?.((TRIES_SHARE * (r + s / scales.length)) / ROTATIONS.length);
      const plan: MatchPlan = { longSide: { a: base * scale.a, b: base * scale.b * frame.growth }, frame };
      const tried: Refined<Field> = {
        ...(await judge(pair, await pair.match(photos, plan, { signal: context.signal }))),
        rescue: { tried: true, rotation, scale: scale.b / scale.a },
      };
      if (!best || overlapOf(tried) > overlapOf(best)) {
        if (best) pair.backend.dispose(best.field);
        best = tried;
      } else pair.backend.dispose(tried.field);
      if (overlapOf(best) > FOUND) return best;
    }
  }
  return best!;
}

async function align<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  longSide: number | null,
  rough: Refined<Field>,
  context: RefineContext,
): Promise<Refined<Field> | null> {
  const field = await pair.backend.readField(rough.field, 'a');
  const matrix = fitFrame(field, pair.matcher.manifest.verdict.certainty / 2);
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
