/**
 * What a photo may be. Each limit is checked on the header, before a pixel is decoded, so that no file can make the
 * page allocate more than {@link MAX_DECODED_BYTES}.
 */

/** One token of the coarsest feature grid (stride 32) needs this many pixels; below it there is nothing to match. */
export const MIN_SIDE = 32;

/** At the usual input of 512 px the short side of a 16:1 strip is the 32 px of {@link MIN_SIDE}. */
export const MAX_ASPECT = 16;

/**
 * Decoded as RGBA in one piece by every browser, even when a smaller picture is asked for. 512 MiB leave room for
 * a 128-megapixel photo (phones' largest is 200, offered by few and seldom used) in a tab that may use 2–4 GB.
 */
export const MAX_DECODED_BYTES = 512 * 1024 * 1024;

/**
 * Longer pictures are reduced to this on opening: views are never drawn larger, WebGPU guarantees textures of 8,192,
 * and two photos of 4,096² stay under 128 MiB on the GPU.
 */
export const MAX_WORKING_SIDE = 4096;

/** Compressed bytes; no photo of a permitted size is larger even as 16-bit PNG or plain BMP. */
export const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** Bytes that decoding takes: four channels, two bytes each where the file has more than eight bits. */
export function decodedBytes(width: number, height: number, bitDepth: number | null): number {
  return width * height * 4 * (bitDepth !== null && bitDepth > 8 && bitDepth <= 16 ? 2 : 1);
}
