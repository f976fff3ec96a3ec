import type { Size } from '../../../core/geometry.ts';
import { exifLens } from './exif-focal.ts';
import type { HeaderReader } from './header-reader.ts';
import { ascii } from './header-reader.ts';
import { exifOrientation } from './tiff.ts';
import type { RasterHeader } from './types.ts';
import { sizeOrNull, UNREADABLE_HEADER } from './types.ts';

/** Frames of an animation are one chunk each; longer ones are not photos. */
const MAX_CHUNKS = 10_000;

const FLAG_ANIMATION = 0x02;
const FLAG_ALPHA = 0x10;

/** WebP (RFC 9649): lossy, lossless and extended, chunk by chunk. */
export async function readWebpHeader(reader: HeaderReader): Promise<RasterHeader> {
  const riff = await reader.view(0, 12);
  if (!riff) return UNREADABLE_HEADER;
  const header: RasterHeader = { ...UNREADABLE_HEADER, bitDepth: 8 };
  const end = 8 + riff.getUint32(4, true);
  let position = 12;
  let hasData = false;
  for (let chunk = 0; chunk < MAX_CHUNKS && position + 8 <= end; chunk++) {
    const head = await reader.view(position, 8);
    if (!head) return header;
    const type = ascii(head, 0, 4);
    const length = head.getUint32(4, true);
    const body = position + 8;
    if (body + length > reader.size) return header;
    if (type === 'VP8X') {
      const extended = await reader.view(body, 10);
      if (!extended) return header;
      header.size = { width: 1 + uint24(extended, 4), height: 1 + uint24(extended, 7) };
      header.animated = (extended.getUint8(0) & FLAG_ANIMATION) !== 0;
      header.hasAlpha = (extended.getUint8(0) & FLAG_ALPHA) !== 0;
    } else if (type === 'VP8 ' || type === 'VP8L') {
      hasData = true;
      const frame = await reader.view(body, 10);
      if (!frame) return header;
      const lossless = type === 'VP8L';
      if (lossless && frame.getUint8(4) & 0x10) header.hasAlpha = true;
      header.size = larger(header.size, lossless ? losslessSize(frame) : lossySize(frame));
    } else if (type === 'ANMF') {
      hasData = true;
    } else if (type === 'EXIF') {
      const exif = await reader.view(body, length);
      if (exif) {
        header.orientation = exifOrientation(exif);
        header.lens = exifLens(exif);
      }
    }
    position = body + length + (length & 1);
  }
  return { ...header, complete: hasData && end <= reader.size + 1 };
}

const uint24 = (view: DataView, offset: number) => view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);

/** Key frame header (RFC 6386 §9.1): start code, then 14 bits a side with two bits of scale above. */
function lossySize(frame: DataView): Size | null {
  if (frame.getUint8(3) !== 0x9d || frame.getUint8(4) !== 0x01 || frame.getUint8(5) !== 0x2a) return null;
  return sizeOrNull(frame.getUint16(6, true) & 0x3fff, frame.getUint16(8, true) & 0x3fff);
}

/** Lossless header: signature, then 14 bits a side, each less one. */
function losslessSize(frame: DataView): Size | null {
  if (frame.getUint8(0) !== 0x2f) return null;
  const bits = frame.getUint32(1, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

/** A canvas may not hide a frame that is larger than it says. */
function larger(canvas: Size | null, frame: Size | null): Size | null {
  if (!canvas || !frame) return frame;
  return { width: Math.max(canvas.width, frame.width), height: Math.max(canvas.height, frame.height) };
}
