import { exifLens } from './exif-focal.ts';
import type { HeaderReader } from './header-reader.ts';
import { ascii } from './header-reader.ts';
import { exifOrientation } from './tiff.ts';
import type { RasterHeader } from './types.ts';
import { sizeOrNull, UNREADABLE_HEADER } from './types.ts';

/** Extended XMP and split ICC profiles reach some hundreds; a file of nothing but tiny segments must not stall us. */
const MAX_SEGMENTS = 10_000;

const SOS = 0xda;
const EOI = 0xd9;
const APP1 = 0xe1;

/** SOF0…SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share the range. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** TEM and the restart markers carry no length. */
const standsAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/**
 * JPEG (ITU-T T.81 annex B): segments up to the end-of-image marker, entropy-coded data scanned but not decoded.
 * Bytes after the end (motion photos append a film) are of no interest.
 */
export async function readJpegHeader(reader: HeaderReader): Promise<RasterHeader> {
  const header: RasterHeader = { ...UNREADABLE_HEADER };
  let position = 2;
  let scans = 0;
  for (let segment = 0; segment < MAX_SEGMENTS; segment++) {
    const found = await nextMarker(reader, position);
    if (!found) return header;
    position = found.after;
    if (found.marker === EOI) return { ...header, complete: scans > 0 };
    if (standsAlone(found.marker)) continue;
    const length = (await reader.view(position, 2))?.getUint16(0) ?? 0;
    if (length < 2) return header;
    const payload = await reader.view(position + 2, length - 2);
    if (!payload) return header;
    if (isFrame(found.marker) && payload.byteLength >= 6 && !header.size) {
      header.bitDepth = payload.getUint8(0);
      header.size = sizeOrNull(payload.getUint16(3), payload.getUint16(1));
    } else if (found.marker === APP1 && ascii(payload, 0, 4) === 'Exif') {
      header.orientation = exifOrientation(payload);
      header.lens ??= exifLens(payload);
    } else if (found.marker === SOS) {
      scans++;
    }
    position += length;
  }
  return header;
}

/** The next marker at or after `from`; stuffed zeros and fill bytes are passed over. */
async function nextMarker(reader: HeaderReader, from: number): Promise<{ marker: number; after: number } | null> {
  let position = from;
  let escaped = false;
  for (;;) {
    const chunk = await reader.chunk(position);
    if (chunk.length === 0) return null;
    let i = 0;
    while (i < chunk.length) {
      if (escaped) {
        const marker = chunk[i++];
        if (marker === 0xff) continue;
        escaped = false;
        if (marker !== 0) return { marker, after: position + i };
      } else {
        const next = chunk.indexOf(0xff, i);
        if (next < 0) break;
        escaped = true;
        i = next + 1;
      }
    }
    position += chunk.length;
  }
}
