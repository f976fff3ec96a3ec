import { greyOf } from '../../compute/lucas-kanade/cpu.ts';
import { isFlat } from '../../compute/lucas-kanade/follow-motion.ts';
import type { Side, Size } from '../../core/geometry.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import type { PhotoHandle } from '../backend/backend.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import type { Judged } from '../judged.ts';
import { motionsOfMatch } from './motions-of-match.ts';

/** Longer side at which the photos are read: finer than any network's input here, and no finer than what a place tells. */
const READ = 896;

/**
 * The last fraction of a pixel, where the model wants it (manifest `subpixel`) and the photos have a common scene: each
 * place moves to where the photos themselves agree best; and what shows nothing follows the rest where that is of one motion.
 * A match of its own; the given one stays the caller's.
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
    const photo = { a: read('a'), b: read('b') };
    let field = backend.refineField(match.field, photo, masks);
    const motions = await motionsOf(pair, photos, { ...match, field }, photo);
    if (motions) {
      const followed = backend.followMotion(field, photo, motions, verdict, masks);
      backend.dispose(field);
      field = followed;
    }
    return { ...match, field, statistics: await backend.statistics(field, verdict) };
  } finally {
    for (const image of images) image.dispose();
  }
}

/** Of each photo's places, the one motion that explains nearly all that can be seen, if there is one. */
const motionsOf = <Photo extends PhotoHandle, Field>(
  pair: PairMatcher<Photo, Field>,
  photos: Record<Side, Photo>,
  match: Judged<Field>,
  images: Record<Side, RuntimeTensor>,
) =>
  motionsOfMatch(pair, photos, match, async (side) => {
    const [, , height, width] = images[side].dims;
    const grey = greyOf({ size: { width, height }, values: await pair.backend.readTensor(images[side]) });
    return (x, y) => isFlat(grey, 0.5 * (x + 1) * width, 0.5 * (y + 1) * height);
  });

function readSize({ width, height }: Size): Size {
  const scale = Math.min(1, READ / Math.max(width, height));
  return { width: Math.max(2, Math.round(scale * width)), height: Math.max(2, Math.round(scale * height)) };
}
