import type { Size } from '../../../core/geometry.ts';
import type { HeaderReader } from './header-reader.ts';
import type { Orientation, RasterHeader } from './types.ts';
import { sizeOrNull, UNREADABLE_HEADER } from './types.ts';

/** Real first directories hold 10–60 entries; more is a damaged or hostile count. */
const MAX_ENTRIES = 512;

const TAG_WIDTH = 0x100;
const TAG_HEIGHT = 0x101;
const TAG_BITS = 0x102;
const TAG_ORIENTATION = 0x112;
const TYPE_SHORT = 3;
const TYPE_LONG = 4;

interface FirstDirectory {
  size: Size | null;
  bitDepth: number | null;
  orientation: Orientation;
}

/**
 * The first directory of a TIFF structure (TIFF 6.0 §2): a TIFF file itself, or the payload of an EXIF block.
 * Values that do not fit in the entry (a bit depth per channel) are left alone. null if it is no TIFF structure.
 */
export function readFirstDirectory(view: DataView): FirstDirectory | null {
  if (view.byteLength < 8) return null;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return null;
  const begin = view.getUint32(4, little);
  if (begin + 2 > view.byteLength) return null;
  const count = Math.min(view.getUint16(begin, little), MAX_ENTRIES);
  const values = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const entry = begin + 2 + 12 * i;
    if (entry + 12 > view.byteLength) break;
    const type = view.getUint16(entry + 2, little);
    if (view.getUint32(entry + 4, little) !== 1) continue;
    if (type === TYPE_SHORT) values.set(view.getUint16(entry, little), view.getUint16(entry + 8, little));
    else if (type === TYPE_LONG) values.set(view.getUint16(entry, little), view.getUint32(entry + 8, little));
  }
  const orientation = values.get(TAG_ORIENTATION) ?? 1;
  return {
    size: sizeOrNull(values.get(TAG_WIDTH) ?? 0, values.get(TAG_HEIGHT) ?? 0),
    bitDepth: values.get(TAG_BITS) ?? null,
    orientation: orientation >= 1 && orientation <= 8 ? (orientation as Orientation) : 1,
  };
}

/** Orientation of an EXIF payload (with or without its `Exif\0\0` mark); 1 where it does not say. */
export function exifOrientation(payload: DataView): Orientation {
  const marked = payload.byteLength > 6 && payload.getUint32(0) === 0x45786966;
  const skip = marked ? 6 : 0;
  const tiff = new DataView(payload.buffer, payload.byteOffset + skip, payload.byteLength - skip);
  return readFirstDirectory(tiff)?.orientation ?? 1;
}

/** TIFF, whose first directory may lie anywhere in the file (camera raw files are TIFF too). */
export async function readTiffHeader(reader: HeaderReader): Promise<RasterHeader> {
  const head = await reader.view(0, 8);
  if (!head) return UNREADABLE_HEADER;
  const little = head.getUint16(0) === 0x4949;
  const begin = head.getUint32(4, little);
  const length = Math.min(2 + 12 * MAX_ENTRIES, reader.size - begin);
  const directory = length >= 2 ? await reader.view(begin, length) : null;
  if (!directory) return UNREADABLE_HEADER;
  // Laid out as if the directory followed the head, which is what readFirstDirectory expects.
  const joined = new DataView(new ArrayBuffer(8 + length));
  joined.setUint16(0, head.getUint16(0));
  joined.setUint16(2, head.getUint16(2));
  joined.setUint32(4, 8, little);
  new Uint8Array(joined.buffer).set(new Uint8Array(directory.buffer, directory.byteOffset, length), 8);
  const first = readFirstDirectory(joined);
  if (!first) return UNREADABLE_HEADER;
  return { ...first, hasAlpha: false, animated: false, complete: true };
}
