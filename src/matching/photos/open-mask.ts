import type { Pixels } from '../../compute/preprocess/cpu.ts';
import { CodedError, throwIfAborted } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { MAX_MASK_SIDE, type PhotoMask } from '../../core/mask.ts';
import { canvasBlocked, canvasTellsTruth } from '../../platform/canvas.ts';
import { MAX_MASK_BYTES, maskForPhoto, maskUnreadable, pngRgba } from './mask-file.ts';

/**
 * Opens a mask for a photo of this size, in a worker. PNGs are read without a canvas, other pictures by the browser.
 * @throws CodedError `mask-unreadable`, `mask-too-large`, `mask-shape`, `mask-empty`, `canvas-blocked`, `cancelled`
 */
export async function openMask(file: Blob, name: string, photo: Size, signal?: AbortSignal): Promise<PhotoMask> {
  throwIfAborted(signal);
  if (file.size > MAX_MASK_BYTES) {
    throw new CodedError(
      'mask-too-large',
      `The mask “${name}” has ${Math.round(file.size / 2 ** 20)} MB, more than the ${MAX_MASK_BYTES / 2 ** 20} MB allowed.`,
      'Save a smaller version of it: its size does not matter.',
    );
  }
  let picture: Pixels;
  try {
    picture = (await pngRgba(new Uint8Array(await file.arrayBuffer()))) ?? (await canvasRgba(file));
  } catch (cause) {
    if (cause instanceof CodedError && cause.code === 'canvas-blocked') throw cause;
    throw maskUnreadable(name, cause);
  }
  throwIfAborted(signal);
  return maskForPhoto(picture, photo, name);
}

async function canvasRgba(file: Blob): Promise<Pixels> {
  if (!canvasTellsTruth()) throw canvasBlocked();
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image', premultiplyAlpha: 'none' });
  try {
    // Its shape is judged by its own size: both sides are rounded from the same scale.
    const scale = Math.min(1, MAX_MASK_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0, width, height);
    return { data: context.getImageData(0, 0, width, height).data as Uint8ClampedArray, width, height };
  } finally {
    bitmap.close();
  }
}
