import type { GaussianTable, ShDegree } from '../../gaussians/table.ts';
import { createTable, logit, sh0OfColor, shRestCount } from '../../gaussians/table.ts';
import { float16Value } from '../arrays/half.ts';
import type { ByteSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';
import type { SplatContents, SplatFormat, SplatReadOptions } from './splat-file.ts';
import { checkCount, endsEarly, forEachRows, notRead } from './splat-file.ts';

const HEADER_BYTES = 4096;
const SECTION_HEADER_BYTES = 1024;
/** The viewer that made the format writes one section, or as many as scenes were joined. */
const MAX_SECTIONS = 1024;
/** A bucket is a box of 256 Gaussians; more of them than Gaussians is no honest file. */
const BUCKET_CENTER_BYTES = 12;

/** Bytes of each part of a row, at levels 0 (floats), 1 (halves) and 2 (halves and bytes). */
const LEVELS = [
  { center: 12, scale: 12, rotation: 16, harmonic: 4, range: 1 },
  { center: 6, scale: 6, rotation: 8, harmonic: 2, range: 32_767 },
  { center: 6, scale: 6, rotation: 8, harmonic: 1, range: 32_767 },
] as const;
const COLOR_BYTES = 4;

/**
 * `.ksplat` (the viewer mkkellogg/GaussianSplats3D, no longer kept): a header of 4 KiB, one of 1 KiB for each section,
 * then each section's buckets (boxes whose centres positions are relative to) and rows. Read only: the format fades.
 */
export const KSPLAT_FORMAT = {
  id: 'ksplat',
  label: 'a .ksplat',
  extensions: ['.ksplat'],
  matches: plausibleHeader,
  read: readKsplat,
} as const satisfies SplatFormat;

/** No magic number: version 0.x, a level that exists, and counts that fit the file. */
function plausibleHeader(head: Uint8Array, size: number): boolean {
  if (head.length < HEADER_BYTES || size < HEADER_BYTES + SECTION_HEADER_BYTES) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [sections, count] = [view.getUint32(4, true), view.getUint32(16, true)];
  const known = head[0] === 0 && head[1] >= 1 && head[1] < 16 && head[2] === 0 && view.getUint16(20, true) <= 2;
  const counts = sections >= 1 && sections <= MAX_SECTIONS && count >= 1;
  // The rest of the header is reserved; a row of a .splat would have left something there.
  return known && counts && head.subarray(64, HEADER_BYTES).every((byte) => byte === 0);
}

interface Section {
  readonly count: number;
  readonly degree: ShDegree;
  readonly rowBytes: number;
  /** [b, 3], and the bucket of each row: rows of the full ones come first, then those of the others in turn. */
  readonly centers: Float32Array;
  readonly buckets: Uint32Array;
  readonly positionScale: number;
  readonly range: number;
  readonly rowsBegin: number;
}

async function readKsplat(source: ByteSource, options: SplatReadOptions): Promise<SplatContents> {
  const view = new DataView((await source.read(0, HEADER_BYTES)).buffer);
  if (view.getUint8(1) > 1) throw notRead(`It is .ksplat version 0.${view.getUint8(1)}.`, 'Save it as .ply or .spz.');
  const [sectionCount, count] = [view.getUint32(4, true), view.getUint32(16, true)];
  checkCount(count, options);
  const level = view.getUint16(20, true);
  // The range of harmonics stored as bytes; older files leave it zero.
  const [low, high] = [view.getFloat32(36, true) || -1.5, view.getFloat32(40, true) || 1.5];
  const headersEnd = HEADER_BYTES + SECTION_HEADER_BYTES * sectionCount;
  if (headersEnd > source.size) throw endsEarly(source.size, headersEnd);
  const headers = new DataView((await source.read(HEADER_BYTES, headersEnd)).buffer);
  const sections: Section[] = [];
  let at = headersEnd;
  for (let k = 0; k < sectionCount; k++) {
    const header = new DataView(headers.buffer, SECTION_HEADER_BYTES * k, SECTION_HEADER_BYTES);
    if (header.getUint32(4, true) === 0) continue;
    const { section, end } = await readSection(source, header, at, level, count);
    sections.push(section);
    at = end;
  }
  const held = sections.reduce((sum, section) => sum + section.count, 0);
  if (held !== count) throw malformed('splat', `Its sections hold ${held} of ${count} Gaussians.`);
  const degree = Math.max(...sections.map((section) => section.degree)) as ShDegree;
  const table = createTable(count, degree, { model: '3dgs', antialiased: false, source: 'ksplat' });
  let first = 0;
  for (const section of sections) {
    const rows = { begin: section.rowsBegin, rowBytes: section.rowBytes, count: section.count };
    const begin = first;
    await forEachRows(source, rows, options, (piece, firstRow, n) => {
      const piecesView = new DataView(piece.buffer);
      for (let row = 0; row < n; row++) {
        fillRow(
          table,
          begin + firstRow + row,
          piecesView,
          row * section.rowBytes,
          section,
          firstRow + row,
          level,
          low,
          high,
        );
      }
    });
    first += section.count;
  }
  return { table, notes: [] };
}

async function readSection(source: ByteSource, header: DataView, begin: number, level: number, total: number) {
  const uint = (at: number) => header.getUint32(at, true);
  const [count, room, capacity, bucketCount] = [uint(0), uint(4), uint(8), uint(12)];
  const blockSize = header.getFloat32(16, true);
  const bucketBytes = header.getUint16(20, true);
  const { center, scale, rotation, harmonic, range: defaultRange } = LEVELS[level];
  const range = uint(24) || defaultRange;
  const [full, partial] = [uint(32), uint(36)];
  const degree = header.getUint16(40, true);
  const bounded =
    count <= room && room <= total && bucketCount <= total && full <= bucketCount && partial <= bucketCount;
  if (!bounded || degree > 2 || (bucketCount > 0 && bucketBytes < BUCKET_CENTER_BYTES)) {
    throw malformed('splat', 'A section of the .ksplat is not as the format says.');
  }
  const rowBytes = center + scale + rotation + COLOR_BYTES + 3 * shRestCount(degree as ShDegree) * harmonic;
  const centersBegin = begin + 4 * partial;
  const rowsBegin = centersBegin + bucketBytes * bucketCount;
  const end = rowsBegin + rowBytes * room;
  if (end > source.size) throw endsEarly(source.size, end);
  const partialSizes = new Uint32Array((await source.read(begin, centersBegin)).buffer);
  const stored = new DataView((await source.read(centersBegin, rowsBegin)).buffer);
  const centers = new Float32Array(3 * bucketCount);
  for (let i = 0; i < centers.length; i++) {
    centers[i] = stored.getFloat32(bucketBytes * Math.floor(i / 3) + 4 * (i % 3), true);
  }
  const section: Section = {
    count,
    degree: degree as ShDegree,
    rowBytes,
    centers,
    buckets: level === 0 ? new Uint32Array(0) : bucketsOf(count, full, capacity, partialSizes, bucketCount),
    positionScale: blockSize / 2 / range,
    range,
    rowsBegin,
  };
  return { section, end };
}

function bucketsOf(count: number, full: number, capacity: number, partialSizes: Uint32Array, bucketCount: number) {
  const buckets = new Uint32Array(count);
  const inFull = Math.min(full * capacity, count);
  for (let row = 0; row < inFull; row++) buckets[row] = Math.floor(row / capacity);
  let row = inFull;
  for (let k = 0; k < partialSizes.length && row < count; k++) {
    const end = Math.min(row + partialSizes[k], count);
    buckets.fill(full + k, row, end);
    row = end;
  }
  if (row < count || buckets.some((bucket) => bucket >= bucketCount)) {
    throw malformed('splat', 'The buckets of the .ksplat do not hold its Gaussians.');
  }
  return buckets;
}

function fillRow(
  table: GaussianTable,
  i: number,
  view: DataView,
  at: number,
  section: Section,
  row: number,
  level: number,
  low: number,
  high: number,
): void {
  const { center, scale, rotation, harmonic } = LEVELS[level];
  const real = (begin: number, k: number) =>
    level === 0 ? view.getFloat32(begin + 4 * k, true) : float16Value(view.getUint16(begin + 2 * k, true));
  for (let k = 0; k < 3; k++) {
    table.positions[3 * i + k] =
      level === 0
        ? view.getFloat32(at + 4 * k, true)
        : (view.getUint16(at + 2 * k, true) - section.range) * section.positionScale +
          section.centers[3 * section.buckets[row] + k];
    table.logScales[3 * i + k] = Math.log(real(at + center, k));
    table.sh0[3 * i + k] = sh0OfColor(view.getUint8(at + center + scale + rotation + k) / 255);
  }
  for (let k = 0; k < 4; k++) table.quaternions[4 * i + k] = real(at + center + scale, k);
  table.opacityLogits[i] = logit(view.getUint8(at + center + scale + rotation + 3) / 255);
  const harmonics = at + center + scale + rotation + COLOR_BYTES;
  const width = 3 * shRestCount(table.shDegree);
  for (let k = 0; k < 3 * shRestCount(section.degree); k++) {
    // Degree by degree, each channel by channel.
    const [start, length] = k < 9 ? [0, 3] : [3, 5];
    const inDegree = k - 3 * start;
    const to = width * i + 3 * (start + (inDegree % length)) + Math.floor(inDegree / length);
    table.shRest[to] = harmonic === 1 ? low + (view.getUint8(harmonics + k) / 255) * (high - low) : real(harmonics, k);
  }
}
