import type { Side } from '../core/geometry.ts';
import { invert3, type Matrix3, project } from '../core/matrix3.ts';
import { type Look, NO_RESCUE } from '../core/match.ts';
import { type AlignedView, alignedView, departure, fitFrame, wholeFrame } from './align.ts';
import type { PhotoHandle } from './backend/backend.ts';
import { type Candidate, CoarseSearch } from './coarse-search.ts';
import {
  exchanged,
  isBetter,
  isHopeless,
  isMirror,
  judge,
  type Judged,
  overlapOf,
  promiseOf,
  type Refined,
  swappedRescue,
} from './judged.ts';
import type { MatchPlan, PairMatcher } from './pair-matcher.ts';
import { isStepsOff, repeatsItself, twoMotions } from './repetition.ts';
import { motionsOfMatch } from './search/motions-of-match.ts';
import { PhotoSteps } from './search/photo-steps.ts';
import { exchangedLook, SearchProgress } from './search/search-progress.ts';
import { slantedTries, type ViewTry, viewTries } from './view-tries.ts';

export interface RefineContext {
  /** Ends it with the code `cancelled`. */
  signal?: AbortSignal;
  /** Ends it with the best match so far. */
  stop?: AbortSignal;
  /** Called before every try with the share of all that is done, never less than before, and at last with 1. */
  onTry?: (fraction: number, look?: Look) => void;
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
const MAX_ALIGNMENTS = 3;
/** Tries that are aligned: the best at low resolution may be wrong. */
const MAX_CANDIDATES = 3;
/** An alignment must raise the overlap by this factor to be kept: redrawing a photo costs a little sharpness. */
const GAIN = 1.02;
/**
 * A motion that departs less than this from what a match was made of shows nothing new, of the first match and of an aligned
 * one: of 141 alignments of held-out pairs of the training 45 did so, and raised the overlap by 4 % at most.
 */
const ALIKE = { first: 0.06, aligned: 0.12 } as const;
/** After an alignment that raised the overlap by less than this factor another one gains nothing: 4 % at most there. */
const ONWARD = 1.1;
/** Coarse features that agree this strongly, though on no motion that holds, make slanted views worth the decoder's time. */
const SLANTED = 0.25;
/** The first slanted views of a search must overlap by this for the others to be tried. */
const SPARK = 0.01;
/** A match by a shift is made at an input larger by this factor, too. */
const SMALL_PRINT = 1.5;
/** Normalised distance within which two motions of the photo's middle are one. */
const SAME_PLACE = 0.05;
/** A match at full size takes a rough one's place though its overlap be this much lower, as a factor. */
const SHARPER = 0.9;

/**
 * Looks again where the first match is weak.
 *
 * *Alignment*: the photo that shows more is redrawn as the rough match says it looks from the other one, and matched again
 * at full resolution; repeated while that raises the overlap. *Rescue*, where that is not enough: motions that the coarse
 * features speak for (see coarse-search.ts; or, of networks whose features are not comparable, views in turn, see
 * view-tries.ts) are tried at low resolution; the most promising are aligned, and the first that alignment confirms is
 * taken. None of this knows a network's name, and the first result is already on screen.
 *
 * Both orders of the photos give the same match, exchanged: inside, the one that the first match is more certain of is A.
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
  const { a, b } = first.statistics;
  if (b.meanCertainty <= a.meanCertainty) return refineOrdered(pair, photos, longSide, first, context);
  const start = exchanged(pair, first);
  const { onTry } = context;
  const refined = await refineOrdered(pair, { a: photos.b, b: photos.a }, longSide, start, {
    ...context,
    onTry: onTry && ((fraction, look) => onTry(fraction, look && exchangedLook(look))),
  });
  const { rescue, tries } = refined;
  const back = refined.field === start.field ? first : exchanged(pair, refined);
  return { ...back, tries, rescue: swappedRescue(rescue) };
}

async function refineOrdered<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  longSide: number | null,
  first: Judged<Field>,
  context: RefineContext,
): Promise<Refined<Field>> {
  const search = new Search(pair, photos, longSide, context);
  let best: Refined<Field> = { ...first, rescue: NO_RESCUE };
  try {
    best = await search.align(best);
    if (overlapOf(best) < CONFIDENT) best = await search.shifted(best);
    if (overlapOf(best) < WEAK) {
      best = { ...best, rescue: { ...best.rescue, tried: true } };
      for (const candidate of await search.rescue()) {
        if (isHopeless(candidate)) continue;
        const aligned = await search.align(candidate);
        if (isBetter(aligned, best)) best = aligned;
        if (overlapOf(best) >= WEAK) break;
      }
    }
    if (overlapOf(best) < CONFIDENT && !isHopeless(best)) {
      best = await search.atRightStep(best);
      const rival = await search.rival(best);
      if (rival && isBetter(rival, best) && (await search.isSeenBetter(rival, best))) best = rival;
    }
    best = await search.atRightStep(best);
    best = await search.doubted(await search.told(best));
  } catch (error) {
    if (!context.stop?.aborted || context.signal?.aborted) throw error;
    best = search.bestOf({ ...best, rescue: { ...best.rescue, tried: true } });
  } finally {
    search.releaseBut(best.field);
  }
  search.progress.end();
  return { ...best, tries: search.tries };
}

/** Where a photo is drawn anew for a match. */
interface View extends AlignedView {
  frame: NonNullable<MatchPlan['frame']>;
  longSide: Record<Side, number | null>;
}

/** A match at low resolution, with the view by which it is made again at full. */
type Tried<Field> = Refined<Field> & { again?: View };

/** The matches that one refinement makes, and their owner until it ends. */
class Search<Photo extends PhotoHandle, Field> {
  tries = 0;
  readonly progress: SearchProgress;
  /** Every match that was made and not dropped, until the end. */
  private readonly held = new Map<Field, Refined<Field>>();
  /** By what view each of them was made; the first by none. */
  private readonly views = new Map<Field, View>();
  private readonly base: number;
  private readonly signal: AbortSignal | undefined;
  /** From then on nothing new is tried: aligning what there is counts, too. */
  private readonly stopAt: number;
  private coarse: CoarseSearch<Photo, Field> | null = null;
  private readonly steps: PhotoSteps<Photo, Field>;
  /** Matches that were compared with themselves a step on. */
  private readonly atStep = new Set<Field>();
  /** See {@link planeOf}: asked for of the same match several times. */
  private readonly planes = new Map<Field, Promise<Matrix3 | null>>();

  constructor(
    private readonly pair: PairMatcher<Photo, Field>,
    private readonly photos: Record<Side, Photo>,
    private readonly longSide: number | null,
    context: RefineContext,
  ) {
    const { signal, stop, onTry } = context;
    this.signal = signal && stop ? AbortSignal.any([signal, stop]) : (signal ?? stop);
    this.stopAt = performance.now() + (context.budget ?? Infinity);
    this.progress = new SearchProgress(onTry);
    this.steps = new PhotoSteps(pair, photos);
    this.base = TRY_SCALE * (longSide ?? pair.matcher.manifest.passes[0].input.defaultLongSide);
  }

  /**
   * Aligns as often as that helps; what is given back if it does not help at all. A rough match is made again at full
   * size whatever its overlap.
   */
  async align(rough: Tried<Field>): Promise<Refined<Field>> {
    let best: Refined<Field> = rough;
    let isRough = rough.again !== undefined;
    for (let round = 0; round < MAX_ALIGNMENTS && (isRough || overlapOf(best) < CONFIDENT); round++) {
      const aligned = await this.alignOnce(best, isRough);
      if (!aligned) break;
      const raised = overlapOf(aligned) / overlapOf(best);
      if (!(raised > (isRough ? SHARPER : GAIN))) break;
      best = aligned;
      isRough = false;
      if (raised < ONWARD) break;
    }
    if (!isRough || overlapOf(best) < FOUND) return best;
    const again = await this.match(rough.again!, rough.rescue);
    return overlapOf(again) > overlapOf(best) * SHARPER ? again : best;
  }

  /** The most promising tries, best first. */
  async rescue(): Promise<Tried<Field>[]> {
    const { stopAt } = this;
    const coarse = this.coarseSearch(stopAt);
    if (!(await coarse.isPossible())) {
      return this.tryViews(viewTries(this.pair.matcher.manifest.passes[0].input.fixedSize ?? false), [], stopAt);
    }
    let best: Tried<Field>[] = [];
    let strongest = 0;
    for await (const candidates of coarse.proposals()) {
      strongest = Math.max(strongest, candidates[0].strength);
      for (const [i, candidate] of candidates.slice(0, MAX_CANDIDATES).entries()) {
        // What was found in time is looked at.
        if (i > 0 && performance.now() > stopAt) break;
        best = this.keepBest(best, await this.tryMotion(candidate));
        if (overlapOf(best[0]) > WEAK) break;
      }
      if (overlapOf(best[0]) > FOUND || performance.now() > stopAt) break;
    }
    // Features agree on something, and yet no motion holds: from far aside only the decoder recognises a place.
    if (strongest > SLANTED && overlapOf(best[0]) < FOUND) {
      best = await this.tryViews(slantedTries(), best, stopAt);
    }
    return best;
  }

  /** The match by another motion, mirrored or turned, by which the photos fit far better than as they were matched. */
  async rival(known: Refined<Field>): Promise<Refined<Field> | null> {
    const coarse = this.coarseSearch(Infinity);
    if (!(await coarse.isPossible())) return null;
    const motion = await coarse.rival(await this.motionOf(known));
    return motion && this.align(await this.tryMotion(motion));
  }

  /** A match that nothing was done for, with whether it shows a mirror image: networks find those, too. */
  async told(match: Refined<Field>): Promise<Refined<Field>> {
    if (this.tries > 0 || overlapOf(match) < WEAK) return match;
    const motion = await this.motionOf(match);
    return motion && isMirror(motion) ? { ...match, rescue: { ...match.rescue, isMirrored: true } } : match;
  }

  /** A match whose places share two motions that a pattern cannot tell apart, marked as such; see repetition.ts. */
  async doubted(match: Refined<Field>): Promise<Refined<Field>> {
    const { verdict } = this.pair.matcher.manifest;
    if (overlapOf(match) < verdict.good || this.pair.coarseFeature === null) return match;
    const side = match.statistics.b.consistentShare > match.statistics.a.consistentShare ? 'b' : 'a';
    const field = await this.pair.backend.readField(match.field, side);
    const { width, height } = field.photo;
    const cycleLimit = verdict.cycleShare * Math.max(width, height);
    const two = twoMotions(field, verdict.certainty, cycleLimit);
    if (two) {
      const longSide = this.base / TRY_SCALE;
      const tokens = await this.pair.tokens(this.photos[side], longSide, null, this.signal);
      if (repeatsItself(two, tokens)) return repeating(match);
    }
    // Most photos of one plane need no steps.
    if (!two && (await this.planeOf(match))) return match;
    return isStepsOff(field, verdict.certainty, cycleLimit, await this.steps.of(side)) ? repeating(match) : match;
  }

  /** A match by the shift that nearly all of both photos speaks for, if one does; see search/shifts.ts. */
  async shifted(match: Refined<Field>): Promise<Refined<Field>> {
    const shift = await this.steps.shift();
    if (!shift || isNear(shift, await this.planeOf(match))) return match;
    const { verdict, passes } = this.pair.matcher.manifest;
    const full = this.longSide ?? passes[0].input.defaultLongSide;
    // Small print says more at a larger size.
    for (const longSide of [full, SMALL_PRINT * full]) {
      this.progress.matching({ rotation: 0, isAligned: true });
      const again = await this.match(this.viewBy(shift, longSide), { tried: true, rotation: 0, scale: 1 });
      if (overlapOf(again) >= verdict.none && isNear(shift, await this.planeOf(again))) return again;
    }
    // The photos themselves say that it is wrong, and the network does not see the right one.
    return isHopeless(match) ? match : repeating(match);
  }

  /**
   * A match of a photo that looks like itself at a step, made again where the photos show that it is a step off; marked where
   * they do not tell. See search/steps.ts.
   */
  async atRightStep(match: Refined<Field>): Promise<Refined<Field>> {
    const { verdict } = this.pair.matcher.manifest;
    if (overlapOf(match) < verdict.good || this.atStep.has(match.field)) return match;
    this.atStep.add(match.field);
    const motion = await this.planeOf(match);
    const found = motion && (await this.steps.among(motion));
    if (!found || found === 'right') return match;
    if (found === 'unclear') {
      const moved = await this.shifted(match);
      return moved.field === match.field ? repeating(match) : moved;
    }
    const { rotation, scale, isMirrored = false } = match.rescue;
    const step = { homography: found, score: 0, strength: 0, rotation, scale, isMirrored };
    const again = await this.align(await this.tryMotion(step));
    const there = overlapOf(again) >= verdict.good ? await this.planeOf(again) : null;
    if (!there || (await this.steps.among(there)) !== 'right') return repeating(match);
    this.atStep.add(again.field);
    return again;
  }

  /** Whether less of what a match brings together differs than of another one: fronts look nearly alike mirrored and turned. */
  async isSeenBetter(match: Refined<Field>, present: Refined<Field>): Promise<boolean> {
    const [motion, known] = [await this.planeOf(match), await this.planeOf(present)];
    if (!motion || !known) return known === null;
    return (await this.steps.disagreement(motion)) < (await this.steps.disagreement(known));
  }

  /** The motion from A to B that explains nearly all of a match, if one does. */
  private planeOf(match: Refined<Field>): Promise<Matrix3 | null> {
    let plane = this.planes.get(match.field);
    if (!plane) {
      plane = motionsOfMatch(this.pair, this.photos, match).then((motions) => motions?.a ?? null);
      this.planes.set(match.field, plane);
    }
    return plane;
  }

  /** The best of what was made so far, where the search is stopped in the middle. */
  bestOf(match: Refined<Field>): Refined<Field> {
    let best = match;
    for (const other of this.held.values()) {
      const isRightSoFar = overlapOf(other) >= FOUND && isBetter(other, best);
      if (isRightSoFar) best = other;
    }
    return best;
  }

  /** Frees every match that was made, but this one. */
  releaseBut(kept: Field): void {
    for (const field of this.held.keys()) if (field !== kept) this.pair.backend.dispose(field);
    this.held.clear();
    this.views.clear();
  }

  private coarseSearch(stopAt: number): CoarseSearch<Photo, Field> {
    const onTry = (share: number, look: Look) => this.progress.compared(share, look);
    this.coarse ??= new CoarseSearch(this.pair, this.photos, this.longSide, { signal: this.signal, onTry, stopAt });
    return this.coarse;
  }

  /** Networks whose features say nothing by themselves: whole views, one after the other, through the decoder. */
  private async tryViews(tries: ViewTry[], before: Tried<Field>[], stopAt: number): Promise<Tried<Field>[]> {
    let best = before;
    let isHopeful = false;
    for (const [i, { rotation, scale, tilt, isLast }] of tries.entries()) {
      if (before.length && performance.now() > stopAt) break;
      const look = { rotation, ...(tilt && { isSlanted: true }), ...detailBy(scale) };
      if (!before.length) this.progress.compared(i / tries.length, look);
      const whole = wholeFrame(rotation, this.photos.b.size, tilt);
      const frame = { ...whole, name: `whole-${rotation}-${tilt?.direction}-${tilt?.by}` };
      const view = (base: number | null): View => ({
        redrawn: 'b',
        frame,
        longSide: { a: base && base * scale.a, b: base && base * scale.b * whole.growth },
      });
      const tried: Tried<Field> = {
        ...(await this.match(view(this.base), { tried: true, rotation, scale: scale.b / scale.a })),
        again: view(this.base / TRY_SCALE),
      };
      isHopeful ||= before.length ? overlapOf(tried) > SPARK : !isHopeless(tried);
      best = this.keepBest(best, tried);
      if (overlapOf(best[0]) > FOUND || (isLast && !isHopeful) || performance.now() > stopAt) break;
    }
    return best;
  }

  private keepBest(best: Tried<Field>[], tried: Tried<Field>): Tried<Field>[] {
    const ordered = [...best, tried].sort((one, other) => promiseOf(other) - promiseOf(one));
    for (const { field } of ordered.splice(MAX_CANDIDATES)) this.drop(field);
    return ordered;
  }

  private async tryMotion({ homography, rotation, scale, isMirrored }: Candidate): Promise<Tried<Field>> {
    const rescue = { tried: true, rotation, scale, ...(isMirrored && { isMirrored }) };
    const view = (longSide: number | null) => this.viewBy(homography, longSide);
    this.progress.matching({ rotation, ...(isMirrored && { isMirrored }), isAligned: true });
    return { ...(await this.match(view(this.base), rescue)), again: view(this.longSide) };
  }

  /** The match by the motion that a match found; null where there is none, or nothing new to be seen by it. */
  private async alignOnce(rough: Refined<Field>, isRough: boolean): Promise<Refined<Field> | null> {
    const motion = await this.motionOf(rough);
    if (!motion) return null;
    const { photos, views } = this;
    const sizes = { a: photos.a.size, b: photos.b.size };
    const drawn = views.get(rough.field);
    if (!isRough && departure(drawn ?? null, motion, sizes) < (drawn ? ALIKE.aligned : ALIKE.first)) return null;
    const rescue = { ...rough.rescue, ...(isMirror(motion) && { isMirrored: true }) };
    const { rotation, isMirrored } = rescue;
    this.progress.matching({ rotation, ...(isMirrored && { isMirrored }), isAligned: true });
    return this.match(this.viewBy(motion, this.longSide), rescue);
  }

  /** The homography from A to B that a match's certain places agree on. */
  private async motionOf(rough: Refined<Field>): Promise<Matrix3 | null> {
    const { a, b } = rough.statistics;
    // The photo that the other one shows closer has more places to say so.
    const side = b.meanCertainty > a.meanCertainty ? 'b' : 'a';
    const field = await this.pair.backend.readField(rough.field, side);
    const fitted = fitFrame(field, this.pair.matcher.manifest.verdict.certainty / 2);
    return fitted && side === 'b' ? invert3(fitted) : fitted;
  }

  private viewBy(homography: Matrix3, longSide: number | null): View {
    const sizes = { a: this.photos.a.size, b: this.photos.b.size };
    return { ...alignedView(homography, sizes), longSide: { a: longSide, b: longSide } };
  }

  private async match(view: View, rescue: Refined<Field>['rescue']): Promise<Refined<Field>> {
    const { redrawn, frame, longSide } = view;
    this.tries++;
    const { signal } = this;
    let judged: Judged<Field>;
    if (redrawn === 'b') {
      judged = await judge(this.pair, await this.pair.match(this.photos, { longSide, frame }, { signal }));
    } else {
      const { a, b } = this.photos;
      const plan = { longSide: { a: longSide.b, b: longSide.a }, frame };
      judged = exchanged(this.pair, await judge(this.pair, await this.pair.match({ a: b, b: a }, plan, { signal })));
    }
    const refined = { ...judged, rescue };
    this.held.set(judged.field, refined);
    this.views.set(judged.field, view);
    return refined;
  }

  private drop(field: Field): void {
    this.held.delete(field);
    this.views.delete(field);
    this.pair.backend.dispose(field);
  }
}

/** A match of which the photos do not tell whether it lies some steps of a pattern off. */
function repeating<Field>(match: Refined<Field>): Refined<Field> {
  return { ...match, rescue: { ...match.rescue, repeats: true } };
}

/** Whether two motions take the photo's middle to nearly the same place; no motion is near to none. */
function isNear(one: Matrix3, other: Matrix3 | null): boolean {
  if (!other) return false;
  const [[x, y], [u, v]] = [project(one, 0, 0), project(other, 0, 0)];
  return Math.hypot(x - u, y - v) < SAME_PLACE;
}

/** Which photo is shown smaller than the other one, if either is. */
const detailBy = (scale: Record<Side, number>): Pick<Look, 'detail'> =>
  scale.a === scale.b ? {} : { detail: scale.a < scale.b ? 'a' : 'b' };
