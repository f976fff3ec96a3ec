import { deflateSync } from 'node:zlib';
import { crc32 } from '../archives/crc32.ts';
import type { PngPass } from './png-rows.ts';
import { passSize, PNG_PASSES } from './png-rows.ts';

export interface TestPng {
  width: number;
  height: number;
  bitDepth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  colourType: number;
  /** [h, w, channels] */
  samples: ArrayLike<number>;
  interlaced?: boolean;
  /** Filter of each row in turn. */
  filters?: readonly number[];
  palette?: readonly number[];
}

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG of any kind; bytes are written as the specification says, and not as any reader reads them. */
export function testPng(png: TestPng): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(png.width, 0);
  header.writeUInt32BE(png.height, 4);
  header.set([png.bitDepth, png.colourType, 0, 0, png.interlaced ? 1 : 0], 8);
  const passes = PNG_PASSES[png.interlaced ? 'adam7' : 'none'];
  const raw = Buffer.concat(passes.map((pass) => passBytes(png, pass)));
  return pngOfChunks([
    ['IHDR', header],
    ...(png.palette ? ([['PLTE', Buffer.from(png.palette)]] as const) : []),
    ['tEXt', Buffer.from('Comment\0a depth map')],
    // In two parts, cut anywhere.
    ...halves(deflateSync(raw)).map((part) => ['IDAT', part] as const),
    ['IEND', Buffer.alloc(0)],
  ]);
}

/** A PNG with these chunks, whatever they are. */
export function pngOfChunks(chunks: readonly (readonly [type: string, data: Uint8Array])[]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map(([type, data]) => {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length);
    bytes.write(type, 4, 'latin1');
    bytes.set(data, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
    return bytes;
  });
  return new Uint8Array(Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), ...parts]));
}

/** The same file with the checksum of every chunk made right, as far as chunks can be told. */
export function withChecksums(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(file);
  const view = new DataView(copy.buffer);
  for (let at = 8; at + 12 <= copy.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > copy.length) break;
    view.setUint32(end - 4, crc32(copy.subarray(at + 4, end - 4)));
    at = end;
  }
  return copy;
}

function passBytes(png: TestPng, pass: PngPass): Buffer {
  const { width, height } = passSize(pass, png);
  const channels = CHANNELS[png.colourType];
  const rowBytes = Math.ceil((width * channels * png.bitDepth) / 8);
  const pixelBytes = Math.max(1, (channels * png.bitDepth) >> 3);
  let previous = Buffer.alloc(rowBytes);
  const rows: Buffer[] = [];
  for (let y = 0; width > 0 && y < height; y++) {
    const row = Buffer.alloc(rowBytes);
    for (let x = 0; x < width; x++) {
      const pixel = (pass.y + y * pass.stepY) * png.width + pass.x + x * pass.stepX;
      for (let c = 0; c < channels; c++) put(row, x * channels + c, png.bitDepth, png.samples[pixel * channels + c]);
    }
    const filter = png.filters?.[y % png.filters.length] ?? 0;
    rows.push(Buffer.from([filter, ...filtered(filter, row, previous, pixelBytes)]));
    previous = row;
  }
  return Buffer.concat(rows);
}

function put(row: Buffer, index: number, bitDepth: number, value: number): void {
  if (bitDepth === 16) row.writeUInt16BE(value, 2 * index);
  else row[(index * bitDepth) >> 3] |= value << (8 - bitDepth - ((index * bitDepth) % 8));
}

function filtered(type: number, row: Buffer, up: Buffer, pixelBytes: number): number[] {
  return [...row].map((value, i) => {
    const [a, b, c] = [row[i - pixelBytes] ?? 0, up[i], i < pixelBytes ? 0 : up[i - pixelBytes]];
    const p = a + b - c;
    const distance = (candidate: number) => Math.abs(p - candidate);
    const nearest = [b, c].reduce((best, next) => (distance(next) < distance(best) ? next : best), a);
    return (value - ([0, a, b, Math.floor((a + b) / 2), nearest][type] ?? 0)) & 255;
  });
}

const halves = (bytes: Uint8Array) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)];
