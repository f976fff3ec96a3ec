import type { GaussianTable } from '../../gaussians/table.ts';
import { createTable, logit, sh0OfColor, shRestCount } from '../../gaussians/table.ts';
import type { ByteSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';
import type { PlyElement, PlyHeader } from './ply-header.ts';
import { isPly, readPlyHeader, rowsBegin } from './ply-header.ts';
import { isCompressedHead, tagsOf } from './read-ply.ts';
import type { SplatContents, SplatFormat, SplatReadOptions } from './splat-file.ts';
import { checkCount, degreeOfRestCount, forEachRows, notRead } from './splat-file.ts';

/** Gaussians that share one range of positions, scales and colours. */
export const CHUNK_GAUSSIANS = 256;

const axes = (stem: string, names: string) => [...names].map((axis) => `${stem}_${axis}`);
/** The ranges of a chunk, in the order of the file; older files lack the last six. */
export const CHUNK_RANGES = [
  ...axes('min', 'xyz'),
  ...axes('max', 'xyz'),
  ...axes('min_scale', 'xyz'),
  ...axes('max_scale', 'xyz'),
  ...axes('min', 'rgb'),
  ...axes('max', 'rgb'),
];
export const PACKED = ['packed_position', 'packed_rotation', 'packed_scale', 'packed_color'];

/**
 * `.compressed.ply` (PlayCanvas): element `chunk` with the ranges of 256 Gaussians each, element `vertex` with four
 * words a Gaussian: position and log scale as 11, 10, 11 bits of their ranges, the quaternion's three smallest
 * components as 10 bits each with the index of the largest in front, colour and opacity as bytes. Element `sh`, where
 * it is, has a byte a harmonic, channel by channel, for −4…4.
 */
export const COMPRESSED_PLY_FORMAT = {
  id: 'compressed-ply',
  label: 'a .compressed.ply',
  extensions: ['.compressed.ply'],
  matches: (head) => isPly(head) && isCompressedHead(head),
  read: readCompressedPly,
} as const satisfies SplatFormat;

async function readCompressedPly(source: ByteSource, options: SplatReadOptions): Promise<SplatContents> {
  const header = await readPlyHeader(source);
  if (!header.littleEndian) throw notRead('It is a packed PLY in big-endian order.', 'Save the scene again.');
  const vertex = uniformElement(header, 'vertex', PACKED, 'uint32');
  const { count } = vertex;
  checkCount(count, options);
  const chunk = header.elements.find(({ name }) => name === 'chunk')!;
  // Twelve ranges in the first version of the format, eighteen since.
  const ranges = CHUNK_RANGES.slice(0, chunk.properties.length === 12 ? 12 : 18);
  uniformElement(header, 'chunk', ranges, 'float32');
  if (chunk.count !== Math.ceil(count / CHUNK_GAUSSIANS)) {
    throw malformed('splat', `It has ${chunk.count} chunks for ${count} Gaussians.`);
  }
  const sh = header.elements.find(({ name }) => name === 'sh');
  const degree = sh ? degreeOfRestCount(sh.properties.length / 3) : 0;
  if (degree === undefined) throw malformed('splat', `It has ${sh?.properties.length} harmonics a Gaussian.`);
  if (sh) checkHarmonics(sh, header, count);

  const chunkRanges = new Float32Array(chunk.count * ranges.length);
  const chunkRows = { begin: rowsBegin(header, chunk), rowBytes: chunk.rowBytes!, count: chunk.count };
  const vertexRows = { begin: rowsBegin(header, vertex), rowBytes: vertex.rowBytes!, count };
  await forEachRows(source, chunkRows, options, (piece, firstRow) => {
    chunkRanges.set(new Float32Array(piece.buffer), firstRow * ranges.length);
  });
  let table: GaussianTable | undefined;
  await forEachRows(source, vertexRows, options, (piece, firstRow, rows) => {
    table ??= createTable(count, degree, { ...tagsOf(header.comments), source: 'compressed-ply' });
    unpack(table, new Uint32Array(piece.buffer), firstRow, rows, chunkRanges, ranges.length);
  });
  if (sh) {
    const rowBytes = sh.rowBytes!;
    const rows = { begin: rowsBegin(header, sh), rowBytes, count };
    await forEachRows(source, rows, options, (piece, firstRow) => {
      unpackHarmonics(table!.shRest, piece, firstRow, shRestCount(degree));
    });
  }
  return { table: table!, notes: [] };
}

/** The element of that name, whose properties must be these, of one type, and no others: rows are read as an array. */
function uniformElement(header: PlyHeader, name: string, properties: readonly string[], type: string): PlyElement {
  const element = header.elements.find((each) => each.name === name);
  const same = (each: PlyElement) =>
    each.rowBytes !== undefined &&
    each.properties.length === properties.length &&
    each.properties.every((property, i) => property.name === properties[i] && property.type === type);
  if (!element || !same(element)) throw malformed('splat', `Its packed PLY element ${name} is not as the format says.`);
  return element;
}

function checkHarmonics(sh: PlyElement, header: PlyHeader, count: number): void {
  const names = sh.properties.map((_, k) => `f_rest_${k}`);
  uniformElement(header, 'sh', names, 'uint8');
  if (sh.count !== count) throw malformed('splat', `It has harmonics for ${sh.count} of ${count} Gaussians.`);
}

/** `count` bits of a word as a number of 0…1. */
const unit = (word: number, shift: number, count: number): number =>
  ((word >>> shift) & ((1 << count) - 1)) / ((1 << count) - 1);

/** Place and width of each axis in a word of 11, 10 and 11 bits. */
const AXIS_BITS = [
  [21, 11],
  [11, 10],
  [0, 11],
] as const;

function unpack(
  table: GaussianTable,
  words: Uint32Array,
  firstRow: number,
  rows: number,
  ranges: Float32Array,
  width: number,
): void {
  const within = (first: number, t: number) => ranges[first] * (1 - t) + ranges[first + 3] * t;
  for (let row = 0; row < rows; row++) {
    const i = firstRow + row;
    const word = 4 * row;
    const chunk = Math.floor(i / CHUNK_GAUSSIANS) * width;
    for (let k = 0; k < 3; k++) {
      const [shift, count] = AXIS_BITS[k];
      table.positions[3 * i + k] = within(chunk + k, unit(words[word], shift, count));
      table.logScales[3 * i + k] = within(chunk + 6 + k, unit(words[word + 2], shift, count));
      const color = unit(words[word + 3], 24 - 8 * k, 8);
      table.sh0[3 * i + k] = sh0OfColor(width === 18 ? within(chunk + 12 + k, color) : color);
    }
    table.opacityLogits[i] = logit(unit(words[word + 3], 0, 8));
    unpackRotation(table.quaternions, 4 * i, words[word + 1]);
  }
}

/** Smallest three: 2 bits tell which component is left out; the others, in order, lie in ±1/√2. */
function unpackRotation(quaternions: Float32Array, at: number, word: number): void {
  const largest = word >>> 30;
  let squares = 0;
  let shift = 20;
  for (let k = 0; k < 4; k++) {
    if (k === largest) continue;
    const value = (unit(word, shift, 10) - 0.5) * Math.SQRT2;
    quaternions[at + k] = value;
    squares += value * value;
    shift -= 10;
  }
  quaternions[at + largest] = Math.sqrt(Math.max(0, 1 - squares));
}

/** Bytes channel by channel; the ends are exact, between them a byte stands for the middle of its step. */
function unpackHarmonics(shRest: Float32Array, bytes: Uint8Array, firstRow: number, coefficients: number): void {
  const width = 3 * coefficients;
  for (let from = 0; from < bytes.length; from += width) {
    const to = firstRow * width + from;
    for (let k = 0; k < width; k++) {
      const byte = bytes[from + (k % 3) * coefficients + Math.floor(k / 3)];
      const share = byte === 0 ? 0 : byte === 255 ? 1 : (byte + 0.5) / 256;
      shRest[to + k] = (share - 0.5) * 8;
    }
  }
}
