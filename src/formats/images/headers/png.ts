import { exifLens } from './exif-focal.ts';
import type { HeaderReader } from './header-reader.ts';
import { ascii } from './header-reader.ts';
import { exifOrientation } from './tiff.ts';
import type { RasterHeader } from './types.ts';
import { sizeOrNull, UNREADABLE_HEADER } from './types.ts';

/** A 100-megapixel photo in 8 kB IDAT chunks has about 40,000. */
const MAX_CHUNKS = 200_000;

/** PNG and APNG (PNG specification, third edition §11): chunk by chunk to IEND, pixel data skipped. */
export async function readPngHeader(reader: HeaderReader): Promise<RasterHeader> {
  const header: RasterHeader = { ...UNREADABLE_HEADER };
  let position = 8;
  let hasData = false;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const head = await reader.view(position, 8);
    if (!head) return header;
    const length = head.getUint32(0);
    const type = ascii(head, 4, 4);
    const body = position + 8;
    if (body + length + 4 > reader.size) return header;
    if (type === 'IEND') return { ...header, complete: hasData };
    if (type === 'IHDR' && length === 13) await readIhdr(reader, body, header);
    else if (type === 'tRNS') header.hasAlpha = true;
    else if (type === 'acTL') header.animated = ((await reader.view(body, 4))?.getUint32(0) ?? 1) > 1;
    else if (type === 'eXIf') {
      const exif = await reader.view(body, length);
      if (exif) {
        header.orientation = exifOrientation(exif);
        header.lens = exifLens(exif);
      }
    } else if (type === 'IDAT') hasData = true;
    position = body + length + 4;
  }
  return header;
}

async function readIhdr(reader: HeaderReader, body: number, header: RasterHeader): Promise<void> {
  const ihdr = await reader.view(body, 13);
  if (!ihdr) return;
  header.size = sizeOrNull(ihdr.getUint32(0), ihdr.getUint32(4));
  header.bitDepth = ihdr.getUint8(8);
  const colourType = ihdr.getUint8(9);
  if (colourType === 4 || colourType === 6) header.hasAlpha = true;
}
