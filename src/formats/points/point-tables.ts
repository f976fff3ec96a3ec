import { type FirstPixel, pixelConvention } from '../../core/coordinates.ts';
import { otherSide } from '../../core/geometry.ts';
import type { KeypointTable, PointExport, PointTable } from '../../core/points.ts';
import { describeMatch, type MatchMetadata } from '../matches/match-metadata.ts';

type Row = (string | number | null)[];

/** Answers on chosen points as rows of named columns. */
interface Table {
  columns: string[];
  rows: Row[];
  /** What the columns mean, one line each. */
  notes: string[];
}

/** Answers on chosen points as CSV: # comments that say what the numbers mean, names of columns, one line a point. */
export function encodePointTableCsv(exported: PointExport, metadata: MatchMetadata, first: FirstPixel = 0.5): string {
  const { columns, rows, notes } = tableOf(exported, first);
  const comments = [...describeMatch(metadata), `coordinates: ${pixelConvention(first)}`, ...notes];
  const line = (row: Row) => row.map((value) => (typeof value === 'string' ? quoted(value) : (value ?? ''))).join(',');
  return `${[...comments.map((text) => `# ${text}`), columns.join(','), ...rows.map(line)].join('\n')}\n`;
}

/** The same as JSON, one row a line; null where there is no answer. */
export function encodePointTableJson(exported: PointExport, metadata: MatchMetadata, first: FirstPixel = 0.5): string {
  const { columns, rows, notes } = tableOf(exported, first);
  const header = { ...metadata, coordinates: pixelConvention(first), notes, columns, count: rows.length };
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  return `${JSON.stringify(header, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`;
}

/** @param first where the first pixel's centre is in the file; tables have it at 0.5 */
const tableOf = (exported: PointExport, first: FirstPixel): Table =>
  exported.kind === 'points' ? pointRows(exported.table, first - 0.5) : keypointRows(exported.table, first - 0.5);

function pointRows({ side, count, labels, from, to, certainty, cycle }: PointTable, shift: number): Table {
  const other = otherSide(side);
  const rows = Array.from({ length: count }, (_, i): Row => {
    const known = !Number.isNaN(to[2 * i]);
    const answer = known
      ? [round(to[2 * i] + shift, 3), round(to[2 * i + 1] + shift, 3), round(certainty[i], 4), round(cycle[i], 3)]
      : [null, null, 0, null];
    const place = [round(from[2 * i] + shift, 3), round(from[2 * i + 1] + shift, 3)];
    return [...(labels.length ? [labels[i]] : []), ...place, ...answer];
  });
  const columns = [`x_${side}`, `y_${side}`, `x_${other}`, `y_${other}`, 'certainty', 'cycle_error'];
  const notes = [
    'certainty: probability, 0 to 1; no place where the point is outside of its photo',
    `cycle_error: distance after going there and back, pixels of photo ${side.toUpperCase()}`,
  ];
  return { columns: [...(labels.length ? ['label'] : []), ...columns], rows, notes };
}

function keypointRows({ count, indexA, indexB, places, distance, certainty }: KeypointTable, shift: number): Table {
  const rows = Array.from({ length: count }, (_, i): Row => {
    const place = [...places.subarray(4 * i, 4 * i + 4)].map((value) => round(value + shift, 3));
    return [indexA[i], indexB[i], ...place, round(certainty[i], 4), round(distance[i], 3)];
  });
  const columns = ['index_a', 'index_b', 'x_a', 'y_a', 'x_b', 'y_b', 'certainty', 'distance'];
  const notes = [
    'index: position of the keypoint in its list, from 0',
    'distance: between the keypoint of A taken to B and the keypoint of B, pixels of photo B',
  ];
  return { columns, rows, notes };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** A text as one cell: quoted where it holds what separates cells, and never a formula for a spreadsheet. */
function quoted(text: string): string {
  const plain = text.replace(/[\r\n]+/g, ' ').replace(/^[=+\-@]/, "'$&");
  return /[",;\t]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
