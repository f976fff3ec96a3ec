import { throwIfAborted } from '../core/errors.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { Look } from '../core/match.ts';
import { invert3, type Matrix3, multiply3, project } from '../core/matrix3.ts';
import { alignedView, mirrored, partFrame, type Tilt, type ViewFrame, wholeFrame } from './align.ts';
import type { PhotoHandle } from './backend/backend.ts';
import { type CoarseSupport, coarseSupport, type Tokens } from './coarse.ts';
import type { PairMatcher } from './pair-matcher.ts';

/** A motion between the photos that their coarse features speak for. */
export interface Candidate {
  /** Normalised A to normalised B. */
  homography: Matrix3;
  score: number;
  strength: number;
  /** Of B, degrees, and how much larger A was shown than B: what was assumed when it was found. */
  rotation: number;
  scale: number;
  isMirrored: boolean;
  /** It was drawn and compared again. */
  isFollowed?: boolean;
}

/** A score is strong by its share of a perfect one, or of this one where views of many cells could reach more. */
const FULL_SCORE = 170;
/** From this strength on a motion is right as good as always: no further kinds of views are tried. */
const SURE = 0.6;
/** What is not sure at last is compared at a larger input, in bases, where right motions reach many times more. */
const FINE = { size: 1.57, motions: 5, from: 0.15, rounds: 2 } as const;
/** A weaker motion is not worth the decoder's time; of unrelated photos few are stronger. */
const PROMISING = 0.18;
/** Below this score a motion is not even looked at again. Right ones of small details begin as low. */
const WEAKEST = 2;
/**
 * Motions of a kind of views that are followed up: once each (the best few twice), and those that are this strong then as
 * long as they rise. A right one gathers more each time, at first from next to nothing.
 */
const FOLLOWED = { motions: 6, twice: 3, rounds: 5, strength: 0.14 } as const;
/** Input at which photos are compared, as a share of the usual long side. */
const BASE = 0.57;
/** Mirrored photos must agree this strongly: castles are nearly symmetric. */
const MIRRORED = 0.9;
/**
 * A motion that is to take the place of a known one must agree this strongly, and this many times more. It is looked for at a
 * smaller input, in bases, where whole photos agree as strongly and chance no more (of 168 wrong looks the strongest had 0.32,
 * but for one at 0.5 beside a right one), in a third of the time.
 */
const RIVAL = { strength: 0.9, better: 1.2, size: 0.6, seen: 0.3 } as const;
/**
 * Kinds of views after which nothing comes of the others where nothing stronger than this has come of these: of photos turned and
 * slanted at random what a later kind found had begun stronger, of unrelated ones five in six stay weaker.
 */
const LIKELY = { stages: 4, strength: 0.25 } as const;
const QUARTERS = [0, 180, 90, -90] as const;
const DIAGONALS = [45, -45, 135, -135] as const;
/** Directions along which a photo is stretched for the case that it was taken from far aside. */
const SLANTS = [0, 90, 45, 135].map((direction) => ({ direction, by: 2 }));
/**
 * How much wider one photo may be than the other: inputs, in bases, of the detail and of the wide one. The features bear a
 * factor of 1.8 either way.
 */
const DETAILS = { 2: { detail: 1, wide: 2 }, 4: { detail: 0.64, wide: 2.56 }, 8: { detail: 0.5, wide: 4 } } as const;
/** A photo is not enlarged by more than this to look for details in it: there are none. */
const ENLARGED = 1.25;
/** From this ratio of the files' sides on, the smaller photo may have been cut out of the larger: pixel for pixel. */
const CUT_OUT = 1.5;
/** Places that are looked at then. */
const PIECES = 4;
/** Largest input of one view, in bases, and the ratio from which on the detail is halved to keep the other one small. */
const LARGEST_VIEW = 4.1;
const HALVED_FROM = 9;
/** A view that every feature that can be compared at all finds itself in: what a first use of a network is tested by. */
const TEST_VIEW = { rotation: 15, part: 0.8, strength: 0.3 } as const;

/** What is compared in one go: a view of A and one of B. */
interface Views {
  a: View;
  b: View;
}

interface View {
  /** In bases. */
  size: number;
  rotation?: number;
  isMirrored?: boolean;
  tilt?: Tilt;
  /** Centre of a part of half the sides, normalised; the whole photo if absent. */
  part?: readonly [number, number];
}

export interface CoarseContext {
  signal?: AbortSignal;
  /** Called before every comparison with the share of them that is done. */
  onTry?: (share: number, look: Look) => void;
  /** Time after which no further comparison begins (performance.now). */
  stopAt?: number;
}

/** Networks whose coarse features were found to be comparable by themselves. */
const comparable = new WeakSet<object>();

/**
 * Looks for motions by the encoder's coarse features alone: turns, mirrored photos, details of each other. A comparison
 * takes a small fraction of a match, and what it finds is only a proposal: the decoder has the last word.
 */
export class CoarseSearch<Photo extends PhotoHandle, Field> {
  private readonly tokens = new Map<string, Promise<Tokens>>();
  private readonly base: number;

  constructor(
    private readonly pair: PairMatcher<Photo, Field>,
    private readonly photos: Record<Side, Photo>,
    longSide: number | null,
    private readonly context: CoarseContext,
  ) {
    const { input } = pair.matcher.manifest.passes[0];
    this.base = BASE * (longSide ?? input.defaultLongSide);
  }

  /** Whether the network's coarse features find a photo in a turned part of itself. */
  async isPossible(): Promise<boolean> {
    const { pair } = this;
    const { input } = pair.matcher.manifest.passes[0];
    if (pair.coarseFeature === null || input.fixedSize || input.sizing === 'square') return false;
    if (comparable.has(pair.matcher)) return true;
    for (const side of ['a', 'b'] as const) {
      const { size } = this.photos[side];
      const frame = partFrame(TEST_VIEW.part, [0, 0], size);
      const turned = wholeFrame(TEST_VIEW.rotation, frame.size);
      const view = { ...turned, matrix: multiply3(frame.matrix, turned.matrix) };
      const seen = await this.read(side, view, this.base * turned.growth);
      const found = coarseSupport(seen, await this.tokensOf(side, { size: 1 }));
      if (strengthOf(found) < TEST_VIEW.strength) continue;
      comparable.add(pair.matcher);
      return true;
    }
    return false;
  }

  /**
   * Motions for the decoder to judge, the best supported first: as soon as one is sure, all that are there. Who asks for more
   * has refuted those, and gets them no second time: coarse features of a photo and of another one upside down may agree on
   * a layout that the decoder does not see.
   */
  async *proposals(): AsyncGenerator<Candidate[]> {
    let found = await this.pieces();
    const refuted: Candidate[] = [];
    const offer = (): Candidate[] => {
      const offered = found;
      refuted.push(...offered);
      found = [];
      return offered;
    };
    const fresh = (all: Candidate[]) =>
      all.filter(({ homography }) => !refuted.some((other) => isAlike(homography, other.homography)));
    if (found.some(isSure)) yield offer();
    const stages = this.stages();
    const total = stages.reduce((sum, stage) => sum + stage.length, 0);
    let done = 0;
    for (const [i, stage] of stages.entries()) {
      for (const views of stage) {
        this.context.onTry?.(done++ / total, lookOf(views));
        if (!this.isInTime()) break;
        const candidate = await this.compare(views);
        if (!candidate || !fresh([candidate]).length) continue;
        found.push(candidate);
        if (isSure(candidate)) {
          found = fresh(await this.followed(ranked(found)));
          if (found.some(isSure)) yield offer();
        }
      }
      found = fresh(await this.followed(ranked(found)));
      if (found.some(isSure)) yield offer();
      if (i >= LIKELY.stages - 1 && !found.some(({ strength }) => strength > LIKELY.strength)) return;
    }
    const left = ranked(await this.looked(found)).filter(({ strength }) => strength > PROMISING);
    if (left.length) yield left;
  }

  /**
   * Places where the smaller file may have been cut out of the larger one, pixel for pixel, by their brightness alone: of
   * details that features of whole cells are too coarse for. Features have to agree.
   */
  private async pieces(): Promise<Candidate[]> {
    const { a, b } = this.photos;
    const [detail, wide] = longSideOf(a.size) < longSideOf(b.size) ? (['a', 'b'] as const) : (['b', 'a'] as const);
    const ratio = longSideOf(this.photos[wide].size) / longSideOf(this.photos[detail].size);
    if (ratio < CUT_OUT) return [];
    // Most photos are of a size: its code comes when it is needed.
    const { cutOutSizes, findCutOut } = await import('./search/cut-out.ts');
    const sizes = cutOutSizes(this.photos[detail].size, this.photos[wide].size);
    const grey = async (side: Side, size: Size) => ({ size, values: await this.pair.grey(this.photos[side], size) });
    const places = findCutOut(await grey(detail, sizes.detail), await grey(wide, sizes.wide), PIECES);
    const found: Candidate[] = [];
    for (const { homography } of places) {
      const motion = detail === 'a' ? homography : invert3(homography);
      if (!motion || !this.isInTime()) continue;
      this.context.onTry?.(0, { rotation: 0, detail });
      const scale = detail === 'a' ? ratio : 1 / ratio;
      const start = { homography: motion, score: 0, strength: 0, rotation: 0, scale, isMirrored: false };
      const candidate = await this.alongside(start, 1);
      if (candidate) found.push({ ...candidate, isFollowed: true });
      if (candidate && isSure(candidate)) break;
    }
    return ranked(found.filter(({ score }) => score > WEAKEST));
  }

  /** The last resort: the best motions at a larger input, where right ones stand out. */
  private async looked(candidates: Candidate[]): Promise<Candidate[]> {
    const looked: Candidate[] = [];
    for (const [i, start] of candidates.entries()) {
      let best = start;
      for (let round = 0; i < FINE.motions && start.strength > FINE.from && round < FINE.rounds; round++) {
        if (!this.isInTime()) break;
        const fine = await this.alongside(best, FINE.size);
        if (!fine || fine.strength < (round ? best.strength : FINE.from)) break;
        best = fine;
      }
      looked.push(best);
      if (isSure(best)) break;
    }
    return looked;
  }

  /** The best motions, each drawn and compared again as long as that makes more cells agree. */
  private async followed(candidates: Candidate[]): Promise<Candidate[]> {
    let left = FOLLOWED.motions;
    const followed: Candidate[] = [];
    for (const start of candidates) {
      let best = start;
      if (!start.isFollowed && left-- > 0) {
        for (let round = 0; round < FOLLOWED.rounds && best.strength < SURE && this.isInTime(); round++) {
          const next = await this.alongside(best, 1);
          if (!next || next.score <= best.score) break;
          best = next;
          if (best.strength < FOLLOWED.strength && (round > 0 || left < FOLLOWED.motions - FOLLOWED.twice)) break;
        }
      }
      followed.push({ ...best, isFollowed: true });
      if (isSure(best)) break;
    }
    return ranked(followed);
  }

  private isInTime(): boolean {
    return performance.now() < (this.context.stopAt ?? Infinity);
  }

  /**
   * Whether the photos fit much better mirrored or turned than by a motion that is known: what was found first may be a street
   * that looks like its mirror image.
   * @returns the best such motion, or null
   */
  async rival(known: Matrix3 | null): Promise<Candidate | null> {
    const turns = QUARTERS.flatMap((rotation) => [
      { rotation, isMirrored: true },
      { rotation, isMirrored: false },
    ]);
    const found: Candidate[] = [];
    for (const turn of turns) {
      const { size } = RIVAL;
      const candidate = await this.compare({ a: { size }, b: { size, ...turn } });
      // One that would fit far better is seen at once; what agrees by chance is not followed up.
      if (!candidate || candidate.strength < RIVAL.seen) continue;
      if (!(known && isAlike(candidate.homography, known))) found.push(candidate);
    }
    const [best] = await this.followed(ranked(found));
    if (!best || best.strength < RIVAL.strength) return null;
    const again = await this.alongside(best, 1);
    const straight = known && (await this.alongside({ ...best, homography: known }, 1));
    return (again?.score ?? 0) > RIVAL.better * (straight?.score ?? 0) ? best : null;
  }

  /** Kinds of views, the likely ones first. */
  private stages(): Views[][] {
    const turned = QUARTERS.map((rotation) => ({ a: { size: 1 }, b: { size: 1, rotation } }));
    const flipped = QUARTERS.map((rotation) => ({ a: { size: 1 }, b: { size: 1, rotation, isMirrored: true } }));
    const diagonal = DIAGONALS.map((rotation) => ({ a: { size: 1 }, b: { size: 1, rotation } }));
    const slanted = SLANTS.flatMap((tilt): Views[] => [
      { a: { size: 1 }, b: { size: 1, tilt } },
      { a: { size: 1, tilt }, b: { size: 1 } },
    ]);
    // A small detail that is turned as well is rare, and looking for it would take as long as all others.
    const far = [...this.upright(), ...this.details(4, QUARTERS), ...this.details(8, QUARTERS.slice(0, 1))];
    return [
      this.cutOut(),
      [...turned, ...this.details(2, QUARTERS)],
      flipped,
      far,
      [...diagonal, ...this.details(2, DIAGONALS)],
      [...slanted, ...this.details(4, DIAGONALS)],
    ];
  }

  /** Either photo as a detail of the other. */
  private details(ratio: keyof typeof DETAILS, rotations: readonly number[]): Views[] {
    const { detail, wide } = DETAILS[ratio];
    const canHold = (side: Side) => wide * this.base <= ENLARGED * longSideOf(this.photos[side].size);
    return rotations.flatMap((rotation): Views[] => [
      ...(canHold('a') ? [{ a: { size: wide }, b: { size: detail, rotation } }] : []),
      ...(canHold('b') ? [{ a: { size: detail, rotation }, b: { size: wide } }] : []),
    ]);
  }

  /** Either photo as a fourth of the other, upright as most are, with as many cells as there can be. */
  private upright(): Views[] {
    const canHold = (side: Side) => 4 * this.base <= ENLARGED * longSideOf(this.photos[side].size);
    return [
      ...(canHold('a') ? [{ a: { size: 4 }, b: { size: 1 } }] : []),
      ...(canHold('b') ? [{ a: { size: 1 }, b: { size: 4 } }] : []),
    ];
  }

  /** The smaller file as a piece of the larger one, upright and pixel for pixel; before nine parts where that is large. */
  private cutOut(): Views[] {
    const [a, b] = [this.photos.a, this.photos.b].map(({ size }) => longSideOf(size));
    const ratio = Math.max(a / b, b / a);
    if (ratio < CUT_OUT) return [];
    const detail = { size: ratio < HALVED_FROM ? 1 : 0.5 };
    const wide = Math.min(detail.size * ratio, 2 * LARGEST_VIEW);
    const parts = [0, -0.5, 0.5].flatMap((y) => [0, -0.5, 0.5].map((x) => [x, y] as const));
    const views: View[] = wide <= LARGEST_VIEW ? [{ size: wide }] : parts.map((part) => ({ size: wide / 2, part }));
    return views.map((view) => (a > b ? { a: view, b: detail } : { a: detail, b: view }));
  }

  private async compare({ a, b }: Views): Promise<Candidate | null> {
    const tokens = { a: await this.tokensOf('a', a), b: await this.tokensOf('b', b) };
    // From the smaller grid to the larger: each cell of a detail has one place in the wide photo.
    const isDetailB = tokens.b.grid.width * tokens.b.grid.height < tokens.a.grid.width * tokens.a.grid.height;
    const found: CoarseSupport = isDetailB ? coarseSupport(tokens.b, tokens.a) : coarseSupport(tokens.a, tokens.b);
    const between = isDetailB && found.homography ? invert3(found.homography) : found.homography;
    if (!between || found.score < WEAKEST) return null;
    const [frameA, frameB] = [this.frameOf('a', a), this.frameOf('b', b)];
    const back = invert3(frameA.matrix);
    const homography = back && multiply3(frameB.matrix, multiply3(between, back));
    if (!homography) return null;
    return {
      homography,
      score: found.score,
      strength: strengthOf(found),
      rotation: turnOf((b.rotation ?? 0) - (a.rotation ?? 0)),
      scale: b.size / a.size,
      isMirrored: b.isMirrored ?? false,
    };
  }

  /** The motion once more, from how both look where the one that shows more is drawn by it; `size` in bases. */
  private async alongside(motion: Candidate, size: number): Promise<Candidate | null> {
    const { redrawn, frame } = alignedView(motion.homography, { a: this.photos.a.size, b: this.photos.b.size });
    const seen = await this.read(redrawn, frame, this.base * size);
    const found = coarseSupport(await this.tokensOf(redrawn === 'b' ? 'a' : 'b', { size }), seen);
    const moved = found.homography && multiply3(frame.matrix, found.homography);
    const between = moved && redrawn === 'a' ? invert3(moved) : moved;
    return between && { ...motion, homography: between, score: found.score, strength: strengthOf(found) };
  }

  private tokensOf(side: Side, view: View): Promise<Tokens> {
    const key = JSON.stringify([side, view.size, view.rotation ?? 0, view.isMirrored ?? false, view.tilt, view.part]);
    let tokens = this.tokens.get(key);
    if (!tokens) {
      const frame = this.frameOf(side, view);
      tokens = this.read(side, frame, this.base * view.size * frame.growth);
      this.tokens.set(key, tokens);
    }
    return tokens;
  }

  private read(side: Side, frame: { matrix: Matrix3; size: Size }, longSide: number): Promise<Tokens> {
    throwIfAborted(this.context.signal);
    return this.pair.tokens(this.photos[side], longSide, frame, this.context.signal);
  }

  private frameOf(side: Side, { rotation = 0, isMirrored, tilt, part }: View): ViewFrame {
    const { size } = this.photos[side];
    if (part) return partFrame(0.5, part, size);
    const frame = wholeFrame(rotation, size, tilt);
    return isMirrored ? mirrored(frame) : frame;
  }
}

const strengthOf = ({ score, perfect }: CoarseSupport): number => score / Math.min(FULL_SCORE, Math.max(1, perfect));

const isSure = ({ strength, isMirrored }: Candidate): boolean => strength > (isMirrored ? MIRRORED : SURE);

function lookOf({ a, b }: Views): Look {
  const detail = a.size < b.size ? 'a' : 'b';
  return {
    rotation: turnOf((b.rotation ?? 0) - (a.rotation ?? 0)),
    ...(a.size !== b.size && { detail }),
    ...(b.isMirrored && { isMirrored: true }),
    ...((a.tilt ?? b.tilt) && { isSlanted: true }),
  };
}

const longSideOf = ({ width, height }: Size): number => Math.max(width, height);

/** The best first, each motion once. */
function ranked(found: Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const one of found.sort((p, q) => q.score - p.score)) {
    if (!kept.some((other) => isAlike(one.homography, other.homography))) kept.push(one);
  }
  return kept;
}

/** Whether two motions take the photo's middle and quarters to places that are near for the size of what they show. */
function isAlike(p: Matrix3, q: Matrix3): boolean {
  const places = [
    [0, 0],
    [-0.5, -0.5],
    [0.5, 0.5],
  ];
  const [by, beside] = [p, q].map((m) => places.map(([x, y]) => project(m, x, y)));
  const size = Math.hypot(by[1][0] - by[2][0], by[1][1] - by[2][1]);
  return by.every(([x, y], k) => Math.hypot(x - beside[k][0], y - beside[k][1]) < 0.25 * size);
}

/** Degrees in (−180, 180]. */
function turnOf(degrees: number): number {
  const turn = ((degrees % 360) + 360) % 360;
  return turn > 180 ? turn - 360 : turn;
}
