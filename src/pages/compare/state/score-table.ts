import type { ProtocolTable } from './protocols.ts';
import { binOf } from './protocols.ts';
import type { ScoreRow } from './types.ts';

/** Mean recall of one encoder over rows; NaN for none. Pairs in which nothing was judged do not count. */
export function meanRecall({ measures, weighs }: ProtocolTable, rows: readonly ScoreRow[]): number[] {
  const weightOf = ({ places }: ScoreRow): number => (weighs === 'places' ? places : Math.sign(places));
  const total = rows.reduce((sum, row) => sum + weightOf(row), 0);
  return measures.map(
    (_, t) => rows.reduce((sum, row) => sum + (row.places ? row.recall[t] * weightOf(row) : 0), 0) / total,
  );
}

export const rowsInBin = (table: ProtocolTable, rows: readonly ScoreRow[], bin: number): ScoreRow[] =>
  rows.filter(({ viewpoint }) => binOf(table, viewpoint) === bin);

/** One encoder at one size: what a line of the plot and a row of the tables stand for. */
export interface Contender {
  name: string;
  rows: ScoreRow[];
}

/** Rows by encoder; sizes are told apart where there are several. */
export function contendersOf(rows: readonly ScoreRow[]): Contender[] {
  const isMixed = new Set(rows.map(({ longSide }) => longSide)).size > 1;
  const nameOf = ({ encoder, longSide }: ScoreRow) => (isMixed ? `${encoder}, ${longSide} px` : encoder);
  const names = [...new Set(rows.map(nameOf))];
  return names.map((name) => ({ name, rows: rows.filter((row) => nameOf(row) === name) }));
}

/** Scores of one protocol as a table for spreadsheets (RFC 4180). */
export function scoresCsv(table: ProtocolTable, rows: readonly ScoreRow[]): string {
  const head = [
    'pair',
    'encoder',
    'size_px',
    'viewpoint_deg',
    'viewpoint_bin',
    table.needsScene ? 'matches' : 'places',
    ...table.measures.map(({ column }) => column),
  ];
  const lines = rows.map(({ pair, encoder, longSide, viewpoint, places, recall }) => {
    const bin = binOf(table, viewpoint);
    const bounds = bin === null ? '' : `${table.bins[bin]}-${table.bins[bin + 1]}`;
    const shares = recall.map((share) => (Number.isNaN(share) ? '' : share.toFixed(4)));
    return [pair, encoder, longSide, viewpoint?.toFixed(1) ?? '', bounds, places, ...shares].map(cell).join(',');
  });
  return [head.join(','), ...lines, ''].join('\r\n');
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
