import type { Side, Size } from '../../core/geometry.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import type { PhotoHandle } from '../backend/backend.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import type { Judged } from '../judged.ts';

/** Longer side at which the photos are read: finer than any network's input here, and no finer than what a place tells. */
const READ = 896;

/**
 * The last fraction of a pixel, where the model wants it (manifest `subpixel`) and the photos have a common scene: each
 * place moves to where the photos themselves agree best. A match of its own; the given one stays the caller's.
 */
export async function toSubpixel<Photo extends PhotoHandle, Field, Match extends Judged<Field>>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  match: Match,
): Promise<Match> {
  const { backend, matcher } = pair;
  const { verdict, subpixel } = matcher.manifest;
  const { a, b } = match.statistics;
  if (!subpixel || Math.max(a.consistentShare, b.consistentShare) < verdict.none) return match;
  const images: RuntimeTensor[] = [];
  try {
    const read = (side: Side): RuntimeTensor => {
      const image = pair.plainImage(photos[side], readSize(photos[side].size));
      images.push(image);
      return image;
    };
    const masks = { a: photos.a.mask ?? null, b: photos.b.mask ?? null };
    const field = backend.refineField(match.field, { a: read('a'), b: read('b') }, masks);
    return { ...match, field, statistics: await backend.statistics(field, verdict) };
  } finally {
    for (const image of images) image.dispose();
  }
}

function readSize({ width, height }: Size): Size {
  const scale = Math.min(1, READ / Math.max(width, height));
  return { width: Math.max(2, Math.round(scale * width)), height: Math.max(2, Math.round(scale * height)) };
}
