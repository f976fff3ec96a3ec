import { hasShapeOf, MAX_MASK_SIDE, maskOfPixels, maskShare, type PhotoMask } from '../../core/mask.ts';
import { CodedError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import type { Pixels } from '../../compute/preprocess/cpu.ts';
import { looksLikePng, readPng } from '../../formats/images/png-reader.ts';

/** Larger files are no masks: 64 megapixels of noise as an 8-bit PNG. */
export const MAX_MASK_BYTES = 64 * 2 ** 20;

/** RGBA of a PNG, 8 bits, without a canvas; null where the file is none. Throws what `readPng` throws. */
export async function pngRgba(bytes: Uint8Array): Promise<Pixels | null> {
  if (!looksLikePng(bytes)) return null;
  const { size, channels, bitDepth, samples } = await readPng(bytes);
  const most = 2 ** bitDepth - 1;
  const count = size.width * size.height;
  const data = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < 3; channel++) {
      data[4 * i + channel] = (255 * samples[channels * i + (channels > 2 ? channel : 0)]) / most;
    }
    data[4 * i + 3] = channels % 2 ? 255 : (255 * samples[channels * (i + 1) - 1]) / most;
  }
  return { ...size, data };
}

/**
 * The mask of a picture for a photo of this size, reduced to {@link MAX_MASK_SIDE} where it is larger.
 * @param name what the person calls the file
 * @throws CodedError `mask-shape` (of another shape than the photo), `mask-empty` (nothing would be left)
 */
export function maskForPhoto(picture: Pixels, photo: Size, name: string): PhotoMask {
  const text = ({ width, height }: Size) => `${width} × ${height}`;
  if (!hasShapeOf(picture, photo)) {
    throw new CodedError(
      'mask-shape',
      `The mask “${name}” has ${text(picture)} pixels, another shape than its photo with ${text(photo)}.`,
      'Save it in the photo’s shape; its size does not matter.',
    );
  }
  const mask = maskOfPixels(reduced(picture).data, reduced(picture));
  if (maskShare(mask) === 0) {
    throw new CodedError(
      'mask-empty',
      `The mask “${name}” leaves nothing of its photo.`,
      'What counts must be white, or not see-through; invert it if it is the other way round.',
    );
  }
  return mask;
}

/** The nearest pixels of a smaller copy: a mask has no shades to mix. */
function reduced(picture: Pixels): Pixels {
  const scale = MAX_MASK_SIDE / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, picture.width * picture.height);
  const to = new Uint32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * picture.height) / height) * picture.width;
    for (let x = 0; x < width; x++, i++) to[i] = from[row + Math.floor(((x + 0.5) * picture.width) / width)];
  }
  return { width, height, data: new Uint8ClampedArray(to.buffer) };
}

/** What becomes of a file that cannot be read as a picture. */
export const maskUnreadable = (name: string, cause: unknown): CodedError =>
  new CodedError(
    'mask-unreadable',
    `The mask “${name}” could not be read as a picture.`,
    'Save it as PNG: white where the photo counts, black (or see-through) where it does not.',
    { cause },
  );
