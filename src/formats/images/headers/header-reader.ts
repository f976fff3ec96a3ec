import type { ByteSource } from '../../byte-source.ts';

/** One block a read: a photo's whole header mostly fits, and a walk through a large file stays cheap. */
const BLOCK_BYTES = 64 * 1024;

/** No single header field is longer (an EXIF segment has 64 kB, an AVIF `meta` box with many tiles some hundred kB). */
const MAX_FIELD_BYTES = 1024 * 1024;

/**
 * Small reads at any place of a source, from the last block read where possible.
 * A read that leaves the file answers null: header parsers treat it as "the file ends here", never as an error.
 */
export class HeaderReader {
  private block = new Uint8Array(0);
  private blockBegin = 0;

  constructor(private readonly source: ByteSource) {}

  get size(): number {
    return this.source.size;
  }

  /** `length` bytes from `begin`, or null where they are not all there (or absurdly many). */
  async view(begin: number, length: number): Promise<DataView | null> {
    if (length > MAX_FIELD_BYTES || begin < 0 || begin + length > this.size) return null;
    const offset = begin - this.blockBegin;
    if (offset < 0 || offset + length > this.block.length) {
      this.block = await this.source.read(begin, Math.min(this.size, begin + Math.max(length, BLOCK_BYTES)));
      this.blockBegin = begin;
      return new DataView(this.block.buffer, 0, length);
    }
    return new DataView(this.block.buffer, offset, length);
  }

  /** Whatever is at hand from `begin` on: 1…64 k bytes, none at the file's end. For scans through long data. */
  async chunk(begin: number): Promise<Uint8Array> {
    if (begin >= this.size) return new Uint8Array(0);
    await this.view(begin, 1);
    return this.block.subarray(begin - this.blockBegin);
  }

  /** Like {@link view}, as many bytes as there are up to `length`. */
  async prefix(length: number): Promise<Uint8Array> {
    const view = await this.view(0, Math.min(length, this.size));
    return view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(0);
  }
}

/** The ASCII text of `length` bytes of a view. */
export function ascii(view: DataView, offset: number, length: number): string {
  let text = '';
  for (let i = 0; i < length && offset + i < view.byteLength; i++)
    text += String.fromCharCode(view.getUint8(offset + i));
  return text;
}
