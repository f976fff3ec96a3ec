import { zlibSync } from 'fflate';
import { big, join, text } from './bytes.ts';
import type { Rgba } from './picture.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const COLOUR_TYPE = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

export function chunk(type: string, body: Uint8Array | readonly number[]): Uint8Array {
  const named = join(text(type), body);
  const crc = named.reduce((c, byte) => CRC[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff;
  return join(big(body.length, 4), named, big(crc >>> 0, 4));
}

export const ihdr = (width: number, height: number, depth: number, colourType: number): Uint8Array =>
  chunk('IHDR', [...big(width, 4), ...big(height, 4), depth, colourType, 0, 0, 0]);

/** Rows of packed samples, each with filter 0 before it, compressed. */
export function pixels(rows: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return zlibSync(join(...rows.flatMap((row) => [[0], row])), { level: 9 });
}

/** A PNG of given chunks between the header and the end. */
export const png = (header: Uint8Array, ...chunks: readonly Uint8Array[]): Uint8Array =>
  join(SIGNATURE, header, ...chunks, chunk('IEND', []));

/** Rows of a picture, by what a pixel becomes. */
export function rowsOf(
  picture: Rgba,
  pixel: (r: number, g: number, b: number, x: number, y: number) => readonly number[],
): number[][] {
  return Array.from({ length: picture.height }, (_, y) =>
    Array.from({ length: picture.width }, (_, x) => {
      const [r, g, b] = picture.data.subarray(4 * (y * picture.width + x));
      return pixel(r, g, b, x, y);
    }).flat(),
  );
}

/** An 8-bit RGB PNG. */
export const rgbPng = (picture: Rgba, ...extra: readonly Uint8Array[]): Uint8Array =>
  png(
    ihdr(picture.width, picture.height, 8, COLOUR_TYPE.rgb),
    ...extra,
    chunk('IDAT', pixels(rowsOf(picture, (r, g, b) => [r, g, b]))),
  );

/** An APNG of whole frames. */
export function animatedPng(frames: readonly Rgba[]): Uint8Array {
  const { width, height } = frames[0];
  let sequence = 0;
  const parts = frames.flatMap((frame, i) => {
    const control = chunk('fcTL', [
      ...big(sequence++, 4),
      ...big(width, 4),
      ...big(height, 4),
      ...big(0, 8),
      0,
      1,
      0,
      5,
      0,
      0,
    ]);
    const data = pixels(rowsOf(frame, (r, g, b) => [r, g, b]));
    return [control, i === 0 ? chunk('IDAT', data) : chunk('fdAT', join(big(sequence++, 4), data))];
  });
  return png(
    ihdr(width, height, 8, COLOUR_TYPE.rgb),
    chunk('acTL', [...big(frames.length, 4), ...big(0, 4)]),
    ...parts,
  );
}
