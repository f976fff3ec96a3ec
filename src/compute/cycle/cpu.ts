import { BilinearReader } from '../field/bilinear.ts';
import type { PlainField } from '../field/cpu.ts';

/** Cycle error of a place whose warp leaves the other photo: large and finite, so that comparisons stay simple. */
export const CYCLE_OUTSIDE = 1e6;

/**
 * Distance [h, w] between each place of `own` and where the two warps bring it (there by `own`, back by
 * `other`, read bilinearly), in pixels of own's photo; {@link CYCLE_OUTSIDE} where the way there leaves the photo.
 */
export function cycleError(
  own: Pick<PlainField, 'grid' | 'photo' | 'warp'>,
  other: Pick<PlainField, 'grid' | 'warp'>,
): Float32Array {
  const { width, height } = own.grid;
  const points = width * height;
  const otherPoints = other.grid.width * other.grid.height;
  const reader = new BilinearReader(other.grid);
  const error = new Float32Array(points);
  for (let y = 0, i = 0; y < height; y++) {
    const fromY = (2 * y + 1) / height - 1;
    for (let x = 0; x < width; x++, i++) {
      const thereX = own.warp[i];
      const thereY = own.warp[points + i];
      if (!(Math.abs(thereX) <= 1 && Math.abs(thereY) <= 1)) {
        error[i] = CYCLE_OUTSIDE;
        continue;
      }
      reader.seek(thereX, thereY);
      const dx = reader.readContinued(other.warp) - ((2 * x + 1) / width - 1);
      const dy = reader.readContinued(other.warp, otherPoints) - fromY;
      error[i] = Math.hypot((dx * own.photo.width) / 2, (dy * own.photo.height) / 2);
    }
  }
  return error;
}
