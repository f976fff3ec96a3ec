import type { HeaderReader } from './header-reader.ts';
import { ascii } from './header-reader.ts';
import type { Orientation, RasterHeader } from './types.ts';
import { sizeOrNull, UNREADABLE_HEADER } from './types.ts';

/** Top-level boxes of a still image: ftyp, meta, mdat, perhaps moov and a few free ones. */
const MAX_BOXES = 1_000;

/** `irot` counts quarter turns anticlockwise. */
const ROTATIONS: Orientation[] = [1, 8, 3, 6];

interface Box {
  type: string;
  begin: number;
  end: number;
}

/**
 * AVIF and HEIF (ISO/IEC 23008-12): top-level boxes, and the item properties in meta/iprp/ipco. The largest `ispe` is
 * taken as the picture's size, since tiles and thumbnails are smaller. Mirrors (`imir`) do not change a size and
 * are left to the decoder.
 */
export async function readIsoHeader(reader: HeaderReader): Promise<RasterHeader> {
  const header: RasterHeader = { ...UNREADABLE_HEADER };
  let position = 0;
  for (let count = 0; count < MAX_BOXES && position < reader.size; count++) {
    const head = await reader.view(position, Math.min(16, reader.size - position));
    if (!head || head.byteLength < 8) return header;
    const length = boxLength(head, 0, reader.size - position);
    if (length === null || position + length > reader.size) return header;
    const type = ascii(head, 4, 4);
    if (type === 'ftyp') header.animated = ascii(head, 8, 4) === 'avis' || ascii(head, 8, 4) === 'msf1';
    if (type === 'meta') {
      const meta = await reader.view(position, length);
      if (meta) readProperties(meta, header);
    }
    position += length;
  }
  return { ...header, complete: header.size !== null };
}

/** Whole length of the box whose head is at `offset`; null where it is too short to be one. */
function boxLength(view: DataView, offset: number, rest: number): number | null {
  const short = view.getUint32(offset);
  if (short === 0) return rest;
  if (short !== 1) return short >= 8 ? short : null;
  if (offset + 16 > view.byteLength) return null;
  const long = Number(view.getBigUint64(offset + 8));
  return long >= 16 && Number.isSafeInteger(long) ? long : null;
}

function* children(view: DataView, begin: number, end: number): Generator<Box> {
  let position = begin;
  while (position + 8 <= end) {
    const length = boxLength(view, position, end - position);
    if (length === null || position + length > end) return;
    yield { type: ascii(view, position + 4, 4), begin: position + 8, end: position + length };
    position += length;
  }
}

function readProperties(meta: DataView, header: RasterHeader): void {
  // Twelve: the box head, then version and flags.
  for (const iprp of children(meta, 12, meta.byteLength)) {
    if (iprp.type !== 'iprp') continue;
    for (const ipco of children(meta, iprp.begin, iprp.end)) {
      if (ipco.type !== 'ipco') continue;
      for (const property of children(meta, ipco.begin, ipco.end)) readProperty(meta, property, header);
    }
  }
}

function readProperty(view: DataView, { type, begin, end }: Box, header: RasterHeader): void {
  if (type === 'ispe' && end - begin >= 12) {
    const size = sizeOrNull(view.getUint32(begin + 4), view.getUint32(begin + 8));
    const area = (header.size?.width ?? 0) * (header.size?.height ?? 0);
    if (size && size.width * size.height > area) header.size = size;
  } else if (type === 'irot' && end > begin) {
    header.orientation = ROTATIONS[view.getUint8(begin) & 3];
  } else if (type === 'pixi' && end - begin >= 6) {
    header.bitDepth = Math.max(header.bitDepth ?? 0, view.getUint8(begin + 5));
  } else if (type === 'auxC' && ascii(view, begin + 4, end - begin - 4).includes(':alpha')) {
    header.hasAlpha = true;
  }
}
