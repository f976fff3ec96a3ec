import type { Side, Size } from '../../../../core/geometry.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { TrueViews } from '../../../../matching/scoring/measure.ts';
import type { ViewPhoto } from '../../../../matching/scoring/view-matchers.ts';
import { photoViewKey, type FrameRequest } from './frame.ts';

/** Both views of one frame with their truth, held while a matcher looks at them, whatever is rendered meanwhile. */
export interface PinnedViews extends TrueViews {
  /** Whether this frame is still the one that is shown. */
  isShown(): boolean;
  /** Frees what was copied for it. */
  release(): void;
}

/** Where a view's picture can be had. */
export interface ViewPicture {
  pixels?: Pixels;
  texture?: GPUTexture;
}

let framesPinned = 0;

/**
 * The views as matchers take them. View a has a key by its looks, so that its features outlive the frame; view b is
 * met once.
 */
export function viewPhotos(
  request: FrameRequest,
  size: Size,
  pictures: Record<Side, ViewPicture>,
): Record<Side, ViewPhoto> {
  const photo = (side: Side, key: string): ViewPhoto => ({
    key,
    size,
    pixels: () => pictures[side].pixels ?? missing('pixels'),
    texture: () => pictures[side].texture ?? missing('texture'),
  });
  return { a: photo('a', photoViewKey(request)), b: photo('b', `lift-b-${++framesPinned}`) };
}

function missing(what: string): never {
  throw new Error(`The ${what} of a view was asked for where models run elsewhere.`);
}
