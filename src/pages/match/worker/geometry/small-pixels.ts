import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { CodedError } from '../../../../core/errors.ts';

/** Enough for the colours of a cloud whose places lie on the match's grid. */
const LONG_SIDE = 1024;

/** A photo's pixels with no side above LONG_SIDE. */
export function smallPixels(image: ImageBitmap): Pixels {
  const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  return { data: context.getImageData(0, 0, width, height).data as Uint8ClampedArray, width, height };
}
