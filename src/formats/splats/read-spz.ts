import { decompress } from 'fzstd'; // ZSTD in 8 kB; browsers have gzip only.
import type { GaussianTable } from '../../gaussians/table.ts';
import { createTable, logit, shRestCount } from '../../gaussians/table.ts';
import { CodedError, throwIfAborted } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { float16ToFloat32 } from '../arrays/half.ts';
import { MAX_DEFLATE_RATIO } from '../limits.ts';
import { malformed } from '../malformed.ts';
import type { ByteStream } from './byte-stream.ts';
import { gunzippedStream, plainStream } from './byte-stream.ts';
import type { SplatContents, SplatFormat, SplatReadOptions } from './splat-file.ts';
import { checkCount, endsEarly, notRead } from './splat-file.ts';
import {
  HALF_TURN_POSITION,
  HALF_TURN_QUATERNION,
  HALF_TURN_SIGNS,
  keptDegree,
  SPZ_ANTIALIASED,
  SPZ_COLOR_SCALE,
  SPZ_EXTENSIONS,
  SPZ_HEADER_BYTES,
  SPZ_MAGIC,
  SPZ_REST_COUNTS,
  SPZ_SCALE_OFFSET,
  SPZ_SCALE_STEPS,
} from './spz-layout.ts';

/**
 * `.spz` (Niantic), versions 1 to 3, one gzip of all attributes (or the same bytes bare), and 4, a ZSTD stream for
 * each. Its axes (right, up, back) become the table's.
 */
export const SPZ_FORMAT = {
  id: 'spz',
  label: 'a .spz',
  extensions: ['.spz'],
  matches: (head) => startsWith(head, [0x4e, 0x47, 0x53, 0x50]) || startsWith(head, [0x1f, 0x8b]),
  read: readSpz,
} as const satisfies SplatFormat;

const startsWith = (head: Uint8Array, bytes: readonly number[]) =>
  head.length >= SPZ_HEADER_BYTES && bytes.every((byte, i) => head[i] === byte);

const FIRST_ZSTD_VERSION = 4;
const ZSTD_HEADER_BYTES = 32;
const TOC_ENTRY_BYTES = 16;
/** Gaussians decoded between two looks at the signal. */
const ROWS_AT_ONCE = 1 << 17;
/** What may follow the Gaussians in a gzip: records of extensions, a few hundred bytes each. */
const EXTENSION_BYTES = 1 << 20;
/** The reference reader's bound, too: a stream that grows more is made to fill memory. */
const MAX_ZSTD_RATIO = 1024;
/** Adobe's record that the file keeps other axes than the format's own. */
const COORDINATES_EXTENSION = 0xadbe0003;
const RUB_AXES = 4;

interface SpzHeader {
  readonly version: number;
  readonly count: number;
  readonly degree: number;
  readonly fractionalBits: number;
  readonly flags: number;
}

async function readSpz(source: ByteSource, options: SplatReadOptions): Promise<SplatContents> {
  const start = new DataView((await source.read(0, Math.min(SPZ_HEADER_BYTES, source.size))).buffer);
  const bare = start.getUint32(0, true) === SPZ_MAGIC;
  if (bare && start.getUint32(4, true) >= FIRST_ZSTD_VERSION) return readZstd(source, options);
  const stream = bare ? plainStream(source, options) : gunzippedStream(source, options);
  try {
    return await readInOrder(stream, source.size * (bare ? 1 : MAX_DEFLATE_RATIO), options);
  } finally {
    stream.cancel();
  }
}

/** @param mostBytes what the file can inflate to at most, against which its count is held */
async function readInOrder(stream: ByteStream, mostBytes: number, options: SplatReadOptions): Promise<SplatContents> {
  const header = parseHeader(new DataView((await stream.take(SPZ_HEADER_BYTES)).buffer), options);
  const attributes = attributesOf(header);
  const needed = attributes.reduce((sum, { rowBytes }) => sum + rowBytes, 0) * header.count;
  if (needed > mostBytes) throw endsEarly(mostBytes, needed);
  const table = tableFor(header);
  for (const { rowBytes, decode } of attributes) {
    for (let row = 0; row < header.count && rowBytes > 0; row += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, header.count - row);
      decode(table, await stream.take(rows * rowBytes), row, rows);
    }
  }
  await stream.finish(header.flags & SPZ_EXTENSIONS ? EXTENSION_BYTES : 0);
  return { table, notes: notesOf(header) };
}

async function readZstd(source: ByteSource, options: SplatReadOptions): Promise<SplatContents> {
  if (source.size < ZSTD_HEADER_BYTES) throw endsEarly(source.size, ZSTD_HEADER_BYTES);
  const start = new DataView((await source.read(0, ZSTD_HEADER_BYTES)).buffer);
  const header = parseHeader(start, options);
  const attributes = attributesOf(header).filter(({ rowBytes }) => rowBytes > 0);
  const [streams, tocBegin] = [start.getUint8(15), start.getUint32(16, true)];
  const tocEnd = tocBegin + TOC_ENTRY_BYTES * streams;
  if (streams !== attributes.length || tocBegin < ZSTD_HEADER_BYTES) {
    throw malformed('splat', `It has ${streams} streams at byte ${tocBegin}; ${attributes.length} make a scene.`);
  }
  if (tocEnd > source.size) throw endsEarly(source.size, tocEnd);
  if (header.flags & SPZ_EXTENSIONS) checkExtensions(await source.read(ZSTD_HEADER_BYTES, tocBegin));
  const toc = new DataView((await source.read(tocBegin, tocEnd)).buffer);
  const sizes = attributes.map((_, k) =>
    [0, 8].map((field) => Number(toc.getBigUint64(TOC_ENTRY_BYTES * k + field, true))),
  );
  checkSizes(sizes, attributes, header.count, tocEnd, source.size);

  const table = tableFor(header);
  let begin = tocEnd;
  for (const [k, { rowBytes, decode }] of attributes.entries()) {
    throwIfAborted(options.signal);
    const [packedBytes, size] = sizes[k];
    const bytes = decompressed(await source.read(begin, begin + packedBytes), size);
    begin += packedBytes;
    options.onProgress?.(begin, source.size);
    for (let row = 0; row < header.count; row += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, header.count - row);
      decode(table, bytes.slice(row * rowBytes, (row + rows) * rowBytes), row, rows);
    }
  }
  return { table, notes: notesOf(header) };
}

/** Every stream must inflate to what its attribute takes, and from so many bytes that it can. */
function checkSizes(
  sizes: readonly (readonly number[])[],
  attributes: readonly SpzAttribute[],
  count: number,
  begin: number,
  fileSize: number,
): void {
  let end = begin;
  for (const [k, [packed, size]] of sizes.entries()) {
    end += packed;
    if (end > fileSize) throw endsEarly(fileSize, end);
    const due = attributes[k].rowBytes * count;
    if (size !== due) throw malformed('splat', `Its stream ${k} says ${size} bytes; ${count} Gaussians take ${due}.`);
    // A stream of equal values shrinks without bound, so that the bound is the whole file's.
    if (size > fileSize * MAX_ZSTD_RATIO) throw malformed('splat', `Its stream ${k} cannot grow to ${size} bytes.`);
  }
}

function decompressed(packed: Uint8Array, size: number): Uint8Array {
  if (declaredSize(packed) !== size) throw malformed('splat', `A ZSTD stream does not declare its ${size} bytes.`);
  try {
    return decompress(packed, new Uint8Array(size));
  } catch (cause) {
    throw malformed('splat', 'Its ZSTD data is broken.', { cause });
  }
}

/** The size that a ZSTD frame's header declares (RFC 8878, 3.1.1.1), or −1. The decompressor trusts its caller. */
function declaredSize(frame: Uint8Array): number {
  if (frame.length < 14) {
    const padded = new Uint8Array(14);
    padded.set(frame);
    return declaredSize(padded);
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0xfd2fb528) return -1;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor >> 5) & 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const at = 6 - isSingleSegment + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? view.getUint8(at) : -1;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      // Beyond what the reader admits in any case.
      return view.getUint32(at + 4, true) === 0 ? view.getUint32(at, true) : -1;
  }
}

/** Records of type, length, payload. Only one changes how the rest is to be read. */
function checkExtensions(bytes: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (view.getUint32(at, true) !== COORDINATES_EXTENSION || at + 12 > bytes.length) continue;
    if ([0, RUB_AXES].includes(view.getUint32(at + 8, true))) continue;
    throw notRead('It keeps other axes than .spz files do.', 'Save the scene again as .ply or as a plain .spz.');
  }
}

function parseHeader(view: DataView, options: SplatReadOptions): SpzHeader {
  if (view.getUint32(0, true) !== SPZ_MAGIC) {
    throw new CodedError(
      'splat-foreign',
      'It is a gzip, but not of Gaussians.',
      'Unpack it and choose what is inside.',
    );
  }
  const version = view.getUint32(4, true);
  if (version < 1 || version > 4) throw notRead(`It is .spz version ${version}.`, 'Save it as version 4 or older.');
  const count = view.getUint32(8, true);
  const [degree, fractionalBits, flags] = [12, 13, 14].map((at) => view.getUint8(at));
  if (degree >= SPZ_REST_COUNTS.length) throw malformed('splat', `It says that its harmonics are of degree ${degree}.`);
  if (fractionalBits > 24) throw malformed('splat', `It says that coordinates have ${fractionalBits} binary places.`);
  checkCount(count, options);
  return { version, count, degree, fractionalBits, flags };
}

function tableFor({ count, degree, flags }: SpzHeader): GaussianTable {
  const antialiased = (flags & SPZ_ANTIALIASED) !== 0;
  return createTable(count, keptDegree(degree), { model: '3dgs', antialiased, source: 'spz' });
}

const notesOf = ({ degree }: SpzHeader): string[] =>
  degree > 3 ? ['Harmonics of degree 4 are left out; the picture is made from degrees 0 to 3.'] : [];

/** One attribute in the order of the file; `bytes` of a call hold whole rows, from row `first`. */
interface SpzAttribute {
  readonly rowBytes: number;
  readonly decode: (table: GaussianTable, bytes: Uint8Array<ArrayBuffer>, first: number, rows: number) => void;
}

function attributesOf({ version, degree, fractionalBits }: SpzHeader): SpzAttribute[] {
  const rest = SPZ_REST_COUNTS[degree];
  return [
    version === 1
      ? { rowBytes: 6, decode: halfPositions }
      : { rowBytes: 9, decode: (table, bytes, first) => fixedPositions(2 ** -fractionalBits, table, bytes, first) },
    {
      rowBytes: 1,
      decode: ({ opacityLogits }, bytes, first) =>
        bytes.forEach((byte, i) => (opacityLogits[first + i] = logit(byte / 255))),
    },
    {
      rowBytes: 3,
      decode: ({ sh0 }, bytes, first) =>
        bytes.forEach((byte, i) => (sh0[3 * first + i] = (byte / 255 - 0.5) / SPZ_COLOR_SCALE)),
    },
    {
      rowBytes: 3,
      decode: ({ logScales }, bytes, first) =>
        bytes.forEach((byte, i) => (logScales[3 * first + i] = byte / SPZ_SCALE_STEPS - SPZ_SCALE_OFFSET)),
    },
    version < 3 ? { rowBytes: 3, decode: firstThree } : { rowBytes: 4, decode: smallestThree },
    { rowBytes: 3 * rest, decode: (...row) => harmonics(rest, ...row) },
  ];
}

/** Version 1, which was never published but is written by some early tools. */
function halfPositions({ positions }: GaussianTable, bytes: Uint8Array<ArrayBuffer>, first: number): void {
  const values = float16ToFloat32(new Uint16Array(bytes.buffer));
  for (let i = 0; i < values.length; i++) positions[3 * first + i] = HALF_TURN_POSITION[i % 3] * values[i];
}

/** Three signed integers of 24 bits, `step` of a unit each. */
function fixedPositions(step: number, { positions }: GaussianTable, bytes: Uint8Array, first: number): void {
  for (let i = 0, at = 0; at < bytes.length; i++, at += 3) {
    const value = ((bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) << 8) >> 8;
    positions[3 * first + i] = HALF_TURN_POSITION[i % 3] * value * step;
  }
}

/** Versions 1 and 2: x, y, z as bytes of −1…1; w is positive. */
function firstThree({ quaternions }: GaussianTable, bytes: Uint8Array, first: number, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const to = 4 * (first + row);
    let squares = 0;
    for (let k = 1; k < 4; k++) {
      const value = bytes[3 * row + k - 1] / 127.5 - 1;
      quaternions[to + k] = HALF_TURN_QUATERNION[k] * value;
      squares += value * value;
    }
    quaternions[to] = Math.sqrt(Math.max(0, 1 - squares));
  }
}

/** Since version 3: two bits tell the largest of x, y, z, w; the others have a sign and nine bits of 1/√2. */
function smallestThree({ quaternions }: GaussianTable, bytes: Uint8Array<ArrayBuffer>, first: number): void {
  const words = new Uint32Array(bytes.buffer);
  for (let row = 0; row < words.length; row++) {
    let word = words[row];
    const largest = word >>> 30;
    const to = 4 * (first + row);
    let squares = 0;
    for (let k = 3; k >= 0; k--) {
      if (k === largest) continue;
      const magnitude = (Math.SQRT1_2 * (word & 511)) / 511;
      const value = word & 512 ? -magnitude : magnitude;
      // x, y, z, w in the file; w, x, y, z in the table.
      const place = (k + 1) % 4;
      quaternions[to + place] = HALF_TURN_QUATERNION[place] * value;
      squares += value * value;
      word >>>= 10;
    }
    const place = (largest + 1) % 4;
    quaternions[to + place] = HALF_TURN_QUATERNION[place] * Math.sqrt(Math.max(0, 1 - squares));
  }
}

/** Bytes coefficient by coefficient, each red, green, blue, of −1…1. */
function harmonics(stored: number, table: GaussianTable, bytes: Uint8Array, first: number, rows: number): void {
  const kept = shRestCount(table.shDegree);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < 3 * kept; k++) {
      const value = (bytes[3 * stored * row + k] - 128) / 128;
      table.shRest[3 * kept * (first + row) + k] = HALF_TURN_SIGNS[Math.floor(k / 3)] * value;
    }
  }
}
