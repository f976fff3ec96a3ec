import { CodedError } from '../core/errors.ts';

/** Walks over bytes in memory; every step past the end is a CodedError `truncated`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text = new TextDecoder();
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** Rounded above 2^53, which no length can reach anyway. */
  uint64(): number {
    const low = this.uint32();
    return low + this.uint32() * 2 ** 32;
  }

  float64BigEndian(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A view of the next `length` bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const begin = this.#take(length);
    return this.#bytes.subarray(begin, begin + length);
  }

  utf8(length: number): string {
    return this.#text.decode(this.bytes(length));
  }

  /** UTF-8 up to the next newline, which is consumed and left out. */
  line(): string {
    return this.#text.decode(this.lineBytes());
  }

  /** The bytes up to the next newline, which is consumed and left out. */
  lineBytes(): Uint8Array {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw truncated(this.#bytes.length);
    const line = this.bytes(end - this.#position);
    this.#position++;
    return line;
  }

  #take(length: number): number {
    const begin = this.#position;
    if (length > this.#bytes.length - begin) throw truncated(this.#bytes.length);
    this.#position += length;
    return begin;
  }
}

function truncated(length: number): CodedError {
  return new CodedError(
    'truncated',
    `The data ends after ${length} bytes, in the middle of a value.`,
    'The download is probably incomplete: fetch the file again.',
  );
}
