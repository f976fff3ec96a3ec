import type { Side } from '../core/geometry.ts';
import { invert3 } from '../core/matrix3.ts';
import type { MatchResult } from '../core/match.ts';
import { fitFrame, type Tilt, wholeFrame } from './align.ts';
import type { PhotoHandle, Statistics } from './backend/backend.ts';
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
  /** Called before every try with the share of them that is done. */
  onTry?: (fraction: number) => void;
  /** Milliseconds after which no further try begins; without it all are made. */
  budget?: number;
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
/** Slanted views, tried after all others: B foreshortened to a half along a direction, or A. */
const SLANTS: { by: number; scale: Record<Side, number> }[] = [
  { by: 2, scale: { a: 0.5, b: 1 } },
  { by: 0.5, scale: { a: 1, b: 1 } },
];
const SLANT_ROTATIONS = [0, 45, -45];
const SLANT_DIRECTIONS = [0, 90, 45, 135];
const MAX_ALIGNMENTS = 3;
/** Tries that are aligned: the best at low resolution may be wrong. */
const MAX_CANDIDATES = 4;
/** An alignment must raise the overlap by this factor to be kept: redrawing B costs a little sharpness. */
const GAIN = 1.02;

/**
 * Looks again where the first match is weak.
 *
 * *Alignment*: B is redrawn as the rough match says it looks from A, and matched again at full resolution; repeated while that
 * raises the overlap. *Rescue*, where that is not enough: both photos at low resolution in several orientations, scales and
 * slants of B, until one is found whose directions agree; the most promising are aligned, and the first that alignment
 * confirms is taken. None of this knows a network's name, and the first result is already on screen.
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
  const search = new Search(pair, photos, longSide, context);
  let best: Refined<Field> = { ...first, rescue: NO_RESCUE };
  try {
    best = await search.align(best);
    if (overlapOf(best) < WEAK) {
      best = { ...best, rescue: { ...best.rescue, tried: true } };
      for (const candidate of await search.rescue()) {
        const aligned = await search.align(candidate);
        if (overlapOf(aligned) > overlapOf(best)) best = aligned;
        if (overlapOf(best) >= WEAK) break;
      }
    }
    search.keep(best.field);
    return { ...best, tries: search.tries };
  } finally {
    search.release();
  }
}

/** The matches that one refinement makes, and their owner until it ends. */
class Search<Photo extends PhotoHandle, Field> {
  tries = 0;
  private readonly held = new Set<Field>();

  constructor(
    private readonly pair: PairMatcher<Photo, Field>,
    private readonly photos: Record<Side, Photo>,
    private readonly longSide: number | null,
    private readonly context: RefineContext,
  ) {}

  /** Aligns as often as that helps; what is given back if it does not help at all. */
  async align(rough: Refined<Field>): Promise<Refined<Field>> {
    let best = rough;
    for (let round = 0; round < MAX_ALIGNMENTS && overlapOf(best) < CONFIDENT; round++) {
      const aligned = await this.alignOnce(best);
      if (!aligned || overlapOf(aligned) <= overlapOf(best) * GAIN) break;
      best = aligned;
    }
    return best;
  }

  /** The most promising tries, best first. */
  async rescue(): Promise<Refined<Field>[]> {
    const { input } = this.pair.matcher.manifest.passes[0];
    const base = TRY_SCALE * (this.longSide ?? input.defaultLongSide);
    const tries = listTries(input.fixedSize ?? false);
    const stopAt = performance.now() + (this.context.budget ?? Infinity);
    let best: Refined<Field>[] = [];
    for (const [i, { rotation, scale, tilt }] of tries.entries()) {
      this.context.onTry?.(i / tries.length);
      const frame = {
        ...wholeFrame(rotation, this.photos.b.size, tilt),
        name: `whole-${rotation}-${tilt?.direction}-${tilt?.by}`,
      };
      const tried: Refined<Field> = {
        ...(await this.match({ longSide: { a: base * scale.a, b: base * scale.b * frame.growth }, frame })),
        rescue: { tried: true, rotation, scale: scale.b / scale.a },
      };
      best = [...best, tried].sort((one, other) => promiseOf(other) - promiseOf(one));
      for (const { field } of best.splice(MAX_CANDIDATES)) this.drop(field);
      if (overlapOf(best[0]) > FOUND || performance.now() > stopAt) break;
    }
    return best;
  }

  /** Leaves a match to the caller. */
  keep(field: Field): void {
    this.held.delete(field);
  }

  /** Frees every match that was made and not kept. */
  release(): void {
    for (const field of this.held) this.pair.backend.dispose(field);
    this.held.clear();
  }

  private async alignOnce(rough: Refined<Field>): Promise<Refined<Field> | null> {
    const { a, b } = rough.statistics;
    // The photo that the other one shows closer has more places to say so.
    const side = b.meanCertainty > a.meanCertainty ? 'b' : 'a';
    const field = await this.pair.backend.readField(rough.field, side);
    const fitted = fitFrame(field, this.pair.matcher.manifest.verdict.certainty / 2);
    const matrix = fitted && side === 'b' ? invert3(fitted) : fitted;
    if (!matrix) return null;
    const frame = { matrix, size: this.photos.a.size };
    return { ...(await this.match({ longSide: { a: this.longSide, b: this.longSide }, frame })), rescue: rough.rescue };
  }

  private async match(plan: MatchPlan): Promise<Judged<Field>> {
    this.tries++;
    const judged = await judge(this.pair, await this.pair.match(this.photos, plan, { signal: this.context.signal }));
    this.held.add(judged.field);
    return judged;
  }

  private drop(field: Field): void {
    this.held.delete(field);
    this.pair.backend.dispose(field);
  }
}

interface Try {
  rotation: number;
  scale: Record<Side, number>;
  tilt?: Tilt;
}

function listTries(fixedSize: boolean): Try[] {
  const sweep = (scales: Record<Side, number>[]) =>
    ROTATIONS.flatMap((rotation) => scales.map((scale) => ({ rotation, scale })));
  // A graph of fixed size sees all scales alike.
  if (fixedSize) return sweep(SCALES.slice(0, 1));
  const tilts = SLANT_ROTATIONS.flatMap((rotation) =>
    SLANT_DIRECTIONS.flatMap((direction) =>
      SLANTS.map(({ by, scale }) => ({ rotation, scale, tilt: { direction, by } })),
    ),
  );
  return [...sweep(SCALES), ...sweep(EXTREME_SCALES), ...tilts];
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
const overlapOf = <Field>({ statistics }: Judged<Field>) =>
  Math.max(statistics.a.consistentShare, statistics.b.consistentShare);

/**
 * What a rough try is ranked by. At low resolution a right one may be too coarse to come back within the cycle limit,
 * and then its certainty tells: a wrong one has next to none.
 */
const promiseOf = <Field>(judged: Judged<Field>) =>
  overlapOf(judged) + 0.2 * Math.max(judged.statistics.a.meanCertainty, judged.statistics.b.meanCertainty);
