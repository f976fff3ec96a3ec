import type { Side } from '../../shared/geometry.ts';
import { photoViewKey, type FrameRequest, type PlainFrame } from './frame.ts';
import type { ViewPhoto } from './matchers.ts';

/** Both views of one frame, held while a matcher looks at them, whatever is rendered meanwhile. */
export interface PinnedViews {
  frame: PlainFrame;
  photos: Record<Side, ViewPhoto>;
  /** Whether this frame is still the one that is shown. */
  isShown(): boolean;
  /** Frees what was copied for it. */
  release(): void;
}

let framesPinned = 0;

/**
 * The views as matchers take them. View a has a key by its looks, so that its features outlive the frame; view b is
 * met once.
 * @param textures copies of the views on the device that models run on; null where they run elsewhere
 */
export function viewPhotos(
  request: FrameRequest,
  { size, colour }: PlainFrame,
  textures: Record<Side, GPUTexture> | null,
): Record<Side, ViewPhoto> {
  const photo = (side: Side, key: string): ViewPhoto => ({
    key,
    size,
    pixels: () => ({ data: colour[side], ...size }),
    texture: () => {
      if (!textures) throw new Error('A texture was asked for without a device.');
      return textures[side];
    },
  });
  return { a: photo('a', photoViewKey(request)), b: photo('b', `lift-b-${++framesPinned}`) };
}
