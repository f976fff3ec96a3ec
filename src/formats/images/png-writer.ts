import { concatenate } from '../concatenate.ts';
import type { Size } from '../../core/geometry.ts';
import { crc32 } from '../archives/crc32.ts';

/** How every PNG begins. */
export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour type by the number of channels (section 11.2.1 of the specification). */
const COLOUR_TYPES = { 1: 0, 3: 2, 4: 6 } as const;
/** None, sub, up, average, Paeth. */
const FILTERS = 5;

/** Samples of a picture, row by row: 8 bits in a Uint8Array (or a clamped one), 16 in a Uint16Array. */
export interface PngPicture extends Size {
  /** 1 grey, 3 RGB, 4 RGB and alpha. */
  channels: 1 | 3 | 4;
  samples: Uint8Array | Uint8ClampedArray | Uint16Array;
}

/**
 * A PNG without a canvas: lossless, 16 bits if wanted, the same in a worker, in Node and in every browser (up to the
 * deflate that they have). Rows are filtered by the usual heuristic, the least sum of absolute differences.
 * Throws a RangeError if samples and size disagree.
 */
export async function encodePng(picture: PngPicture): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, channels, samples } = picture;
  if (samples.length !== width * height * channels) {
    throw new RangeError(`${samples.length} samples are no picture of ${width} × ${height} × ${channels}`);
  }
  return concatenate([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngHeader(picture)),
    pngChunk('IDAT', await compressedRows(picture)),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/**
 * A 16-bit RGB PNG, which no canvas writes.
 * @param samples red, green and blue of each pixel in turn, row by row
 */
export function encodePng16({ width, height }: Size, samples: Uint16Array): Promise<Uint8Array<ArrayBuffer>> {
  return encodePng({ width, height, channels: 3, samples });
}

/** Every row with the number of its filter in front. */
function filteredRows({ width, height, channels, samples }: PngPicture): Uint8Array<ArrayBuffer> {
  const itemBytes = samples.BYTES_PER_ELEMENT;
  const rowItems = width * channels;
  const rowBytes = rowItems * itemBytes;
  const pixelBytes = channels * itemBytes;
  const raw = new Uint8Array((rowBytes + 1) * height);
  // A pixel's worth of zeros in front stands for what is left of the first pixel.
  let row = new Uint8Array(pixelBytes + rowBytes);
  let above = new Uint8Array(pixelBytes + rowBytes);
  const candidates = Array.from({ length: FILTERS }, () => new Uint8Array(rowBytes));
  for (let y = 0; y < height; y++) {
    for (let i = 0, from = y * rowItems, to = pixelBytes; i < rowItems; i++, from++) {
      if (itemBytes === 2) row[to++] = samples[from] >> 8;
      row[to++] = samples[from];
    }
    const type = filterRow(row, above, pixelBytes, candidates);
    raw[y * (rowBytes + 1)] = type;
    raw.set(candidates[type], y * (rowBytes + 1) + 1);
    [row, above] = [above, row];
  }
  return raw;
}

/** Filters a row all five ways into `candidates`; returns which is expected to compress best. */
function filterRow(row: Uint8Array, above: Uint8Array, pixelBytes: number, candidates: readonly Uint8Array[]): number {
  const [none, sub, up, average, paeth] = candidates;
  const sums = [0, 0, 0, 0, 0];
  for (let i = 0, at = pixelBytes; at < row.length; i++, at++) {
    const value = row[at];
    const a = row[at - pixelBytes];
    const b = above[at];
    const c = above[at - pixelBytes];
    const toA = Math.abs(b - c);
    const toB = Math.abs(a - c);
    const toC = Math.abs(a + b - 2 * c);
    none[i] = value;
    sub[i] = value - a;
    up[i] = value - b;
    average[i] = value - ((a + b) >> 1);
    paeth[i] = value - (toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
    sums[0] += magnitude(value);
    sums[1] += magnitude(sub[i]);
    sums[2] += magnitude(up[i]);
    sums[3] += magnitude(average[i]);
    sums[4] += magnitude(paeth[i]);
  }
  return sums.indexOf(Math.min(...sums));
}

/** Distance from 0 of a difference that is kept modulo 256. */
const magnitude = (byte: number): number => (byte < 128 ? byte : 256 - byte);

/** Size and kind of a picture: what the IHDR chunk holds. */
export function pngHeader({ width, height, channels, samples }: PngPicture): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8 * samples.BYTES_PER_ELEMENT, COLOUR_TYPES[channels], 0, 0, 0], 8);
  return header;
}

/** A picture's rows, filtered and in zlib-wrapped deflate: what the IDAT chunk holds. */
export async function compressedRows(picture: PngPicture): Promise<Uint8Array> {
  const compressed = new Blob([filteredRows(picture)]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

/** A chunk: length, type, data, and the checksum of type and data. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
