import { CodedError } from '../../shared/errors.ts';
import type { Size } from '../../shared/geometry.ts';

/** RGBA pixels as a PNG without transparency: holes are black. Needs a browser's canvas. */
export async function encodePicture(data: Uint8ClampedArray, { width, height }: Size): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
  const opaque = new Uint8ClampedArray(data);
  for (let i = 3; i < opaque.length; i += 4) opaque[i] = 255;
  context.putImageData(new ImageData(opaque, width, height), 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** A photo's name without its ending, for names of files made from it. */
export const fileStem = (name: string): string => name.replace(/\.[^.]{1,5}$/, '') || 'photo';
