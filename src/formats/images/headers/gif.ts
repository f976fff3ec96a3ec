import type { HeaderReader } from './header-reader.ts';
import type { RasterHeader } from './types.ts';
import { sizeOrNull, UNREADABLE_HEADER } from './types.ts';

/** Blocks before the second frame: comments and application data, seldom more than ten. */
const MAX_BLOCKS = 10_000;

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/** GIF (GIF89a §17–27) up to its second frame. Complete means: its first frame is, which is all that is shown. */
export async function readGifHeader(reader: HeaderReader): Promise<RasterHeader> {
  const screen = await reader.view(6, 7);
  if (!screen) return UNREADABLE_HEADER;
  const header: RasterHeader = {
    ...UNREADABLE_HEADER,
    size: sizeOrNull(screen.getUint16(0, true), screen.getUint16(2, true)),
    bitDepth: (screen.getUint8(4) & 7) + 1,
  };
  let position: number | null = 13 + tableBytes(screen.getUint8(4));
  for (let block = 0; block < MAX_BLOCKS && position !== null; block++) {
    const kind = (await reader.view(position, 1))?.getUint8(0);
    if (kind === IMAGE) {
      if (header.complete) return { ...header, animated: true };
      const image = await reader.view(position + 1, 9);
      if (!image) return header;
      // Browsers enlarge the canvas to a first frame that reaches beyond it.
      const right = image.getUint16(0, true) + image.getUint16(4, true);
      const bottom = image.getUint16(2, true) + image.getUint16(6, true);
      header.size = sizeOrNull(Math.max(right, header.size?.width ?? 0), Math.max(bottom, header.size?.height ?? 0));
      position = await skipSubBlocks(reader, position + 11 + tableBytes(image.getUint8(8)));
      header.complete = position !== null;
    } else if (kind === EXTENSION) {
      const extension = await reader.view(position + 1, 3);
      if (!extension) return header;
      if (extension.getUint8(0) === GRAPHIC_CONTROL && (extension.getUint8(2) & 1) === 1) header.hasAlpha = true;
      position = await skipSubBlocks(reader, position + 2);
    } else {
      return header;
    }
  }
  return header;
}

/** Bytes of the colour table that a packed field announces. */
const tableBytes = (packed: number) => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);

/** The place after a chain of sub-blocks; null where the file ends within it. */
async function skipSubBlocks(reader: HeaderReader, from: number): Promise<number | null> {
  let position = from;
  for (;;) {
    const length = (await reader.view(position, 1))?.getUint8(0);
    if (length === undefined) return null;
    position += 1 + length;
    if (length === 0) return position;
  }
}
