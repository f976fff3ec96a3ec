import type { PlainMatchField } from '../compute/field/cpu.ts';
import type { Side } from '../core/geometry.ts';
import { type MatchResult, NO_RESCUE, type Verdict } from '../core/match.ts';
import type { PhotoHandle } from './backend/backend.ts';
import { judge, refuseBroken, type Refined } from './judged.ts';
import type { MatchContext, Matched, PairMatcher } from './pair-matcher.ts';
import { refine } from './refine.ts';
import { toSubpixel } from './search/subpixel.ts';
import { verdictOf } from './verdict.ts';

export interface MatchRun {
  /** Longer side of the network's input; null: the manifest's default. */
  longSide: number | null;
  /** Whether a weak match is looked at again, see refine.ts. */
  rescue: boolean;
  /** Whether the last step on the photos themselves is made; without it as `rescue` says. */
  isSubpixel?: boolean;
  /** Further tries begin no later than after so many times the first match; without it all are made. */
  patience?: number;
  signal?: AbortSignal;
  onStage?: MatchContext['onStage'];
  /** The first match is there, which the page shows at once. */
  onFirst?: () => void;
  /** Hears 0…1 of the further tries. */
  onTry?: (fraction: number) => void;
}

/** A match in ordinary memory. */
export interface MatchedPhotos extends Pick<Matched<unknown>, 'inputSize' | 'cached'> {
  fields: PlainMatchField;
  verdict: Verdict;
  rescue: MatchResult['rescue'];
  /** Further matches after the first. */
  tries: number;
  /** Until the first match is there, which the page shows at once. */
  firstMilliseconds: number;
}

/**
 * Matches two photos as the match page does, and reads the dense fields back; nothing stays on the GPU. The one way of everything
 * that shows nothing meanwhile: the module for other code, sets, the command line.
 */
export async function matchPhotos<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  { longSide, rescue, isSubpixel = rescue, patience, signal, onStage, onFirst, onTry }: MatchRun,
): Promise<MatchedPhotos> {
  const { backend, matcher } = pair;
  const plan = { longSide: { a: longSide, b: longSide }, frame: null };
  const start = performance.now();
  const first = await judge(pair, await pair.match(photos, plan, { signal, onStage }));
  const firstMilliseconds = performance.now() - start;
  try {
    refuseBroken(first.statistics, matcher.manifest.name);
  } catch (error) {
    backend.dispose(first.field);
    throw error;
  }
  onFirst?.();
  const budget = patience && patience * firstMilliseconds;
  const held = new Set([first.field]);
  try {
    const found: Refined<Field> = rescue
      ? await refine(pair, photos, longSide, first, { signal, onTry, budget })
      : { ...first, rescue: NO_RESCUE };
    held.add(found.field);
    const refined = isSubpixel ? await toSubpixel(pair, photos, found) : found;
    held.add(refined.field);
    return {
      fields: { a: await backend.readField(refined.field, 'a'), b: await backend.readField(refined.field, 'b') },
      verdict: verdictOf(refined.statistics, matcher.manifest.verdict, {
        ...refined.rescue,
        isMasked: backend.isMasked(refined.field),
      }),
      rescue: refined.rescue,
      inputSize: first.inputSize,
      cached: first.cached,
      tries: refined.tries ?? 0,
      firstMilliseconds,
    };
  } finally {
    for (const field of held) backend.dispose(field);
  }
}
