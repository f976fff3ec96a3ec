import type { Size } from '../../../../core/geometry.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import type { SkyMask } from '../depth/cpu.ts';
import { fillHoles } from '../fill/cpu.ts';

/**
 * Sky is taken from this far inside its mask on, as a share of the photo's longer side: its rim has the colours of
 * what stands before it, whose outline would float in the sky of a view.
 */
const INSET = 0.01;

/** The inset in pixels; never 0. */
export const plateInset = ({ width, height }: Size): number => Math.max(1, Math.round(INSET * Math.max(width, height)));

/**
 * The photo's sky as if nothing stood before it: the photo well inside the mask, smoothly continued from there.
 * @returns opaque pixels of the photo's size; null where the mask has no inside
 */
export function skyPlate(photo: Pixels, sky: SkyMask): Pixels | null {
  const inside = skyInside(sky, photo, plateInset(photo));
  if (!inside.includes(1)) return null;
  return { ...photo, data: fillHoles(photo.data, inside, photo) };
}

/** [h, w] 1 where a pixel and all others of the photo up to `inset` beside and above it are sky. */
export function skyInside({ map, threshold }: SkyMask, { width, height }: Size, inset: number): Uint8Array {
  // How much above and left of a corner is no sky (a summed-area table), so that any box takes four reads.
  const columns = width + 1;
  const sums = new Uint32Array(columns * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0, row = 0; x < width; x++) {
      if (!(map[y * width + x] > threshold)) row++;
      sums[(y + 1) * columns + x + 1] = sums[y * columns + x + 1] + row;
    }
  }
  const inside = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const top = Math.max(0, y - inset) * columns;
    const bottom = Math.min(height, y + inset + 1) * columns;
    for (let x = 0; x < width; x++, i++) {
      const left = Math.max(0, x - inset);
      const right = Math.min(width, x + inset + 1);
      inside[i] = sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left] === 0 ? 1 : 0;
    }
  }
  return inside;
}
