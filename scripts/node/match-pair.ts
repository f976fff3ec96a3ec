import type { CpuPhoto } from '../../src/matching/backend/cpu-backend.ts';
import type { PairMatcher } from '../../src/matching/pair-matcher.ts';
import { judge, type Refined } from '../../src/matching/judged.ts';
import { refine } from '../../src/matching/refine.ts';
import { toSubpixel } from '../../src/matching/search/subpixel.ts';
import { verdictOf } from '../../src/matching/verdict.ts';
import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import type { Side } from '../../src/core/geometry.ts';
import { type MatchResult, NO_RESCUE, type Verdict } from '../../src/core/match.ts';
import { FilePhoto } from './photo.ts';

export type NodeMatcher = PairMatcher<CpuPhoto, PlainMatchField>;

/** How pairs are matched. */
export interface MatchSettings {
  /** Long side of the network's input; null: the manifest's default. */
  size: number | null;
  rescue: boolean;
  /** Pictures of what counts of each photo. */
  masks?: { a?: string; b?: string };
}

export interface MatchedPair {
  photos: { a: FilePhoto; b: FilePhoto };
  fields: PlainMatchField;
  verdict: Verdict;
  /** Of the network's input for each photo. */
  inputSize: MatchResult['inputSize'];
  rescue: MatchResult['rescue'];
  /** Further matches after the first. */
  tries: number;
  /** Until the first match is there, which the page shows at once. */
  firstMilliseconds: number;
  milliseconds: number;
}

/**
 * Matches two files as the engine's worker does.
 * @param prepare what is done to a photo after it was opened; the time of it is not counted
 */
export async function matchPair(
  matcher: NodeMatcher,
  pair: { a: string; b: string },
  settings: MatchSettings,
  prepare: (photo: FilePhoto, side: Side) => FilePhoto = (photo) => photo,
): Promise<MatchedPair> {
  const photos = {
    a: prepare(await FilePhoto.open(pair.a), 'a'),
    b: prepare(await FilePhoto.open(pair.b), 'b'),
  };
  for (const side of ['a', 'b'] as const) {
    const mask = settings.masks?.[side];
    if (mask !== undefined) await photos[side].setMask(mask);
  }
  return matchPhotos(matcher, photos, settings);
}

/** The same of photos that are open. */
export async function matchPhotos(
  matcher: NodeMatcher,
  photos: MatchedPair['photos'],
  settings: Pick<MatchSettings, 'size' | 'rescue'>,
): Promise<MatchedPair> {
  const start = performance.now();
  const plan = { longSide: { a: settings.size, b: settings.size }, frame: null };
  const first = await judge(matcher, await matcher.match(photos, plan));
  const firstMilliseconds = performance.now() - start;
  const match: Refined<PlainMatchField> = settings.rescue
    ? await toSubpixel(matcher, photos, await refine(matcher, photos, settings.size, first))
    : { ...first, rescue: NO_RESCUE };
  return {
    photos,
    fields: match.field,
    verdict: verdictOf(match.statistics, matcher.matcher.manifest.verdict, {
      ...match.rescue,
      isMasked: matcher.backend.isMasked(match.field),
    }),
    inputSize: first.inputSize,
    rescue: match.rescue,
    tries: match.tries ?? 0,
    firstMilliseconds,
    milliseconds: performance.now() - start,
  };
}
