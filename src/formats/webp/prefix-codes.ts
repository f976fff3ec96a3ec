import { malformed } from '../malformed.ts';

/** Bits from the least significant one on, as lossless WebP packs them. Throws `webp-malformed` past the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Bits that have been loaded and not been read, the next one lowest. */
  #loaded = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `count` bits, at most 24. */
  bits(count: number): number {
    if (this.#count < count) this.#load(count);
    const value = this.#loaded & ((1 << count) - 1);
    this.#loaded >>>= count;
    this.#count -= count;
    return value;
  }

  /** The next 8 bits without taking them; zeros beyond the end. */
  peekByte(): number {
    while (this.#count < 8 && this.#at < this.#bytes.length) this.#append();
    return this.#loaded & 255;
  }

  skip(count: number): void {
    if (this.#count < count) throw endsEarly();
    this.#loaded >>>= count;
    this.#count -= count;
  }

  #load(count: number): void {
    while (this.#count < count) {
      if (this.#at === this.#bytes.length) throw endsEarly();
      this.#append();
    }
  }

  #append(): void {
    this.#loaded |= this.#bytes[this.#at++] << this.#count;
    this.#count += 8;
  }
}

const endsEarly = () => malformed('webp', 'A WebP picture ends in the middle of its pixels.');

const MAX_LENGTH = 15;
const TABLE_BITS = 8;

/** A canonical prefix code: short codes by a table, longer ones bit by bit. */
export class PrefixCode {
  /** The only symbol, which takes no bits, or −1. */
  readonly #only: number;
  /** Symbol · 16 + length for the next eight bits; 0 where the code is longer. */
  readonly #table: Uint16Array | undefined;
  readonly #counts: Uint16Array | undefined;
  readonly #sorted: Uint16Array | undefined;

  /** @param lengths the code's length for every symbol, 0 for those that do not occur */
  constructor(lengths: Uint8Array) {
    const counts = new Uint16Array(MAX_LENGTH + 1);
    let used = 0;
    let last = 0;
    lengths.forEach((length, symbol) => {
      if (length === 0) return;
      counts[length]++;
      used++;
      last = symbol;
    });
    this.#only = used === 1 ? last : -1;
    if (used === 1) return;
    // Complete: every sequence of bits means one symbol (Kraft's sum is 1).
    let sum = 0;
    for (let length = 1; length <= MAX_LENGTH; length++) sum += counts[length] << (MAX_LENGTH - length);
    if (sum !== 1 << MAX_LENGTH) throw malformed('webp', 'A prefix code of a WebP picture is not complete.');
    const next = new Uint16Array(MAX_LENGTH + 2);
    for (let length = 1; length <= MAX_LENGTH; length++) next[length + 1] = next[length] + counts[length];
    const sorted = new Uint16Array(used);
    lengths.forEach((length, symbol) => {
      if (length > 0) sorted[next[length]++] = symbol;
    });
    this.#counts = counts;
    this.#sorted = sorted;
    this.#table = tableOf(counts, sorted);
  }

  read(reader: BitReader): number {
    if (this.#only >= 0) return this.#only;
    const entry = this.#table![reader.peekByte()];
    if (entry !== 0) {
      reader.skip(entry & 15);
      return entry >> 4;
    }
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_LENGTH; length++) {
      code |= reader.bits(1);
      const count = this.#counts![length];
      if (code - first < count) return this.#sorted![index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw malformed('webp', 'A WebP picture has a code that means nothing.');
  }
}

function tableOf(counts: Uint16Array, sorted: Uint16Array): Uint16Array {
  const table = new Uint16Array(1 << TABLE_BITS);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= TABLE_BITS; length++) {
    for (let k = 0; k < counts[length]; k++, code++, index++) {
      // Codes are written from their highest bit on, into bits that are read from the lowest.
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let entry = reversed; entry < table.length; entry += 1 << length) {
        table[entry] = (sorted[index] << 4) | length;
      }
    }
    code <<= 1;
  }
  return table;
}

/** In which the lengths of the code for lengths are stored: the likely ones first. */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/** A prefix code for symbols 0…`symbols` − 1 as it is stored: one or two symbols, or the lengths of all. */
export function readPrefixCode(reader: BitReader, symbols: number): PrefixCode {
  const lengths = new Uint8Array(symbols);
  if (reader.bits(1) === 1) {
    const count = reader.bits(1) + 1;
    const first = reader.bits(reader.bits(1) === 1 ? 8 : 1);
    const stored = count === 2 ? [first, reader.bits(8)] : [first];
    for (const symbol of stored) {
      if (symbol >= symbols) throw malformed('webp', 'A prefix code of a WebP picture has a symbol out of range.');
      lengths[symbol] = 1;
    }
    return new PrefixCode(lengths);
  }
  const stored = 4 + reader.bits(4);
  const ofLengths = new Uint8Array(LENGTH_ORDER.length);
  for (let k = 0; k < stored; k++) ofLengths[LENGTH_ORDER[k]] = reader.bits(3);
  const code = new PrefixCode(ofLengths);
  let left = reader.bits(1) === 1 ? 2 + reader.bits(2 + 2 * reader.bits(3)) : symbols;
  let previous = 8;
  for (let symbol = 0; symbol < symbols && left > 0; left--) {
    const length = code.read(reader);
    if (length < 16) {
      lengths[symbol++] = length;
      if (length !== 0) previous = length;
      continue;
    }
    const repeats = length === 16 ? 3 + reader.bits(2) : length === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
    if (symbol + repeats > symbols) throw malformed('webp', 'A prefix code of a WebP picture has too many symbols.');
    lengths.fill(length === 16 ? previous : 0, symbol, symbol + repeats);
    symbol += repeats;
  }
  return new PrefixCode(lengths);
}
