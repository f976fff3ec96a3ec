import { inflateSync } from 'node:zlib';
import { CodedError } from '../../../src/core/errors.ts';

/** Values of a dataset, row-major, with its shape. */
export interface Hdf5Dataset {
  shape: number[];
  values: Float32Array;
}

/** Elements of one dataset, and steps of a walk through a file whose parts may point back at each other. */
const MAX_ELEMENTS = 2 ** 26;
const MAX_STEPS = 200_000;
const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;

/**
 * A dataset of floats or whole numbers out of the root group of an HDF5 file as h5py writes it by default (superblock 0 or 1,
 * groups by symbol tables, layout contiguous, compact or in chunks, filters deflate, shuffle and fletcher32): MegaDepth's depth
 * maps. Follows the HDF5 file format specification, version 1.1 and 2.0 of its messages.
 *
 * @throws CodedError `hdf5-malformed`, `hdf5-unsupported`
 */
export function readHdf5(file: Uint8Array, name: string): Hdf5Dataset {
  try {
    return new Hdf5File(file).dataset(name);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    // Reads past the end, and what zlib says of damaged chunks.
    throw malformed('it ends early or a chunk is damaged', cause);
  }
}

class Hdf5File {
  readonly #view: DataView;
  #steps = 0;

  constructor(private readonly file: Uint8Array) {
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
    if (!signature.every((byte, i) => file[i] === byte)) throw malformed('it does not begin as one');
    const version = file[8];
    if (version > 1) throw unsupported(`superblock ${version}`);
    if (file[13] !== 8 || file[14] !== 8) throw unsupported('addresses that are not of eight bytes');
  }

  dataset(name: string): Hdf5Dataset {
    const root = 24 + (this.file[8] === 1 ? 4 : 0) + 32;
    const group = this.#messages(this.#address(root + 8)).find(({ type }) => type === 0x11);
    if (!group) throw unsupported('a root group without a symbol table');
    const header = this.#find(this.#address(group.at), this.#address(group.at + 8), name);
    if (header === null) throw malformed(`it has no dataset "${name}"`);
    return this.#read(this.#messages(header));
  }

  #read(messages: readonly Message[]): Hdf5Dataset {
    const message = (type: number) => {
      const found = messages.find((each) => each.type === type);
      if (!found) throw malformed('a dataset lacks its shape, its type or its place');
      return found.at;
    };
    const shape = this.#shape(message(0x01));
    const count = shape.reduce((product, length) => product * length, 1);
    if (count > MAX_ELEMENTS) throw unsupported(`a dataset of ${count} elements`);
    const type = this.#type(message(0x03));
    const layout = message(0x08);
    if (this.file[layout] !== 3) throw unsupported(`layout ${this.file[layout]}`);
    const bytes = count * type.size;
    switch (this.file[layout + 1]) {
      case 0:
        return { shape, values: type.read(this.#bytes(layout + 4, bytes)) };
      case 1:
        return { shape, values: type.read(this.#bytes(this.#address(layout + 2), bytes)) };
      case 2: {
        const filters = messages.find((each) => each.type === 0x0b);
        const whole = new Uint8Array(bytes);
        const rank = shape.length;
        const chunk = Array.from({ length: rank }, (_, i) => this.#view.getUint32(layout + 11 + 4 * i, true));
        const chunkBytes = chunk.reduce((product, length) => product * length, type.size);
        if (!(chunkBytes > 0) || chunkBytes > MAX_ELEMENTS * type.size) throw malformed('its chunks have no size');
        const pipeline = filters ? this.#filters(filters.at) : [];
        for (const { at, length, mask, offset } of this.#chunks(this.#address(layout + 3), rank)) {
          const packed = this.#bytes(at, length);
          const plain = unfiltered(packed, pipeline, mask, type.size, chunkBytes);
          place(plain, chunk, whole, shape, offset, type.size);
        }
        return { shape, values: type.read(whole) };
      }
      default:
        throw unsupported('a virtual dataset');
    }
  }

  #shape(at: number): number[] {
    const [version, rank] = [this.file[at], this.file[at + 1]];
    if (version !== 1 && version !== 2) throw unsupported(`dataspace ${version}`);
    const begin = at + (version === 1 ? 8 : 4);
    return Array.from({ length: rank }, (_, i) => this.#address(begin + 8 * i));
  }

  #type(at: number) {
    const kind = this.file[at] & 15;
    const size = this.#view.getUint32(at + 4, true);
    const little = (this.file[at + 1] & 1) === 0;
    const signed = (this.file[at + 1] & 8) !== 0;
    const read = elementReader(kind, size, signed);
    if (!read) throw unsupported(`elements of class ${kind} and ${size} bytes`);
    return {
      size,
      read(bytes: Uint8Array): Float32Array {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        return Float32Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size, little));
      },
    };
  }

  /** Ids of the filters in the order in which they were applied. */
  #filters(at: number): number[] {
    const [version, count] = [this.file[at], this.file[at + 1]];
    let next = at + (version === 1 ? 8 : 2);
    return Array.from({ length: count }, () => {
      const id = this.#view.getUint16(next, true);
      const named = version === 1 || id >= 256;
      const name = named ? this.#view.getUint16(next + 2, true) : 0;
      const fields = next + (named ? 4 : 2);
      const values = this.#view.getUint16(fields + 2, true);
      const padded = version === 1 ? Math.ceil(name / 8) * 8 : name;
      next = fields + 4 + padded + 4 * values + (version === 1 && values % 2 ? 4 : 0);
      return id;
    });
  }

  /** Leaves of the B-tree of chunks. */
  *#chunks(node: number, rank: number): Generator<{ at: number; length: number; mask: number; offset: number[] }> {
    this.#step();
    this.#expect(node, 'TREE');
    const [level, used] = [this.file[node + 5], this.#view.getUint16(node + 6, true)];
    const key = 8 + 8 * (rank + 1);
    for (let i = 0; i < used; i++) {
      const at = node + 24 + i * (key + 8);
      const child = this.#address(at + key);
      if (level > 0) yield* this.#chunks(child, rank);
      else {
        const offset = Array.from({ length: rank }, (_, axis) => this.#address(at + 8 + 8 * axis));
        const [length, mask] = [this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true)];
        yield { at: child, length, mask, offset };
      }
    }
  }

  /** The object header of a name in a group's B-tree; null where there is none. */
  #find(node: number, heap: number, name: string): number | null {
    this.#step();
    this.#expect(node, 'TREE');
    this.#expect(heap, 'HEAP');
    const names = this.#address(heap + 24);
    const [level, used] = [this.file[node + 5], this.#view.getUint16(node + 6, true)];
    for (let i = 0; i < used; i++) {
      const child = this.#address(node + 24 + 8 + 16 * i);
      const found = level > 0 ? this.#find(child, heap, name) : this.#symbol(child, names, name);
      if (found !== null) return found;
    }
    return null;
  }

  #symbol(node: number, names: number, name: string): number | null {
    this.#expect(node, 'SNOD');
    const count = this.#view.getUint16(node + 6, true);
    for (let i = 0; i < count; i++) {
      this.#step();
      const entry = node + 8 + 40 * i;
      const begin = names + this.#address(entry);
      if (text(this.#bytes(begin, name.length + 1)) === `${name}\0`) return this.#address(entry + 8);
    }
    return null;
  }

  /** Messages of an object header of version 1, its continuations included. */
  #messages(header: number): Message[] {
    if (this.file[header] !== 1) throw unsupported(`object header ${this.file[header]}`);
    const found: Message[] = [];
    const blocks = [{ at: header + 16, end: header + 16 + this.#view.getUint32(header + 8, true) }];
    for (let block = blocks.shift(); block; block = blocks.shift()) {
      for (let { at } = block; at + 8 <= block.end; ) {
        this.#step();
        const type = this.#view.getUint16(at, true);
        const length = this.#view.getUint16(at + 2, true);
        if (type === 0x10) {
          const next = this.#address(at + 8);
          blocks.push({ at: next, end: next + this.#address(at + 16) });
        }
        found.push({ type, at: at + 8 });
        at += 8 + length;
      }
    }
    return found;
  }

  #address(at: number): number {
    const value = Number(this.#view.getBigUint64(at, true));
    if (!Number.isSafeInteger(value)) throw malformed('an address lies outside of it');
    return value;
  }

  #bytes(at: number, length: number): Uint8Array {
    if (at + length > this.file.length) throw malformed('it ends early');
    return this.file.subarray(at, at + length);
  }

  #expect(at: number, signature: string): void {
    if (text(this.#bytes(at, 4)) !== signature) throw malformed(`a ${signature} is not where it should be`);
  }

  #step(): void {
    if (++this.#steps > MAX_STEPS) throw malformed('its parts point at each other');
  }
}

interface Message {
  type: number;
  at: number;
}

function elementReader(kind: number, size: number, signed: boolean) {
  type Read = (view: DataView, at: number, little: boolean) => number;
  const readers: Record<string, Read> = {
    'float 4': (view, at, little) => view.getFloat32(at, little),
    'float 8': (view, at, little) => view.getFloat64(at, little),
    'int 1': (view, at) => (signed ? view.getInt8(at) : view.getUint8(at)),
    'int 2': (view, at, little) => (signed ? view.getInt16(at, little) : view.getUint16(at, little)),
    'int 4': (view, at, little) => (signed ? view.getInt32(at, little) : view.getUint32(at, little)),
  };
  return readers[`${kind === 1 ? 'float' : 'int'} ${kind <= 1 ? size : 0}`];
}

function unfiltered(
  packed: Uint8Array,
  filters: readonly number[],
  mask: number,
  item: number,
  limit: number,
): Uint8Array {
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (mask & (1 << i)) continue;
    if (filters[i] === FLETCHER32) bytes = bytes.subarray(0, bytes.length - 4);
    else if (filters[i] === DEFLATE) bytes = inflateSync(bytes, { maxOutputLength: limit + 4 });
    else if (filters[i] === SHUFFLE) bytes = unshuffled(bytes, item);
    else throw unsupported(`filter ${filters[i]}`);
  }
  if (bytes.length !== limit) throw malformed('a chunk has another size than it should');
  return bytes;
}

/** Shuffled bytes stand by their place in the element: all first ones, then all second ones. */
function unshuffled(bytes: Uint8Array, item: number): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  const count = Math.floor(bytes.length / item);
  for (let byte = 0; byte < item; byte++) {
    for (let i = 0; i < count; i++) plain[i * item + byte] = bytes[byte * count + i];
  }
  return plain;
}

/** Copies the part of a chunk that lies in the dataset; chunks at the edge reach beyond it. */
function place(
  chunk: Uint8Array,
  lengths: readonly number[],
  whole: Uint8Array,
  shape: readonly number[],
  offset: readonly number[],
  item: number,
): void {
  const last = shape.length - 1;
  if (offset.some((begin, axis) => begin >= shape[axis])) throw malformed('a chunk lies outside of its dataset');
  const run = Math.min(lengths[last], shape[last] - offset[last]) * item;
  const rows = lengths.slice(0, last).reduce((product, length) => product * length, 1);
  for (let row = 0; row < rows; row++) {
    let [rest, target, stride] = [row, offset[last], shape[last]];
    let inside = true;
    for (let axis = last - 1; axis >= 0; axis--) {
      const at = offset[axis] + (rest % lengths[axis]);
      rest = Math.floor(rest / lengths[axis]);
      inside &&= at < shape[axis];
      target += at * stride;
      stride *= shape[axis];
    }
    const begin = row * lengths[last] * item;
    if (inside) whole.set(chunk.subarray(begin, begin + run), target * item);
  }
}

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const malformed = (what: string, cause?: unknown) =>
  new CodedError('hdf5-malformed', `This HDF5 file cannot be read: ${what}.`, 'Fetch the file again.', { cause });

const unsupported = (what: string) =>
  new CodedError('hdf5-unsupported', `This HDF5 file has ${what}, which is not read.`, 'Save the array as .npy.');
