import { encodePng } from '../../../../formats/images/png-writer.ts';
import type { Size } from '../../../../core/geometry.ts';

/** RGBA pixels as a PNG without transparency; what is transparent is black. */
export async function encodePicture(rgba: Uint8ClampedArray, size: Size): Promise<Blob> {
  const samples = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    if (rgba[from + 3]) samples.set(rgba.subarray(from, from + 3), to);
  }
  return new Blob([await encodePng({ ...size, channels: 3, samples })], { type: 'image/png' });
}

/** A photo's name without its ending, for names of files made from it. */
export const fileStem = (name: string): string => name.replace(/\.[^.]{1,5}$/, '') || 'photo';
