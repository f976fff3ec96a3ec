import { crc32 } from './crc32.ts';

/** Takes the archive's bytes in order; the writer waits for each. */
export type ZipSink = (bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>;

export interface ZipWriterOptions {
  /** `always` writes ZIP64 records even where 32 bits suffice. Default `when-needed`. */
  readonly zip64?: 'when-needed' | 'always';
}

interface WrittenEntry {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc: number;
  readonly headerOffset: number;
  readonly flags: number;
}

const UTF8_NAME = 0x800;
const HAS_DESCRIPTOR = 8;
/** Version of the specification that a reader needs: 2.0 is plain, 4.5 is ZIP64. */
const VERSION_PLAIN = 20;
const VERSION_ZIP64 = 45;
const SATURATED = 0xffffffff;
/** 1 January 1980, the epoch of zip, for every entry: the same input gives the same archive. */
const DOS_DATE = 0x21;

/**
 * Writes a zip archive of stored entries, front to back, to any sink; nothing is kept but the directory.
 * Entries and archives over 4 GiB get ZIP64 records.
 */
export class ZipWriter {
  readonly #sink: ZipSink;
  readonly #alwaysZip64: boolean;
  readonly #entries: WrittenEntry[] = [];
  #offset = 0;

  constructor(sink: ZipSink, options: ZipWriterOptions = {}) {
    this.#sink = sink;
    this.#alwaysZip64 = options.zip64 === 'always';
  }

  /** Adds a file that is in memory. */
  async add(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const entry = this.#begin(name, bytes.length, crc32(bytes), 0);
    await this.#write(this.#localHeader(entry));
    await this.#write(bytes);
    this.#entries.push(entry);
  }

  /**
   * Adds a file of `size` bytes that arrives in chunks; its checksum follows it. Throws a RangeError if the
   * chunks have another length, after which the archive is unusable.
   */
  async addStream(
    name: string,
    size: number,
    chunks: AsyncIterable<Uint8Array<ArrayBuffer>> | Iterable<Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    const opened = this.#begin(name, size, 0, HAS_DESCRIPTOR);
    await this.#write(this.#localHeader(opened));
    let crc = 0;
    let written = 0;
    for await (const chunk of chunks) {
      written += chunk.length;
      if (written > size) throw new RangeError(`${name} has more than its ${size} bytes`);
      crc = crc32(chunk, crc);
      await this.#write(chunk);
    }
    if (written !== size) throw new RangeError(`${name} has ${written} bytes, not ${size}`);
    const descriptor = new Fields().uint32(0x08074b50).uint32(crc);
    if (this.#needsZip64(size)) descriptor.uint64(size).uint64(size);
    else descriptor.uint32(size).uint32(size);
    await this.#write(descriptor.bytes());
    this.#entries.push({ ...opened, crc });
  }

  /** Writes the directory. The writer cannot be used afterwards. */
  async finish(): Promise<void> {
    const begin = this.#offset;
    for (const entry of this.#entries) await this.#write(this.#directoryEntry(entry));
    const bytes = this.#offset - begin;
    const count = this.#entries.length;
    const wide = this.#alwaysZip64 || count >= 0xffff || this.#offset >= SATURATED;
    const end = new Fields();
    if (wide) {
      const recordAt = this.#offset;
      end.uint32(0x06064b50).uint64(44).uint16(VERSION_ZIP64).uint16(VERSION_ZIP64).uint32(0).uint32(0);
      end.uint64(count).uint64(count).uint64(bytes).uint64(begin);
      end.uint32(0x07064b50).uint32(0).uint64(recordAt).uint32(1);
    }
    end.uint32(0x06054b50).uint16(0).uint16(0);
    end.uint16(wide ? 0xffff : count).uint16(wide ? 0xffff : count);
    end
      .uint32(wide ? SATURATED : bytes)
      .uint32(wide ? SATURATED : begin)
      .uint16(0);
    await this.#write(end.bytes());
  }

  #begin(name: string, size: number, crc: number, flags: number): WrittenEntry {
    return { name: new TextEncoder().encode(name), size, crc, headerOffset: this.#offset, flags: flags | UTF8_NAME };
  }

  #localHeader({ name, size, crc, flags }: WrittenEntry): Uint8Array<ArrayBuffer> {
    const wide = this.#needsZip64(size);
    // With a descriptor, checksum and sizes are zero here unless ZIP64 needs its markers.
    const shown = flags & HAS_DESCRIPTOR ? 0 : size;
    const fields = new Fields()
      .uint32(0x04034b50)
      .uint16(wide ? VERSION_ZIP64 : VERSION_PLAIN)
      .uint16(flags);
    fields.uint16(0).uint16(0).uint16(DOS_DATE).uint32(crc);
    fields.uint32(wide ? SATURATED : shown).uint32(wide ? SATURATED : shown);
    fields
      .uint16(name.length)
      .uint16(wide ? 20 : 0)
      .append(name);
    if (wide) fields.uint16(1).uint16(16).uint64(shown).uint64(shown);
    return fields.bytes();
  }

  #directoryEntry({ name, size, crc, headerOffset, flags }: WrittenEntry): Uint8Array<ArrayBuffer> {
    const wide = this.#needsZip64(size) || headerOffset >= SATURATED;
    const version = wide ? VERSION_ZIP64 : VERSION_PLAIN;
    const fields = new Fields().uint32(0x02014b50).uint16(version).uint16(version).uint16(flags);
    fields.uint16(0).uint16(0).uint16(DOS_DATE).uint32(crc);
    fields.uint32(wide ? SATURATED : size).uint32(wide ? SATURATED : size);
    fields
      .uint16(name.length)
      .uint16(wide ? 28 : 0)
      .uint16(0)
      .uint16(0)
      .uint16(0)
      .uint32(0);
    fields.uint32(wide ? SATURATED : headerOffset).append(name);
    if (wide) fields.uint16(1).uint16(24).uint64(size).uint64(size).uint64(headerOffset);
    return fields.bytes();
  }

  #needsZip64(size: number): boolean {
    return this.#alwaysZip64 || size >= SATURATED;
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#offset += bytes.length;
    await this.#sink(bytes);
  }
}

/** Little-endian fields one after the other. */
class Fields {
  readonly #values: number[] = [];

  uint16(value: number): this {
    this.#values.push(value & 255, (value >>> 8) & 255);
    return this;
  }

  uint32(value: number): this {
    return this.uint16(value & 0xffff).uint16(value >>> 16);
  }

  uint64(value: number): this {
    return this.uint32(value % 2 ** 32).uint32(Math.floor(value / 2 ** 32));
  }

  append(bytes: Uint8Array): this {
    this.#values.push(...bytes);
    return this;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#values);
  }
}
