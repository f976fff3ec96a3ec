import type { HeaderReader } from './header-reader.ts';
import type { RasterHeader } from './types.ts';
import { UNREADABLE_HEADER } from './types.ts';

/** More pictures than any icon holds. */
const MAX_PICTURES = 64;

const PNG_SIGNATURE = 0x89504e47;

/** Windows icon: the largest picture of its directory, which is the one that browsers draw. */
export async function readIcoHeader(reader: HeaderReader): Promise<RasterHeader> {
  const count = Math.min((await reader.view(0, 6))?.getUint16(4, true) ?? 0, MAX_PICTURES);
  const header: RasterHeader = { ...UNREADABLE_HEADER, hasAlpha: true, complete: count > 0 };
  for (let i = 0; i < count; i++) {
    const entry = await reader.view(6 + 16 * i, 16);
    if (!entry) return { ...header, complete: false };
    const bytes = entry.getUint32(8, true);
    const begin = entry.getUint32(12, true);
    if (begin + bytes > reader.size) header.complete = false;
    // A zero stands for 256.
    let width = entry.getUint8(0) || 256;
    let height = entry.getUint8(1) || 256;
    const picture = await reader.view(begin, 24);
    if (picture?.getUint32(0) === PNG_SIGNATURE) {
      // An embedded PNG says its true size, whatever the directory pretends.
      width = Math.max(width, picture.getUint32(16));
      height = Math.max(height, picture.getUint32(20));
    }
    if (width * height > (header.size?.width ?? 0) * (header.size?.height ?? 0)) {
      header.size = { width, height };
      header.bitDepth = entry.getUint16(6, true) || null;
    }
  }
  return header;
}
