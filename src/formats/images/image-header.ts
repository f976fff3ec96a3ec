import type { ByteSource } from '../byte-source.ts';
import { SNIFF_BYTES, sniffFileKind } from '../file-kind.ts';
import { readBmpHeader } from './headers/bmp.ts';
import { readGifHeader } from './headers/gif.ts';
import { HeaderReader } from './headers/header-reader.ts';
import { readIcoHeader } from './headers/ico.ts';
import { readIsoHeader } from './headers/isobmff.ts';
import { readJpegHeader } from './headers/jpeg.ts';
import { readPngHeader } from './headers/png.ts';
import { readTiffHeader } from './headers/tiff.ts';
import type { FileKind, RasterHeader } from './headers/types.ts';
import { readWebpHeader } from './headers/webp.ts';

export type { FileKind, Orientation, RasterHeader } from './headers/types.ts';
export { focalInPixels } from './headers/exif-focal.ts';
export { isTransposed } from './headers/types.ts';

/** A file's kind, and its header where it is a picture that this module can read. */
export interface ImageHeader {
  kind: FileKind;
  raster: RasterHeader | null;
}

const READERS: Partial<Record<FileKind, (reader: HeaderReader) => Promise<RasterHeader>>> = {
  jpeg: readJpegHeader,
  png: readPngHeader,
  gif: readGifHeader,
  webp: readWebpHeader,
  avif: readIsoHeader,
  heic: readIsoHeader,
  bmp: readBmpHeader,
  ico: readIcoHeader,
  tiff: readTiffHeader,
};

/**
 * Reads what a file is and what its header says, in reads of at most 64 kB (1 MB for an AVIF's item table), each within
 * the file whatever lengths the file claims. Pixels are not decoded, but formats with chunks are walked to their end to
 * see whether the end is there. Damage is reported in the result (`size: null`, `complete: false`), never thrown; the
 * only errors are the source's own (`unreadable`).
 */
export async function readImageHeader(source: ByteSource): Promise<ImageHeader> {
  const reader = new HeaderReader(source);
  const kind = sniffFileKind(await reader.prefix(SNIFF_BYTES));
  const read = READERS[kind];
  return { kind, raster: read ? await read(reader) : null };
}
