import type { Size } from '../../core/geometry.ts';
import { preprocess } from '../preprocess/cpu.ts';
import type { Pixels } from '../preprocess/cpu.ts';

/** A photo as planes of 0…1, encoded values as they are (no linear light). */
export interface Picture {
  size: Size;
  /** [3, h, w]. */
  planes: Float32Array;
  /** Rec. 601 luma [h, w]. */
  luma: Float32Array;
}

/** The photo at a size of its own: averaged over areas where it shrinks, bilinear where it grows. */
export function toPicture(photo: Pixels, size: Size): Picture {
  const normalisation = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const planes = preprocess(photo, { size, normalisation });
  return { size, planes, luma: lumaOf(planes) };
}

/** The size with the longer side shrunk to `longSide` (never grown), each side at least one pixel. */
export function shrunkSize({ width, height }: Size, longSide: number): Size {
  const share = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

function lumaOf(planes: Float32Array): Float32Array {
  const points = planes.length / 3;
  const luma = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    luma[i] = 0.299 * planes[i] + 0.587 * planes[points + i] + 0.114 * planes[2 * points + i];
  }
  return luma;
}
