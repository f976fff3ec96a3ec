import { RECALL_THRESHOLDS } from '../contract.ts';
import type { ScoreRow } from './types.ts';

/** Bounds of the viewpoint bins in degrees, as Probe3D and 3DPoV report them. */
export const VIEWPOINT_BINS = [0, 15, 30, 60, 180] as const;

/** Names of the bins, for tables. */
export const BIN_LABELS = VIEWPOINT_BINS.slice(0, -1).map((low, bin) => `${low}–${VIEWPOINT_BINS[bin + 1]}°`);

/** Mean recall of one encoder over rows, weighted by their places; NaN for none. */
export function meanRecall(rows: readonly ScoreRow[]): number[] {
  const places = rows.reduce((sum, row) => sum + row.places, 0);
  return RECALL_THRESHOLDS.map(
    (_, t) => rows.reduce((sum, row) => sum + (row.places ? row.recall[t] * row.places : 0), 0) / places,
  );
}

/** The bin of {@link VIEWPOINT_BINS} that a viewpoint lies in (an upper bound belongs to the next bin but 180°). */
export function binOf(viewpoint: number | null): number | null {
  if (viewpoint === null) return null;
  const bin = VIEWPOINT_BINS.findIndex((low, i) => viewpoint >= low && viewpoint < VIEWPOINT_BINS[i + 1]);
  return bin >= 0 ? bin : VIEWPOINT_BINS.length - 2;
}

export const rowsInBin = (rows: readonly ScoreRow[], bin: number): ScoreRow[] =>
  rows.filter(({ viewpoint }) => binOf(viewpoint) === bin);

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

/** The scores as a table for spreadsheets (RFC 4180). */
export function scoresCsv(rows: readonly ScoreRow[]): string {
  const head = [
    'pair',
    'encoder',
    'size_px',
    'viewpoint_deg',
    'viewpoint_bin',
    'places',
    ...RECALL_THRESHOLDS.map((t) => `recall_at_${100 * t}_percent`),
  ];
  const lines = rows.map(({ pair, encoder, longSide, viewpoint, places, recall }) => {
    const bin = binOf(viewpoint);
    const bounds = bin === null ? '' : `${VIEWPOINT_BINS[bin]}-${VIEWPOINT_BINS[bin + 1]}`;
    const shares = recall.map((share) => (Number.isNaN(share) ? '' : share.toFixed(4)));
    return [pair, encoder, longSide, viewpoint?.toFixed(1) ?? '', bounds, places, ...shares].map(cell).join(',');
  });
  return [head.join(','), ...lines, ''].join('\r\n');
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
