import type { HeaderReader } from './header-reader.ts';
import type { RasterHeader } from './types.ts';
import { sizeOrNull, UNREADABLE_HEADER } from './types.ts';

const BI_RGB = 0;
const BI_BITFIELDS = 3;

/** Windows and OS/2 bitmaps. A negative height means top-down rows. */
export async function readBmpHeader(reader: HeaderReader): Promise<RasterHeader> {
  const core = await reader.view(0, 26);
  if (!core) return UNREADABLE_HEADER;
  const dataBegin = core.getUint32(10, true);
  if (core.getUint32(14, true) === 12) {
    const size = sizeOrNull(core.getUint16(18, true), core.getUint16(20, true));
    const bitDepth = core.getUint16(24, true);
    return { ...UNREADABLE_HEADER, size, bitDepth, complete: true };
  }
  const info = await reader.view(0, 34);
  if (!info) return UNREADABLE_HEADER;
  const size = sizeOrNull(info.getInt32(18, true), Math.abs(info.getInt32(22, true)));
  const bitDepth = info.getUint16(28, true);
  const compression = info.getUint32(30, true);
  const plain = compression === BI_RGB || compression === BI_BITFIELDS;
  const rowBytes = size ? Math.ceil((size.width * bitDepth) / 32) * 4 : 0;
  const complete = !plain || (size !== null && dataBegin + rowBytes * size.height <= reader.size);
  return { ...UNREADABLE_HEADER, size, bitDepth, hasAlpha: bitDepth === 32, complete };
}
