import { CodedError } from '../../core/errors.ts';
import type { GaussianTable, GaussianTags } from '../../gaussians/table.ts';
import { createTable, FLAT_RATIO, shRestCount } from '../../gaussians/table.ts';
import type { ByteSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';
import type { PlyElement, PlyHeader, PlyProperty } from './ply-header.ts';
import { isPly, readerOf, readPlyHeader, rowsBegin } from './ply-header.ts';
import type { SplatContents, SplatFormat, SplatReadOptions } from './splat-file.ts';
import { checkCount, degreeOfRestCount, forEachRows, SH_DEGREES } from './splat-file.ts';

/**
 * The .ply of 3-D Gaussian splatting (Kerbl et al. 2023) and of its relatives: element `vertex` with x, y, z, f_dc_0…2,
 * f_rest_0…44 (channel by channel), opacity (logit), scale_0…2 (logarithm), rot_0…3 (w, x, y, z). 2DGS leaves scale_2
 * out; PGSR writes the plain form. Other properties (normals, colours for viewers) are passed over.
 */
export const PLY_FORMAT = {
  id: 'ply',
  label: 'a 3-D Gaussian .ply',
  extensions: ['.ply'],
  matches: (head) => isPly(head) && !isCompressedHead(head),
  read: readPly,
} as const satisfies SplatFormat;

/** The names that tell the packed form from the plain one, read off the header's text. */
export const isCompressedHead = (head: Uint8Array): boolean =>
  /\nelement chunk \d/.test(new TextDecoder('latin1').decode(head));

const NEEDED = ['x', 'y', 'z', 'opacity', 'scale_0', 'scale_1', 'rot_0', 'rot_1', 'rot_2', 'rot_3'];
const COLOR = ['f_dc_0', 'f_dc_1', 'f_dc_2'];

async function readPly(source: ByteSource, options: SplatReadOptions): Promise<SplatContents> {
  const header = await readPlyHeader(source);
  const vertex = gaussiansOf(header);
  checkCount(vertex.count, options);
  const notes: string[] = [];
  const byName = new Map(vertex.properties.map((property) => [property.name, property]));
  const kept = keptDegree(byName, notes);
  const is2dgs = !byName.has('scale_2');
  const tags = { ...tagsOf(header.comments), source: 'ply', ...(is2dgs && { model: '2dgs' as const }) };
  // Allocated only when the file is known to be long enough.
  let table: GaussianTable | undefined;
  let columns: Column[] = [];
  const rows = { begin: rowsBegin(header, vertex), rowBytes: vertex.rowBytes!, count: vertex.count };
  await forEachRows(source, rows, options, (piece, firstRow, count) => {
    if (!table) {
      table = createTable(vertex.count, kept.degree, tags);
      columns = columnsOf(table, byName, kept.stored);
    }
    copyColumns(piece, { firstRow, count, rowBytes: rows.rowBytes, littleEndian: header.littleEndian }, columns);
  });
  if (is2dgs) flatten(table!);
  return { table: table!, notes };
}

/** The element that holds Gaussians. A mesh or a point cloud has a vertex element, too, but not these properties. */
function gaussiansOf(header: PlyHeader): PlyElement {
  const vertex = header.elements.find(({ name }) => name === 'vertex');
  const names = new Set(vertex?.properties.map(({ name }) => name));
  const missing = [...NEEDED, ...COLOR].filter((name) => !names.has(name));
  if (vertex && missing.length === 0) {
    if (vertex.rowBytes === undefined) throw malformed('splat', 'Its Gaussians have properties that are lists.');
    return vertex;
  }
  const kind = header.elements.some(({ name, count }) => name === 'face' && count > 0) ? 'a mesh' : 'a point cloud';
  throw new CodedError(
    'splat-foreign',
    vertex
      ? `It is ${kind} or another PLY file, not a scene of Gaussians: it has no ${missing.slice(0, 4).join(', ')}.`
      : 'It is a PLY file without vertices.',
    'Choose the point_cloud.ply that a trainer of 3-D Gaussians writes.',
  );
}

/** How many coefficients a channel has in the file, and the degree that is kept of them. */
function keptDegree(byName: ReadonlyMap<string, PlyProperty>, notes: string[]) {
  let rest = 0;
  while (byName.has(`f_rest_${rest}`)) rest++;
  const stored = rest / 3;
  const degree = degreeOfRestCount(stored);
  if (degree !== undefined) return { stored, degree };
  if (stored === 24) {
    notes.push('Harmonics of degree 4 are left out; the picture is made from degrees 0 to 3.');
    return { stored, degree: SH_DEGREES[3] };
  }
  throw malformed('splat', `It has ${rest} harmonics; whole degrees have 0, 9, 24 or 45.`);
}

/** `SplatRenderMode: default | mip | 2dgs` is Brush's comment, `antialiased 0 | 1` Postshot's; the last one holds. */
export function tagsOf(comments: readonly string[]): Pick<GaussianTags, 'model' | 'antialiased'> {
  let mode = 'default';
  for (const comment of comments) {
    const found = /^(?:splatrendermode:\s*(default|mip|2dgs|pgsr)|antialiased\s+([01]))$/i.exec(comment);
    if (found) mode = found[1]?.toLowerCase() ?? (found[2] === '1' ? 'mip' : 'default');
  }
  return { model: mode === '2dgs' || mode === 'pgsr' ? mode : '3dgs', antialiased: mode === 'mip' };
}

/** One property of the file on its way to every `stride`-th place of an array. */
interface Column {
  readonly property: PlyProperty;
  readonly target: Float32Array;
  readonly stride: number;
  readonly at: number;
}

function columnsOf(table: GaussianTable, byName: ReadonlyMap<string, PlyProperty>, stored: number): Column[] {
  const columns: Column[] = [];
  const add = (names: readonly string[], target: Float32Array, stride: number) => {
    names.forEach((name, at) => {
      const property = byName.get(name);
      if (property) columns.push({ property, target, stride, at });
    });
  };
  const numbered = (stem: string, count: number) => Array.from({ length: count }, (_, k) => `${stem}_${k}`);
  add(['x', 'y', 'z'], table.positions, 3);
  add(numbered('scale', 3), table.logScales, 3);
  add(numbered('rot', 4), table.quaternions, 4);
  add(['opacity'], table.opacityLogits, 1);
  add(COLOR, table.sh0, 3);
  const kept = shRestCount(table.shDegree);
  // The file goes channel by channel, the table coefficient by coefficient.
  const rest = Array.from({ length: 3 * kept }, (_, k) => `f_rest_${(k % 3) * stored + Math.floor(k / 3)}`);
  add(rest, table.shRest, 3 * kept);
  return columns;
}

interface PieceRows {
  firstRow: number;
  count: number;
  rowBytes: number;
  littleEndian: boolean;
}

function copyColumns(piece: Uint8Array<ArrayBuffer>, rows: PieceRows, columns: readonly Column[]): void {
  const { firstRow, count, rowBytes, littleEndian } = rows;
  const aligned = rowBytes % 4 === 0 && littleEndian;
  const floats = aligned ? new Float32Array(piece.buffer) : null;
  const view = new DataView(piece.buffer);
  for (const { property, target, stride, at } of columns) {
    let to = firstRow * stride + at;
    if (floats && property.type === 'float32' && property.offset % 4 === 0) {
      const step = rowBytes / 4;
      let from = property.offset / 4;
      for (let row = 0; row < count; row++, from += step, to += stride) target[to] = floats[from];
    } else {
      const read = readerOf(property.type, littleEndian);
      let from = property.offset;
      for (let row = 0; row < count; row++, from += rowBytes, to += stride) target[to] = read(view, from);
    }
  }
}

/** A disc of 2DGS gets a third axis, far thinner than its smaller radius. */
function flatten({ logScales, count }: GaussianTable): void {
  for (let i = 0; i < count; i++) {
    logScales[3 * i + 2] = Math.min(logScales[3 * i], logScales[3 * i + 1]) + Math.log(FLAT_RATIO);
  }
}
