import type { ByteSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';
import { notRead } from './splat-file.ts';

/** A scalar property of an element; `offset` is its place in the element's row. */
export interface PlyProperty {
  readonly name: string;
  readonly type: PlyType;
  readonly offset: number;
}

export interface PlyElement {
  readonly name: string;
  readonly count: number;
  readonly properties: readonly PlyProperty[];
  /** Bytes of one row, or undefined where it has lists, whose rows differ in length. */
  readonly rowBytes: number | undefined;
}

export interface PlyHeader {
  readonly littleEndian: boolean;
  readonly comments: readonly string[];
  readonly elements: readonly PlyElement[];
  /** Where the first row of the first element begins. */
  readonly bytes: number;
}

/** Bytes of each scalar type; old and new names of the same (the format's two spellings). */
const TYPES = {
  char: ['int8', 1],
  int8: ['int8', 1],
  uchar: ['uint8', 1],
  uint8: ['uint8', 1],
  short: ['int16', 2],
  int16: ['int16', 2],
  ushort: ['uint16', 2],
  uint16: ['uint16', 2],
  int: ['int32', 4],
  int32: ['int32', 4],
  uint: ['uint32', 4],
  uint32: ['uint32', 4],
  float: ['float32', 4],
  float32: ['float32', 4],
  double: ['float64', 8],
  float64: ['float64', 8],
} as const;

export type PlyType = (typeof TYPES)[keyof typeof TYPES][0];

/** A .ply of Gaussians has about 2 KiB of header, 4 KiB with comments; more is no honest header. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Elements and properties: a scene has 4 elements and 62 properties at most. */
const MAX_HEADER_LINES = 1000;

/** Whether bytes begin a .ply: its first line is the word alone. */
export const isPly = (head: Uint8Array): boolean => /^ply\r?\n/.test(latin1(head.subarray(0, 5)));

/**
 * The header of a .ply (G. Turk, "The PLY Polygon File Format", 1994). Throws `splat-malformed` for one that breaks
 * the format's rules or does not end, `splat-unsupported` for text instead of binary rows.
 */
export async function readPlyHeader(source: ByteSource): Promise<PlyHeader> {
  const head = latin1(await source.read(0, Math.min(MAX_HEADER_BYTES, source.size)));
  const end = /\nend_header[ \t]*\r?\n/.exec(head);
  if (!end) throw malformed('splat', 'Its PLY header does not end.');
  const lines = head.slice(0, end.index).split(/\r?\n/).slice(1);
  if (lines.length > MAX_HEADER_LINES) throw malformed('splat', `Its PLY header has ${lines.length} lines.`);
  let format = '';
  const comments: string[] = [];
  const elements: { name: string; count: number; properties: PlyProperty[]; rowBytes: number | undefined }[] = [];
  for (const line of lines) {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'comment') comments.push(line.trim().slice('comment'.length).trim());
    else if (words[0] === 'format') format = words[1] ?? '';
    else if (words[0] === 'element') elements.push(elementOf(words));
    else if (words[0] === 'property') addProperty(elements.at(-1), words);
    else if (words[0] !== 'obj_info' && words[0] !== '') throw malformed('splat', `Its PLY header says “${line}”.`);
  }
  if (format === 'ascii') {
    throw notRead('It is a PLY file of text.', 'Save it again as a binary PLY, as every trainer of Gaussians does.');
  }
  if (format !== 'binary_little_endian' && format !== 'binary_big_endian') {
    throw malformed('splat', `Its PLY format is “${format}”.`);
  }
  return { littleEndian: format === 'binary_little_endian', comments, elements, bytes: end.index + end[0].length };
}

function elementOf([, name = '', digits = '']: string[]) {
  const count = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (name === '' || Number.isNaN(count)) throw malformed('splat', `Its PLY element “${name}” counts “${digits}”.`);
  return { name, count, properties: [] as PlyProperty[], rowBytes: 0 as number | undefined };
}

function addProperty(element: ReturnType<typeof elementOf> | undefined, words: string[]): void {
  if (!element) throw malformed('splat', 'Its PLY header has a property before the first element.');
  if (words[1] === 'list') {
    element.rowBytes = undefined;
    return;
  }
  const [, type = '', name = ''] = words;
  if (!Object.hasOwn(TYPES, type) || name === '') throw malformed('splat', `Its PLY property “${name}” is “${type}”.`);
  const [known, bytes] = TYPES[type as keyof typeof TYPES];
  if (element.properties.some((property) => property.name === name)) {
    throw malformed('splat', `Its PLY element ${element.name} has “${name}” twice.`);
  }
  if (element.rowBytes === undefined) return;
  element.properties.push({ name, type: known, offset: element.rowBytes });
  element.rowBytes += bytes;
}

/** Where the rows of `element` begin: behind those of the elements before it. */
export function rowsBegin(header: PlyHeader, element: PlyElement): number {
  let begin = header.bytes;
  for (const before of header.elements.slice(0, header.elements.indexOf(element))) {
    if (before.rowBytes === undefined) {
      throw notRead(
        `Its PLY has lists (${before.name}) before the Gaussians.`,
        'Save the scene again with its trainer.',
      );
    }
    begin += before.rowBytes * before.count;
  }
  return begin;
}

/** Reads one property of a row that begins at `at`. */
export function readerOf(type: PlyType, littleEndian: boolean): (view: DataView, at: number) => number {
  switch (type) {
    case 'int8':
      return (view, at) => view.getInt8(at);
    case 'uint8':
      return (view, at) => view.getUint8(at);
    case 'int16':
      return (view, at) => view.getInt16(at, littleEndian);
    case 'uint16':
      return (view, at) => view.getUint16(at, littleEndian);
    case 'int32':
      return (view, at) => view.getInt32(at, littleEndian);
    case 'uint32':
      return (view, at) => view.getUint32(at, littleEndian);
    case 'float32':
      return (view, at) => view.getFloat32(at, littleEndian);
    case 'float64':
      return (view, at) => view.getFloat64(at, littleEndian);
  }
}

const LATIN1 = new TextDecoder('latin1');
const latin1 = (bytes: Uint8Array): string => LATIN1.decode(bytes);
