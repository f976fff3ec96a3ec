import { concatenate } from '../concatenate.ts';
import { CodedError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { bytesSource } from '../byte-source.ts';
import { crc32 } from '../archives/crc32.ts';
import { inflatedSource } from '../archives/inflate.ts';
import { MAX_DEFLATE_RATIO } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import { passSize, PNG_PASSES, unfilter } from './png-rows.ts';

/** Samples of a PNG as they are stored: not gamma-corrected, not scaled, not made 8-bit as a canvas would. */
export interface PngSamples {
  readonly size: Size;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. A palette has been looked up: 3. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  /** [h, w, channels], 0…2^bitDepth − 1. */
  readonly samples: Uint16Array<ArrayBuffer>;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHUNK_BYTES = 12;
/** Two of the zlib header, four of the checksum; what is between is raw deflate. */
const ZLIB_HEADER_BYTES = 2;
const ZLIB_TRAILER_BYTES = 4;
/** 8192²: far above any depth map, and half a gigabyte as 16-bit RGBA. */
const MAX_PIXELS = 2 ** 26;
const PALETTE = 3;
/** Channels and allowed depths of each colour type (section 11.2.1 of the specification). */
const COLOUR_TYPES: Readonly<Record<number, { channels: 1 | 2 | 3 | 4; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  [PALETTE]: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

interface Header {
  readonly size: Size;
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly colourType: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly interlaced: boolean;
}

/** Whether a file begins as a PNG does. */
export const looksLikePng = (file: Uint8Array): boolean => SIGNATURE.every((byte, i) => file[i] === byte);

/**
 * Decodes a PNG (ISO/IEC 15948) of any colour type and depth, interlaced or not, without a canvas, which would reduce
 * 16-bit samples to 8. Throws `png-malformed` for damage (checksums of chunks included) and `limit-exceeded`; nothing
 * is allocated for a size that the compressed data cannot fill.
 */
export async function readPng(file: Uint8Array): Promise<PngSamples> {
  const { header, data, palette } = readChunks(file);
  const passes = PNG_PASSES[header.interlaced ? 'adam7' : 'none']
    .map((pass) => ({ ...pass, ...passSize(pass, header.size) }))
    .filter((pass) => pass.width > 0);
  const rowBytes = (width: number) => Math.ceil((width * header.channels * header.bitDepth) / 8);
  const bytes = passes.reduce((sum, { width, height }) => sum + height * (1 + rowBytes(width)), 0);
  const raw = await inflate(data, bytes);
  const { width, height } = header.size;
  const samples = new Uint16Array(width * height * header.channels);
  const pixelBytes = Math.max(1, (header.channels * header.bitDepth) >> 3);
  let at = 0;
  for (const pass of passes) {
    const length = rowBytes(pass.width);
    let previous = new Uint8Array(length);
    for (let y = 0; y < pass.height; y++) {
      const row = raw.subarray(at + 1, at + 1 + length);
      if (!unfilter(raw[at], row, previous, pixelBytes)) throw broken(`row ${y} has the unknown filter ${raw[at]}`);
      const first = (pass.y + y * pass.stepY) * width + pass.x;
      spreadRow(row, header, pass.width, samples, first * header.channels, pass.stepX * header.channels);
      previous = row;
      at += 1 + length;
    }
  }
  const { size, channels, bitDepth } = header;
  if (header.colourType !== PALETTE) return { size, channels, bitDepth, samples };
  return { size, channels: 3, bitDepth: 8, samples: lookUp(samples, palette) };
}

function readChunks(file: Uint8Array): { header: Header; data: Uint8Array<ArrayBuffer>; palette: Uint8Array } {
  if (!looksLikePng(file)) throw broken('it does not begin like one');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const data: Uint8Array[] = [];
  let header: Header | null = null;
  let palette = new Uint8Array(0);
  for (let at = SIGNATURE.length; ; ) {
    if (at + CHUNK_BYTES > file.length) throw broken('it ends before its last chunk');
    const length = view.getUint32(at);
    const end = at + CHUNK_BYTES + length;
    if (end > file.length) throw broken('it ends in the middle of a chunk');
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const content = file.subarray(at + 8, end - 4);
    const isWhole = crc32(file.subarray(at + 4, end - 4)) === view.getUint32(end - 4);
    if (!isWhole) throw broken(`its ${type} fails its checksum`);
    if (!header && type !== 'IHDR') throw broken('it has no header');
    if (type === 'IHDR') header = parseHeader(content);
    else if (type === 'PLTE') palette = content.slice();
    else if (type === 'IDAT') data.push(content);
    else if (type === 'IEND') break;
    at = end;
  }
  if (!header || !data.length) throw broken('it has no picture');
  if (header.colourType === PALETTE && palette.length < 3) throw broken('it has no palette');
  return { header, data: concatenate(data), palette };
}

function parseHeader(content: Uint8Array): Header {
  if (content.length !== 13) throw broken('its header has a wrong length');
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const size = { width: view.getUint32(0), height: view.getUint32(4) };
  const [bitDepth, colourType, compression, filter, interlace] = content.subarray(8);
  const kind = COLOUR_TYPES[colourType];
  if (!size.width || !size.height) throw broken('its size is nothing');
  if (size.width * size.height > MAX_PIXELS) throw tooLarge(`A PNG of ${size.width} × ${size.height} pixels.`);
  if (!kind?.depths.includes(bitDepth) || compression || filter || interlace > 1) throw broken('its header is not one');
  return {
    size,
    bitDepth: bitDepth as Header['bitDepth'],
    colourType,
    channels: kind.channels,
    interlaced: interlace === 1,
  };
}

async function inflate(data: Uint8Array<ArrayBuffer>, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const packed = data.length - ZLIB_HEADER_BYTES - ZLIB_TRAILER_BYTES;
  // Method 8, no dictionary, and a header that is a multiple of 31 (RFC 1950).
  const isZlib = packed > 0 && (data[0] & 15) === 8 && !(data[1] & 32) && ((data[0] << 8) | data[1]) % 31 === 0;
  if (!isZlib) throw broken('its picture is not compressed as a PNG’s is');
  if (bytes > (packed + 1) * MAX_DEFLATE_RATIO) throw broken(`${packed} bytes cannot hold a picture of ${bytes}`);
  try {
    const source = bytesSource(data.subarray(ZLIB_HEADER_BYTES, data.length - ZLIB_TRAILER_BYTES));
    return await inflatedSource(source, bytes).read(0, bytes);
  } catch (thrown) {
    const isBroken = thrown instanceof CodedError && thrown.code === 'zip-malformed';
    throw isBroken ? broken('its compressed picture is broken') : thrown;
  }
}

/** Samples of one unfiltered row to every `step`th place from `at` on; `step` counts samples. */
function spreadRow(
  row: Uint8Array,
  { bitDepth, channels }: Header,
  width: number,
  samples: Uint16Array,
  at: number,
  step: number,
): void {
  const highest = (1 << bitDepth) - 1;
  for (let x = 0; x < width; x++, at += step) {
    for (let c = 0; c < channels; c++) {
      const i = x * channels + c;
      if (bitDepth === 16) samples[at + c] = (row[2 * i] << 8) | row[2 * i + 1];
      else if (bitDepth === 8) samples[at + c] = row[i];
      else samples[at + c] = (row[(i * bitDepth) >> 3] >> (8 - bitDepth - ((i * bitDepth) & 7))) & highest;
    }
  }
}

function lookUp(indices: Uint16Array, palette: Uint8Array): Uint16Array<ArrayBuffer> {
  const samples = new Uint16Array(3 * indices.length);
  for (let i = 0; i < indices.length; i++) {
    const at = 3 * indices[i];
    if (at + 2 >= palette.length) throw broken('it names a colour that its palette lacks');
    for (let c = 0; c < 3; c++) samples[3 * i + c] = palette[at + c];
  }
  return samples;
}

function broken(what: string) {
  return malformed('png', `This PNG is damaged: ${what}.`);
}
