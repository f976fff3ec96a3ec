import { blobSource } from '../../formats/byte-source.ts';
import type { FileKind, ImageHeader, RasterHeader } from '../../formats/images/image-header.ts';
import { focalInPixels, isTransposed, readImageHeader } from '../../formats/images/image-header.ts';
import { CodedError, throwIfAborted } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import type { PhotoInfo } from '../../core/match.ts';
import { type BitmapReader, canvasTellsTruth, hiddenPixels } from '../../platform/canvas.ts';
import { averaged } from './averaged.ts';
import { RARE_FORMATS, REFUSALS, UNREAD_FORMATS } from './photo-refusals.ts';
import {
  decodedBytes,
  MAX_ASPECT,
  MAX_DECODED_BYTES,
  MAX_FILE_BYTES,
  MAX_WORKING_SIDE,
  MIN_SIDE,
} from './photo-limits.ts';

/** An upright sRGB picture without transparency, no side longer than MAX_WORKING_SIDE. The caller closes the bitmap. */
export interface OpenedPhoto {
  bitmap: ImageBitmap;
  info: PhotoInfo;
  /** RGBA of the bitmap, read another way where this browser hides what is on a canvas; else null. */
  hidden: Uint8ClampedArray<ArrayBuffer> | null;
}

/**
 * Opens a photo in a worker: the header is read and judged first, then the browser decodes it. Scripts and references
 * inside a file never run or load, since only raster formats reach the decoder.
 *
 * @param name What the person calls the file; every message quotes it.
 * @param readers ways of reading pixels besides the canvas, for browsers that hide them there
 * @throws CodedError `unreadable`, `empty-file`, `not-a-photo`, `format-unsupported`, `photo-damaged`,
 * `photo-truncated`, `photo-too-small`, `photo-too-long`, `photo-too-large`, `photo-undecodable` (the file named in
 * each), `canvas-blocked` or `cancelled`.
 */
export async function openPhoto(
  file: Blob,
  name: string,
  signal?: AbortSignal,
  readers: readonly BitmapReader[] = [],
): Promise<OpenedPhoto> {
  throwIfAborted(signal);
  const header = await readHeader(file, name);
  throwIfAborted(signal);
  const raster = acceptHeader(header, file.size, name);
  const decoded = await decode(file, header.kind, raster, name);
  let bitmap = decoded;
  try {
    throwIfAborted(signal);
    const size = { width: decoded.width, height: decoded.height };
    // The decoder has the last word: headers may understate a size.
    checkSize(size, raster.bitDepth, name);
    const notes: string[] = [];
    if (raster.animated) notes.push('Animated: the first frame is used.');
    bitmap = await reduce(bitmap);
    if (bitmap.width !== size.width) {
      notes.push(`Reduced from ${dimensions(size)} to ${dimensions(bitmap)} pixels.`);
    }
    if (raster.hasAlpha) {
      const flat = flatten(bitmap);
      bitmap.close();
      bitmap = flat.bitmap;
      if (flat.wasTransparent) notes.push('Transparent parts are shown on white.');
    }
    throwIfAborted(signal);
    const info: PhotoInfo = { name, size, workingSize: { width: bitmap.width, height: bitmap.height }, notes };
    const focal = focalInPixels(raster.lens ?? null, raster.size ?? size);
    const hidden = await hiddenPixels(bitmap, [...readers, ...ownReaders(file, header.kind, raster)]);
    return { bitmap, info: focal === null ? info : { ...info, focal }, hidden };
  } catch (error) {
    bitmap.close();
    throw error;
  }
}

/** The way of our own reader, for files that it decodes as the browser does. */
function ownReaders(file: Blob, kind: FileKind, raster: RasterHeader): BitmapReader[] {
  if (kind !== 'png' || raster.orientation !== 1 || raster.animated) return [];
  const read = async ({ width, height }: ImageBitmap) => {
    // Few browsers need it: it comes when they do.
    const { pngPixels } = await import('./png-pixels.ts');
    return averaged(await pngPixels(file), { width, height }).data as Uint8ClampedArray<ArrayBuffer>;
  };
  return [Object.assign(read, { ownsFile: true })];
}

async function readHeader(file: Blob, name: string): Promise<ImageHeader> {
  try {
    return await readImageHeader(blobSource(file));
  } catch (cause) {
    throw new CodedError(
      'unreadable',
      `“${name}” could not be read: it may be a folder, or a file that was moved or changed since it was chosen.`,
      'Choose a single photo file, and choose it again if it has changed.',
      { cause },
    );
  }
}

function acceptHeader({ kind, raster }: ImageHeader, bytes: number, name: string): RasterHeader {
  const refusal = REFUSALS[kind];
  if (refusal) throw new CodedError(refusal.code, `“${name}” ${refusal.is}.`, refusal.remedy);
  if (!raster) throw unsupported(name, UNREAD_FORMATS[kind] ?? 'in a format that is not opened here');
  const rare = RARE_FORMATS[kind];
  if (rare && !raster.size) throw unsupported(name, rare);
  if (!raster.size && raster.complete) {
    throw new CodedError('photo-damaged', `“${name}” has a damaged header: its size cannot be read.`, FETCH_AGAIN);
  }
  if (!raster.size || !raster.complete) {
    throw new CodedError(
      'photo-truncated',
      `“${name}” is incomplete: the file ends before the picture does.`,
      FETCH_AGAIN,
    );
  }
  if (bytes > MAX_FILE_BYTES) {
    throw tooLarge(
      name,
      `has ${Math.round(bytes / 2 ** 20)} MB, more than the ${MAX_FILE_BYTES / 2 ** 20} MB that can be opened`,
    );
  }
  checkSize(isTransposed(raster.orientation) ? turned(raster.size) : raster.size, raster.bitDepth, name);
  return raster;
}

const FETCH_AGAIN = 'Fetch the file again, or open it in an image editor and save a copy.';

function checkSize(size: Size, bitDepth: number | null, name: string): void {
  const short = Math.min(size.width, size.height);
  const long = Math.max(size.width, size.height);
  if (short < MIN_SIDE) {
    throw new CodedError(
      'photo-too-small',
      `“${name}” has ${dimensions(size)} pixels, too few to match: each side needs at least ${MIN_SIDE}.`,
      'Choose a larger version of the picture.',
    );
  }
  if (long > MAX_ASPECT * short) {
    throw new CodedError(
      'photo-too-long',
      `“${name}” has ${dimensions(size)} pixels, a strip longer than ${MAX_ASPECT}:1.`,
      'Crop it to the part that the other photo shows.',
    );
  }
  if (decodedBytes(size.width, size.height, bitDepth) > MAX_DECODED_BYTES) {
    const needed = Math.ceil(decodedBytes(size.width, size.height, bitDepth) / 2 ** 20).toLocaleString('en');
    const limit = MAX_DECODED_BYTES / 2 ** 20;
    throw tooLarge(
      name,
      `has ${dimensions(size)} pixels; decoded they take ${needed} MB, more than the ${limit} MB allowed`,
    );
  }
}

async function decode(file: Blob, kind: FileKind, raster: RasterHeader, name: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image', colorSpaceConversion: 'default' });
  } catch (cause) {
    const rare = RARE_FORMATS[kind];
    if (rare) throw unsupported(name, rare, cause);
    const size = raster.size ? ` (${kind.toUpperCase()}, ${dimensions(raster.size)} pixels)` : '';
    throw new CodedError(
      'photo-undecodable',
      `“${name}”${size} could not be decoded: its data are damaged, of a rare kind, or too large for this browser.`,
      FETCH_AGAIN,
      { cause },
    );
  }
}

/**
 * The bitmap with its longer side at most MAX_WORKING_SIDE; the one given is closed if another is returned. Not asked
 * of the decoder: it decodes the whole picture anyway, and the meaning of resizeWidth differs for turned photos.
 */
async function reduce(bitmap: ImageBitmap): Promise<ImageBitmap> {
  const scale = MAX_WORKING_SIDE / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1) return bitmap;
  const reduced = await createImageBitmap(bitmap, {
    resizeWidth: Math.round(bitmap.width * scale),
    resizeHeight: Math.round(bitmap.height * scale),
    resizeQuality: 'high',
  });
  bitmap.close();
  return reduced;
}

/** The bitmap on white, and whether that changed anything. The bitmap given stays open. */
function flatten(bitmap: ImageBitmap): { bitmap: ImageBitmap; wasTransparent: boolean } {
  const wasTransparent = isTransparent(bitmap);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new CodedError('internal', 'This browser gave no 2D canvas.', 'Close other tabs and try again.');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  return { bitmap: canvas.transferToImageBitmap(), wasTransparent };
}

/** Looks at a small copy: enough to say so to the person, and no full-size picture is read back. */
function isTransparent(bitmap: ImageBitmap): boolean {
  const scale = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  // Where canvases hide their pixels nothing can be said of them; the picture is laid on white all the same.
  if (!context || !canvasTellsTruth()) return false;
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  for (let i = 3; i < data.length; i += 4) if (data[i] < 255) return true;
  return false;
}

function unsupported(name: string, what: string, cause?: unknown): CodedError {
  return new CodedError(
    'format-unsupported',
    `“${name}” is ${what}, which this browser cannot show.`,
    'Save it as JPEG or PNG and choose that.',
    { cause },
  );
}

const tooLarge = (name: string, has: string) =>
  new CodedError('photo-too-large', `“${name}” ${has}.`, 'Save a smaller version of it and choose that.');

const turned = ({ width, height }: Size): Size => ({ width: height, height: width });
const dimensions = ({ width, height }: Size) => `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`;
