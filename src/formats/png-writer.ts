import type { Size } from '../shared/geometry.ts';
import { crc32 } from './crc32.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const CHANNELS = 3;
const TRUECOLOR = 2;
/** Difference to the byte of the same sample one pixel to the left: smooth fields compress to half. */
const FILTER_SUB = 1;

/**
 * A 16-bit RGB PNG, which no canvas writes.
 * @param samples red, green and blue of each pixel in turn, row by row
 */
export async function encodePng16({ width, height }: Size, samples: Uint16Array): Promise<Uint8Array<ArrayBuffer>> {
  const rowBytes = width * CHANNELS * 2;
  const pixelBytes = CHANNELS * 2;
  const raw = new Uint8Array((rowBytes + 1) * height);
  const row = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width * CHANNELS; i++) {
      const sample = samples[y * width * CHANNELS + i];
      row[2 * i] = sample >> 8;
      row[2 * i + 1] = sample & 255;
    }
    const begin = y * (rowBytes + 1);
    raw[begin] = FILTER_SUB;
    for (let i = 0; i < rowBytes; i++) raw[begin + 1 + i] = row[i] - (i < pixelBytes ? 0 : row[i - pixelBytes]);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([16, TRUECOLOR, 0, 0, 0], 8);
  return concatenate([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', await deflate(raw)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** zlib-wrapped deflate, as PNG wants it. */
async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

/** Length, type, data, and the checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
