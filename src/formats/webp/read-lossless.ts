import { CodedError } from '../../core/errors.ts';
import { malformed } from '../malformed.ts';
import type { PrefixCode } from './prefix-codes.ts';
import { BitReader, readPrefixCode } from './prefix-codes.ts';
import type { Inverse, Pixels } from './transforms.ts';
import { addGreen, addPixels, indexShift, uncorrelate, unindex, unpredict } from './transforms.ts';

/** A picture's samples as they are stored: no colour management, no premultiplication. */
export interface RgbaPicture {
  readonly width: number;
  readonly height: number;
  /** [h, w, 4] red, green, blue, alpha. */
  readonly rgba: Uint8Array<ArrayBuffer>;
}

/** Sets of prefix codes in one picture: encoders stop at a few thousand, and each takes kilobytes here. */
const MAX_GROUPS = 10_000;

/**
 * Decodes a lossless WebP exactly (RFC 9649, "WebP Lossless Bitstream"): a browser's own decoder would hand out colours
 * through its colour management and alpha, which files that keep numbers in pixels do not survive. Pictures of more
 * than `maxPixels` are refused by their header. Throws `webp-malformed`, `webp-unsupported` for the lossy kind,
 * `limit-exceeded`.
 */
export function readLosslessWebp(bytes: Uint8Array, maxPixels: number): RgbaPicture {
  const stream = losslessChunk(bytes);
  const reader = new BitReader(stream);
  if (reader.bits(8) !== 0x2f) throw malformed('webp', 'A lossless WebP picture lacks its signature.');
  const width = reader.bits(14) + 1;
  const height = reader.bits(14) + 1;
  // A hint whether alpha is used, which decoders need not heed.
  reader.bits(1);
  if (reader.bits(3) !== 0) throw malformed('webp', 'A lossless WebP picture is of an unknown version.');
  if (width * height > maxPixels) {
    throw new CodedError(
      'limit-exceeded',
      `A WebP picture has ${width} × ${height} pixels; ${maxPixels} are expected.`,
    );
  }
  const inverses: Inverse[] = [];
  let packedWidth = width;
  const seen = new Set<number>();
  while (reader.bits(1) === 1) {
    const kind = reader.bits(2);
    if (seen.has(kind)) throw malformed('webp', 'A WebP picture takes a transform twice.');
    seen.add(kind);
    if (kind === 2) {
      inverses.push(addGreen);
    } else if (kind === 3) {
      const palette = readPalette(reader);
      inverses.push(unindex(palette, packedWidth));
      packedWidth = Math.ceil(packedWidth / (1 << indexShift(palette.length)));
    } else {
      const bits = reader.bits(3) + 2;
      const blocks = readPixels(reader, blocksOf(packedWidth, bits), blocksOf(height, bits), false);
      inverses.push(kind === 0 ? unpredict(bits, blocks) : uncorrelate(bits, blocks));
    }
  }
  const stored = readPixels(reader, packedWidth, height, true);
  return rgbaOf(inverses.reduceRight((pixels, inverse) => inverse(pixels), stored));
}

/** The bytes of chunk `VP8L`; the container may begin with an extended header. */
function losslessChunk(bytes: Uint8Array): Uint8Array {
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 20 || name(0) !== 'RIFF' || name(8) !== 'WEBP') throw malformed('webp', 'A picture is no WebP.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (name(at) === 'VP8L') return bytes.subarray(at + 8, at + 8 + size);
    if (name(at) === 'VP8 ') {
      throw new CodedError(
        'webp-unsupported',
        'A picture is WebP of the lossy kind.',
        'Save it again as lossless WebP.',
      );
    }
    at += 8 + size + (size & 1);
  }
  throw malformed('webp', 'A WebP picture has no pixels.');
}

const blocksOf = (length: number, bits: number): number => Math.ceil(length / (1 << bits));

/** Colours, each stored as the difference to the one before. */
function readPalette(reader: BitReader): Uint32Array {
  const palette = readPixels(reader, reader.bits(8) + 1, 1, false).argb;
  for (let i = 1; i < palette.length; i++) palette[i] = addPixels(palette[i], palette[i - 1]);
  return palette;
}

/** The five codes of a block: green with lengths and the cache's places, red, blue, alpha, distances. */
type Group = readonly PrefixCode[];

const LITERALS = 256;
const LENGTH_PREFIXES = 24;
const DISTANCE_PREFIXES = 40;

function readPixels(reader: BitReader, width: number, height: number, isPicture: boolean): Pixels {
  const cacheBits = reader.bits(1) === 1 ? reader.bits(4) : 0;
  if (cacheBits > 11) throw malformed('webp', 'A WebP picture has too large a colour cache.');
  const cache = cacheBits > 0 ? new Uint32Array(1 << cacheBits) : undefined;
  // Only the picture itself may change its codes from block to block.
  const blockBits = isPicture && reader.bits(1) === 1 ? reader.bits(3) + 2 : undefined;
  const blocks =
    blockBits === undefined
      ? undefined
      : readPixels(reader, blocksOf(width, blockBits), blocksOf(height, blockBits), false);
  const groupOf = (x: number, y: number) =>
    blocks ? (blocks.argb[(y >> blockBits!) * blocks.width + (x >> blockBits!)] >>> 8) & 0xffff : 0;
  let groupCount = 1;
  for (const block of blocks?.argb ?? []) groupCount = Math.max(groupCount, ((block >>> 8) & 0xffff) + 1);
  if (groupCount > MAX_GROUPS) throw malformed('webp', `A WebP picture has ${groupCount} sets of codes.`);
  const alphabets = [
    LITERALS + LENGTH_PREFIXES + (cache?.length ?? 0),
    LITERALS,
    LITERALS,
    LITERALS,
    DISTANCE_PREFIXES,
  ];
  const groups: Group[] = [];
  for (let k = 0; k < groupCount; k++) groups.push(alphabets.map((symbols) => readPrefixCode(reader, symbols)));

  const argb = new Uint32Array(width * height);
  const remember = (pixel: number) => {
    if (cache) cache[Math.imul(0x1e35a7bd, pixel) >>> (32 - cacheBits)] = pixel;
  };
  for (let i = 0; i < argb.length; ) {
    const x = i % width;
    const group = groups[groupOf(x, (i - x) / width)];
    const symbol = group[0].read(reader);
    if (symbol < LITERALS) {
      const red = group[1].read(reader);
      const blue = group[2].read(reader);
      const alpha = group[3].read(reader);
      argb[i] = ((alpha << 24) | (red << 16) | (symbol << 8) | blue) >>> 0;
      remember(argb[i++]);
    } else if (symbol < LITERALS + LENGTH_PREFIXES) {
      const length = readValue(reader, symbol - LITERALS);
      const distance = distanceOf(readValue(reader, group[4].read(reader)), width);
      if (distance > i || i + length > argb.length) throw malformed('webp', 'A WebP picture copies what is not there.');
      // One by one: source and target may overlap.
      for (const end = i + length; i < end; i++) remember((argb[i] = argb[i - distance]));
    } else {
      argb[i] = cache![symbol - LITERALS - LENGTH_PREFIXES];
      remember(argb[i++]);
    }
  }
  return { width, height, argb };
}

/** A length or distance: small ones by their prefix alone, large ones with more bits. */
function readValue(reader: BitReader, prefix: number): number {
  if (prefix < 4) return prefix + 1;
  const more = (prefix - 2) >> 1;
  return ((2 + (prefix & 1)) << more) + reader.bits(more) + 1;
}

/**
 * The first 120 distances are places near the pixel in two dimensions, the nearer the shorter their code: here as
 * nibbles of rows up and 8 − columns left (RFC 9649, 5.2.2).
 */
const NEAR_PLACES = [
  '18 07 17 19 28 06 27 29 16 1a 26 2a 38 05 37 39 15 1b 36 3a 25 2b 48 04',
  '47 49 14 1c 35 3b 46 4a 24 2c 58 45 4b 34 3c 03 57 59 13 1d 56 5a 23 2d',
  '44 4c 55 5b 33 3d 68 02 67 69 12 1e 66 6a 22 2e 54 5c 43 4d 65 6b 32 3e',
  '78 01 77 79 53 5d 11 1f 64 6c 42 4e 76 7a 21 2f 75 7b 31 3f 63 6d 52 5e',
  '00 74 7c 41 4f 10 20 62 6e 30 73 7d 51 5f 40 72 7e 61 6f 50 71 7f 60 70',
];

const NEAR = Uint8Array.from(NEAR_PLACES.join(' ').split(' '), (hex) => Number.parseInt(hex, 16));

function distanceOf(code: number, width: number): number {
  if (code > NEAR.length) return code - NEAR.length;
  const place = NEAR[code - 1];
  return Math.max((place >> 4) * width + 8 - (place & 15), 1);
}

function rgbaOf({ width, height, argb }: Pixels): RgbaPicture {
  const rgba = new Uint8Array(4 * argb.length);
  const view = new DataView(rgba.buffer);
  for (let i = 0; i < argb.length; i++) view.setUint32(4 * i, ((argb[i] << 8) | (argb[i] >>> 24)) >>> 0);
  return { width, height, rgba };
}
