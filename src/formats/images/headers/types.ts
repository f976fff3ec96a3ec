import type { Size } from '../../../core/geometry.ts';
import type { LensFacts } from './exif-focal.ts';

/** What the bytes say a file is; its name and MIME type are never asked. */
export type FileKind =
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'avif'
  | 'bmp'
  | 'ico'
  | 'tiff'
  | 'heic'
  | 'jxl'
  | 'jp2'
  | 'psd'
  | 'svg'
  | 'pdf'
  | 'html'
  | 'video'
  | 'archive'
  | 'text'
  | 'empty'
  | 'unknown';

/** EXIF orientation: 1 upright, 3 half a turn, 6 and 8 quarter turns, 5 and 7 those mirrored. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What a raster format's header tells without decoding a pixel. */
export interface RasterHeader {
  /** As stored, before orientation. null where the header is damaged or holds nonsense (a side of zero). */
  size: Size | null;
  /** Bits of one channel (of one pixel for palettes); null where the format does not say up front. */
  bitDepth: number | null;
  /** May hold pixels that are not opaque. */
  hasAlpha: boolean;
  orientation: Orientation;
  /** From EXIF; absent or null where it does not say. */
  lens?: LensFacts | null;
  /** More than one frame. */
  animated: boolean;
  /**
   * False where the bytes end before the picture does (a lost tail, a length that reaches beyond the file):
   * browsers decode some of those into half a photo and grey.
   */
  complete: boolean;
}

/** A header of which nothing could be read. */
export const UNREADABLE_HEADER: RasterHeader = {
  size: null,
  bitDepth: null,
  hasAlpha: false,
  orientation: 1,
  animated: false,
  complete: false,
};

/** Whether an orientation exchanges width and height. */
export const isTransposed = (orientation: Orientation): boolean => orientation >= 5;

/** A size with both sides above zero, else null. */
export function sizeOrNull(width: number, height: number): Size | null {
  return width > 0 && height > 0 ? { width, height } : null;
}
