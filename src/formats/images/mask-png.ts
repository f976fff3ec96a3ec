import { CodedError } from '../../core/errors.ts';
import { MAX_MASK_SIDE, maskBytes, maskOf, type PhotoMask } from '../../core/mask.ts';
import { readPng } from './png-reader.ts';
import { encodePng } from './png-writer.ts';

/** A mask as a grey 8-bit PNG: 255 inside, 0 outside. */
export const encodeMask = (mask: PhotoMask): Promise<Uint8Array<ArrayBuffer>> =>
  encodePng({
    width: mask.width,
    height: mask.height,
    channels: 1,
    samples: maskBytes(mask).map((byte) => 255 * byte),
  });

/** The inverse of {@link encodeMask}. Throws what `readPng` throws, and `share-malformed` for a PNG that it did not write. */
export async function decodeMask(png: Uint8Array): Promise<PhotoMask> {
  const { size, channels, bitDepth, samples } = await readPng(png);
  if (channels !== 1 || bitDepth !== 8 || Math.max(size.width, size.height) > MAX_MASK_SIDE) {
    throw new CodedError(
      'share-malformed',
      'A mask in the share file is not one that this page writes.',
      'Ask for the file again.',
    );
  }
  return maskOf(size, samples);
}
