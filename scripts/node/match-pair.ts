import type { CpuPhoto } from '../../src/matching/backend/cpu-backend.ts';
import { type MatchedPhotos, matchPhotos } from '../../src/matching/match-photos.ts';
import type { PairMatcher } from '../../src/matching/pair-matcher.ts';
import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import type { Side } from '../../src/core/geometry.ts';
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

export interface MatchedPair extends MatchedPhotos {
  photos: { a: FilePhoto; b: FilePhoto };
  milliseconds: number;
  /** The same in processor time of this process, which other work on the machine makes no longer. */
  processor: { first: number; end: number };
}

/**
 * Matches two files as `createMatcher` does, with their masks.
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
  return matchOpened(matcher, photos, settings);
}

/** The same of photos that are open. */
export async function matchOpened(
  matcher: NodeMatcher,
  photos: MatchedPair['photos'],
  settings: Pick<MatchSettings, 'size' | 'rescue'>,
): Promise<MatchedPair> {
  const start = performance.now();
  const before = process.cpuUsage();
  const processor = { first: 0, end: 0 };
  const matched = await matchPhotos(matcher, photos, {
    longSide: settings.size,
    rescue: settings.rescue,
    onFirst: () => {
      processor.first = millisecondsSince(before);
    },
  });
  processor.end = millisecondsSince(before);
  return { ...matched, photos, milliseconds: performance.now() - start, processor };
}

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
