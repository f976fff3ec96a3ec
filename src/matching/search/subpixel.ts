import { type Grey, greyOf } from '../../compute/lucas-kanade/cpu.ts';
import { isFlat, MotionWindows } from '../../compute/lucas-kanade/follow-motion.ts';
import { otherSide, type Side, type Size } from '../../core/geometry.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import { type PhotoHandle, sureFromOf } from '../backend/backend.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import type { Refined } from '../judged.ts';
import { shiftsOf } from './explained.ts';
import { motionsOfMatch } from './motions-of-match.ts';
import { geometryOf, isUnexplained } from './one-geometry.ts';

/** Longer side at which the photos are read: finer than any network's input here, and no finer than what a place tells. */
const READ = 896;

/**
 * The last fraction of a pixel, where the model wants it (manifest `subpixel`) and the photos have a common scene: each
 * place moves to where the photos themselves agree best; what shows nothing follows the rest where that is of one motion; and
 * what lies off the one geometry of all is certain no longer (explained.ts).
 * A match of its own; the given one stays the caller's.
 */
export async function toSubpixel<Photo extends PhotoHandle, Field, Match extends Refined<Field>>(
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
    const greys = { a: await greyOfImage(pair, photo.a), b: await greyOfImage(pair, photo.b) };
    const motions = await motionsOfMatch(pair, photos, { ...match, field }, (side) => ({
      isFlat: flatnessOf(greys[side]),
      mayFollow: (motion) => {
        const windows = new MotionWindows(greys[side], greys[otherSide(side)], motion);
        return (x, y, u, v) => windows.follow(x, y, u, v);
      },
    }));
    if (motions) {
      const followed = backend.followMotion(field, photo, motions, verdict, masks);
      backend.dispose(field);
      field = followed;
    }
    const plain = { a: await backend.readField(field, 'a'), b: await backend.readField(field, 'b') };
    const flat = { a: flatPlaces(greys.a, plain.a.grid), b: flatPlaces(greys.b, plain.b.grid) };
    const sureFrom = sureFromOf(verdict, { a: plain.a.photo, b: plain.b.photo });
    const geometry = geometryOf(plain, flat, sureFrom, motions?.a ?? null);
    if (geometry) backend.shiftLogits(field, plain, shiftsOf(plain, flat, geometry), masks);
    const rescue = isUnexplained(geometry) ? { ...match.rescue, isUnexplained: true } : match.rescue;
    return { ...match, field, rescue, statistics: await backend.statistics(field, verdict) };
  } finally {
    for (const image of images) image.dispose();
  }
}

async function greyOfImage<Photo extends PhotoHandle, Field>(
  { backend }: PairMatcher<Photo, Field>,
  image: RuntimeTensor,
): Promise<Grey> {
  const [, , height, width] = image.dims;
  return greyOf({ size: { width, height }, values: await backend.readTensor(image) });
}

const flatnessOf = (grey: Grey) => (x: number, y: number) =>
  isFlat(grey, 0.5 * (x + 1) * grey.size.width, 0.5 * (y + 1) * grey.size.height);

/** 1 for places of a grid about which the photo shows nothing. */
function flatPlaces(grey: Grey, { width, height }: Size): Uint8Array {
  const isBlank = flatnessOf(grey);
  return Uint8Array.from({ length: width * height }, (_, k) =>
    isBlank((2 * (k % width) + 1) / width - 1, (2 * Math.floor(k / width) + 1) / height - 1) ? 1 : 0,
  );
}

function readSize({ width, height }: Size): Size {
  const scale = Math.min(1, READ / Math.max(width, height));
  return { width: Math.max(2, Math.round(scale * width)), height: Math.max(2, Math.round(scale * height)) };
}
