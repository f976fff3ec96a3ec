import type { Point, Size } from './geometry.ts';

/**
 * Which parts of a photo count: one bit a pixel, row by row without gaps, the lowest bit of a word first; 1 is inside. Any size:
 * it lies over the photo edge to edge.
 */
export interface PhotoMask extends Size {
  bits: Uint32Array<ArrayBuffer>;
}

/** The masks that bear on one direction of a match; null: all of that photo counts. */
export interface FieldMask {
  /** Of the photo that the field's grid lies on. */
  here: PhotoMask | null;
  /** Of the photo that its warp leads to. */
  there: PhotoMask | null;
}

/** Longer side of a mask, pixels: finer than any grid of a match. */
export const MAX_MASK_SIDE = 2048;

/** A mask in which nothing is inside. */
export const emptyMask = ({ width, height }: Size): PhotoMask => ({
  width,
  height,
  bits: new Uint32Array(Math.ceil((width * height) / 32)),
});

/** A mask of bytes [h, w] that are 0 outside. */
export function maskOf(size: Size, inside: ArrayLike<number>): PhotoMask {
  const mask = emptyMask(size);
  const count = size.width * size.height;
  for (let i = 0; i < count; i++) if (inside[i]) mask.bits[i >>> 5] |= 1 << (i & 31);
  return mask;
}

/** Bytes [h, w] of a mask: 1 inside, 0 outside. */
export function maskBytes(mask: PhotoMask): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(mask.width * mask.height);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (mask.bits[i >>> 5] >>> (i & 31)) & 1;
  return bytes;
}

const isSet = (mask: PhotoMask, column: number, row: number): boolean => {
  const i = row * mask.width + column;
  return ((mask.bits[i >>> 5] >>> (i & 31)) & 1) === 1;
};

/**
 * Whether a normalised place is inside: the mask's pixel that it lies on says so. Rounded step by step as float32, so that the
 * pass (shaders/match/mask.wgsl) finds the same pixel. Places outside of the photo are outside.
 */
export function isInMask(mask: PhotoMask | null | undefined, { x, y }: Point): boolean {
  if (!mask) return true;
  if (!(Math.abs(x) <= 1 && Math.abs(y) <= 1)) return false;
  return isSet(mask, pixelAt(x, mask.width), pixelAt(y, mask.height));
}

const pixelAt = (normalised: number, side: number): number => {
  const place = Math.fround(Math.fround(0.5 * side) * Math.fround(Math.fround(normalised) + 1));
  return Math.min(Math.floor(place), side - 1);
};

/** Whether the centre of a grid's cell is inside; in whole numbers, as the pass has it. */
export const isCellInMask = (mask: PhotoMask, column: number, row: number, grid: Size): boolean =>
  isSet(
    mask,
    Math.floor(((2 * column + 1) * mask.width) / (2 * grid.width)),
    Math.floor(((2 * row + 1) * mask.height) / (2 * grid.height)),
  );

/** Share of a grid's cells whose centres are inside; without a mask 1. */
export function insideShare(mask: PhotoMask | null | undefined, grid: Size): number {
  if (!mask) return 1;
  let inside = 0;
  for (let row = 0; row < grid.height; row++) {
    for (let column = 0; column < grid.width; column++) if (isCellInMask(mask, column, row, grid)) inside++;
  }
  return inside / (grid.width * grid.height);
}

/** Share of a mask's pixels that are inside. */
export function maskShare({ width, height, bits }: PhotoMask): number {
  let set = 0;
  for (let word of bits) for (; word; word &= word - 1) set++;
  return set / (width * height);
}

/** A mask of RGBA pixels: by alpha where any pixel is see-through, else by how bright they are (Rec. 709); half is inside. */
export function maskOfPixels(rgba: ArrayLike<number>, size: Size): PhotoMask {
  const count = size.width * size.height;
  const inside = new Uint8Array(count);
  let isSeeThrough = false;
  for (let i = 0; i < count && !isSeeThrough; i++) isSeeThrough = rgba[4 * i + 3] < 255;
  for (let i = 0; i < count; i++) {
    const [red, green, blue, alpha] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]];
    const value = isSeeThrough ? alpha : 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    inside[i] = value >= 128 ? 1 : 0;
  }
  return maskOf(size, inside);
}

/** Shapes this far apart (as ratio of width to height) are not of one photo: a scaled mask is off by its rounding only. */
const MAX_SHAPE_ERROR = 0.02;

/** Whether a mask of this size can lie over the photo. */
export const hasShapeOf = (mask: Size, photo: Size): boolean =>
  Math.abs((mask.width * photo.height) / (mask.height * photo.width) - 1) <=
  MAX_SHAPE_ERROR + 1 / Math.min(mask.width, mask.height);

/** As text: sizes and the lengths of runs, beginning with one of outside. Short for what people paint. */
export function maskText(mask: PhotoMask): string {
  const bytes = maskBytes(mask);
  const runs: string[] = [];
  let value = 0;
  let length = 0;
  for (const byte of bytes) {
    if (byte === value) length++;
    else {
      runs.push(length.toString(36));
      value = byte;
      length = 1;
    }
  }
  runs.push(length.toString(36));
  return `${mask.width}x${mask.height}:${runs.join('.')}`;
}

/** The inverse of {@link maskText}; null where the text is no mask. */
export function maskOfText(text: string): PhotoMask | null {
  const [, width, height, runs] = /^(\d{1,4})x(\d{1,4}):([0-9a-z.]+)$/.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (!runs || !size.width || !size.height || Math.max(size.width, size.height) > MAX_MASK_SIDE) return null;
  const bytes = new Uint8Array(size.width * size.height);
  let at = 0;
  for (const [i, run] of runs.split('.').entries()) {
    const length = parseInt(run, 36);
    if (!(at + length <= bytes.length)) return null;
    if (i % 2) bytes.fill(1, at, at + length);
    at += length;
  }
  return at === bytes.length ? maskOf(size, bytes) : null;
}

/** Endings of a mask’s file name after the photo’s, with or without the photo’s own ending: `left.mask.png`, `left.jpg.mask.png`. */
const MASK_NAME = /\.mask\.(png|webp|gif|bmp|jpe?g|avif)$/i;

/** Whether a file is a mask by its name. */
export const isMaskName = (name: string): boolean => MASK_NAME.test(name);

/** Whether a file is, by its name, the mask of this photo. Both may have folders before them, which must agree. */
export function isMaskNameOf(mask: string, photo: string): boolean {
  if (!isMaskName(mask)) return false;
  const stem = mask.replace(MASK_NAME, '').toLowerCase();
  const name = photo.toLowerCase();
  return stem === name || stem === name.replace(/\.[^./]{1,5}$/, '');
}
