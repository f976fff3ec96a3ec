import type { GaussianTable } from '../../gaussians/table.ts';
import { createTable, logit, sh0OfColor } from '../../gaussians/table.ts';
import type { ByteSource } from '../byte-source.ts';
import type { SplatContents, SplatFormat, SplatReadOptions } from './splat-file.ts';
import { checkCount, endsEarly, forEachRows } from './splat-file.ts';

/**
 * `.splat` (the WebGL viewer antimatter15/splat): rows of 32 bytes, no header: float32 position and standard
 * deviations, bytes of red, green, blue, opacity, and of the quaternion w, x, y, z as (v − 128) / 128.
 */
export const SPLAT_FORMAT = {
  id: 'splat',
  label: 'a .splat',
  extensions: ['.splat'],
  matches: (head, size) => size > 0 && plausibleRows(head),
  read: readSplat,
} as const satisfies SplatFormat;

const ROW_BYTES = 32;
/** A coordinate beyond this is no coordinate of a scene but some other file's bytes. */
const PLAUSIBLE_EXTENT = 1e7;
const PLAUSIBLE_ROWS = 64;

/**
 * Nothing marks this format, so that its first rows are looked at: finite coordinates of a scene's size, deviations
 * that are not negative, and a quaternion of about length 1. Any other file fails one of a hundred such tests.
 */
function plausibleRows(head: Uint8Array): boolean {
  const rows = Math.min(Math.floor(head.length / ROW_BYTES), PLAUSIBLE_ROWS);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = 0; at < rows * ROW_BYTES; at += ROW_BYTES) {
    for (let k = 0; k < 6; k++) {
      const value = view.getFloat32(at + 4 * k, true);
      if (!(Math.abs(value) <= PLAUSIBLE_EXTENT) || (k >= 3 && value < 0)) return false;
    }
    const length = Math.hypot(...Array.from(head.subarray(at + 28, at + 32), (byte) => (byte - 128) / 128));
    if (!(length > 0.9 && length < 1.1)) return false;
  }
  return rows > 0;
}

async function readSplat(source: ByteSource, options: SplatReadOptions): Promise<SplatContents> {
  const count = Math.floor(source.size / ROW_BYTES);
  if (source.size % ROW_BYTES !== 0) throw endsEarly(source.size, (count + 1) * ROW_BYTES);
  checkCount(count, options);
  const table = createTable(count, 0, { model: '3dgs', antialiased: false, source: 'splat' });
  await forEachRows(source, { begin: 0, rowBytes: ROW_BYTES, count }, options, (piece, firstRow, rows) => {
    const floats = new Float32Array(piece.buffer);
    for (let row = 0; row < rows; row++) fillRow(table, firstRow + row, piece, floats, row);
  });
  return { table, notes: [] };
}

function fillRow(table: GaussianTable, i: number, bytes: Uint8Array, floats: Float32Array, row: number): void {
  const at = ROW_BYTES * row;
  for (let k = 0; k < 3; k++) {
    table.positions[3 * i + k] = floats[8 * row + k];
    table.logScales[3 * i + k] = Math.log(floats[8 * row + 3 + k]);
    table.sh0[3 * i + k] = sh0OfColor(bytes[at + 24 + k] / 255);
  }
  table.opacityLogits[i] = logit(bytes[at + 27] / 255);
  for (let k = 0; k < 4; k++) table.quaternions[4 * i + k] = (bytes[at + 28 + k] - 128) / 128;
}
