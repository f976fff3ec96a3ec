import type { Side } from '../core/geometry.ts';
import type { Progress } from '../../public/api.d.ts';
import type { PhotoHandle } from '../matching/backend/backend.ts';
import type { PairMatcher } from '../matching/pair-matcher.ts';
import { NO_RESCUE } from '../core/match.ts';
import { judge, type Refined } from '../matching/judged.ts';
import { refine } from '../matching/refine.ts';
import { toSubpixel } from '../matching/search/subpixel.ts';
import { verdictOf } from '../matching/verdict.ts';
import type { MatchParts } from './plain-match.ts';

export interface MatchRun {
  longSide: number | null;
  rescue: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** Matches two photos as the page does, and reads the dense fields back. Nothing stays on the GPU. */
export async function matchPhotos<Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  { longSide, rescue, signal, onProgress }: MatchRun,
): Promise<Omit<MatchParts, 'exifFocal'>> {
  const { backend, matcher } = pair;
  const context = { signal, onStage: (stage: string) => onProgress?.({ stage, fraction: null }) };
  const plan = { longSide: { a: longSide, b: longSide }, frame: null };
  const first = await judge(pair, await pair.match(photos, plan, context));
  const held = new Set([first.field]);
  try {
    const onTry = (fraction: number) => onProgress?.({ stage: 'rescue', fraction });
    const found: Refined<Field> = rescue
      ? await refine(pair, photos, longSide, first, { signal, onTry })
      : { ...first, rescue: NO_RESCUE };
    held.add(found.field);
    const refined = rescue ? await toSubpixel(pair, photos, found) : found;
    held.add(refined.field);
    const fields = { a: await backend.readField(refined.field, 'a'), b: await backend.readField(refined.field, 'b') };
    return {
      fields,
      verdict: verdictOf(refined.statistics, matcher.manifest.verdict, refined.rescue),
      rescue: refined.rescue,
    };
  } finally {
    for (const field of held) backend.dispose(field);
  }
}
