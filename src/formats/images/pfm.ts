import type { Size } from '../../core/geometry.ts';
import { malformed, tooLarge } from '../malformed.ts';

/** A float picture; rows from the top, whatever the file's order. */
export interface PfmImage {
  readonly size: Size;
  /** 1: grey (`Pf`), 3: colour (`PF`). */
  readonly channels: 1 | 3;
  /** [h, w, channels]. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Signature, two sides and a scale: three short lines, with room for the comments that some tools write. */
const MAX_HEADER_BYTES = 1024;
const MAX_SIDE = 65_536;
/** 1 GiB of floats. */
const MAX_VALUES = 2 ** 28;

/**
 * Reads a portable float map (P. Debevec's PFM): `Pf` or `PF`, width, height and a scale whose sign tells the byte
 * order (negative: little endian), then rows from the bottom up. The scale's amount is not applied: the writers of
 * disparity maps put 1 there, or the maximum. Throws `pfm-malformed`, `limit-exceeded`.
 */
export function parsePfm(file: Uint8Array): PfmImage {
  const header = parseHeader(file);
  const { width, height } = header.size;
  const count = width * height * header.channels;
  if (count > MAX_VALUES) throw tooLarge(`A float map of ${width} × ${height} pixels.`);
  const found = file.length - header.bytes;
  if (found !== count * 4) throw broken(`its size needs ${count * 4} bytes and there are ${found}`);
  const view = new DataView(file.buffer, file.byteOffset + header.bytes, found);
  const values = new Float32Array(count);
  const row = width * header.channels;
  for (let y = 0; y < height; y++) {
    const from = (height - 1 - y) * row;
    for (let i = 0; i < row; i++) values[y * row + i] = view.getFloat32(4 * (from + i), header.littleEndian);
  }
  return { size: header.size, channels: header.channels, values };
}

/** A float map as a file, little endian unless told otherwise. Throws a RangeError if values and size disagree. */
export function encodePfm(image: PfmImage, order: 'little' | 'big' = 'little'): Uint8Array<ArrayBuffer> {
  const { size, channels, values } = image;
  const row = size.width * channels;
  if (values.length !== row * size.height) throw new RangeError(`${values.length} values are no such picture`);
  const scale = order === 'little' ? '-1.0' : '1.0';
  const header = new TextEncoder().encode(`${channels === 3 ? 'PF' : 'Pf'}\n${size.width} ${size.height}\n${scale}\n`);
  const file = new Uint8Array(header.length + values.length * 4);
  file.set(header);
  const view = new DataView(file.buffer, header.length);
  for (let y = 0; y < size.height; y++) {
    const to = (size.height - 1 - y) * row;
    for (let i = 0; i < row; i++) view.setFloat32(4 * (to + i), values[y * row + i], order === 'little');
  }
  return file;
}

/** Whether a file begins as a float map does. */
export const looksLikePfm = (file: Uint8Array): boolean =>
  file[0] === 0x50 && (file[1] === 0x66 || file[1] === 0x46) && isSpace(file[2]);

interface PfmHeader {
  readonly size: Size;
  readonly channels: 1 | 3;
  readonly littleEndian: boolean;
  /** Where the values begin. */
  readonly bytes: number;
}

function parseHeader(file: Uint8Array): PfmHeader {
  if (!looksLikePfm(file)) throw broken('it does not begin with Pf or PF');
  const words: string[] = [];
  let at = 2;
  // Words are parted by any white space; exactly one such byte follows the last, since the values may look like more.
  while (words.length < 3) {
    while (isSpace(file[at])) at++;
    if (file[at] === 0x23) {
      while (at < file.length && file[at] !== 0x0a) at++;
      continue;
    }
    const begin = at;
    while (at < file.length && at < MAX_HEADER_BYTES && !isSpace(file[at])) at++;
    if (at >= file.length || at >= MAX_HEADER_BYTES) throw broken('its header does not end');
    words.push(String.fromCharCode(...file.subarray(begin, at)));
  }
  const [width, height] = words.slice(0, 2).map((word) => (/^\d{1,9}$/.test(word) ? Number(word) : NaN));
  const scale = Number(words[2]);
  if (!(width >= 1 && height >= 1)) throw broken(`its size is “${words[0]} ${words[1]}”`);
  if (width > MAX_SIDE || height > MAX_SIDE) throw tooLarge(`A float map of ${width} × ${height} pixels.`);
  if (!Number.isFinite(scale) || scale === 0) throw broken(`its scale is “${words[2]}”`);
  return { size: { width, height }, channels: file[1] === 0x46 ? 3 : 1, littleEndian: scale < 0, bytes: at + 1 };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function broken(what: string) {
  return malformed('pfm', `This float map is damaged: ${what}.`);
}
