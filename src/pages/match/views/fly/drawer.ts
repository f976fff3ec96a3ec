import type { Size } from '../../../../core/geometry.ts';
import type { FlyPlace } from '../../../../core/viewer/fly.ts';
import type { ViewSettings } from '../../contract/view.ts';
import type { Rect } from '../../../../core/geometry.ts';

/** A picture of the scene in memory: RGBA premultiplied, alpha 0 where the scene has nothing. */
export interface FlyPicture extends Size {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** The scene of two photos, drawn from anywhere. Whoever shows it owns it, and destroys it. */
export type FlyDrawer = {
  destroy(): void;
} & (
  | {
      on: 'gpu';
      /** Records a picture, premultiplied; its texture holds until the next one. */
      record(encoder: GPUCommandEncoder, place: FlyPlace, size: Size): GPUTexture;
    }
  | {
      on: 'cpu';
      /** The last picture, while that of this place is made; then `onPicture` is called. Null before the first. */
      picture(place: FlyPlace, size: Size): FlyPicture | null;
      /** The picture of this place, once it is made. */
      render(place: FlyPlace, size: Size): Promise<FlyPicture>;
    }
);

export const placeOf = ({ flyAt, flyYaw, flyPitch }: ViewSettings): FlyPlace => ({
  at: flyAt,
  yaw: flyYaw,
  pitch: flyPitch,
});

/** Longer side that a picture is made at most: a photo that is zoomed is larger than any screen. */
const MAX_SIDE = 2048;

/** The size at which a picture is made for the rectangle that it lies at, device pixels. */
export function pictureSize({ width, height }: Rect): Size {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Alpha below which a pixel counts as a hole, and from which it is shown whole. */
export const HOLE = { below: 0.25, above: 0.6 } as const;
