import { MAX_POINTS, type PixelCentre } from '../../core/points.ts';
import { centreOf, malformedPoints, type ReadPoints, shorten } from './points-rules.ts';

/** Names of columns, lower case, in the order in which they are looked for. */
const X_NAMES = ['x', 'x_a', 'x_px', 'u', 'col'];
const Y_NAMES = ['y', 'y_a', 'y_px', 'v', 'row'];
const LABEL_NAMES = ['label', 'name', 'id'];

const CENTRE_COMMENT = /pixel[_ ]cent(?:er|re)\s*[:=]\s*([\d.]+)/i;
/** As this project's own exports say it. */
const OWN_COMMENT = /cent(?:er|re) of the (?:first|top-left)[^(]*(?:\([^)]*\)[^(]*)?\((0(?:\.5)?), ?\1\)/i;

interface Columns {
  x: number;
  y: number;
  label: number;
}

/** Points from a table of text. Columns by their names where the first line has some, else x, y and a label. */
export function parsePointsCsv(name: string, text: string): ReadPoints {
  const read: ReadPoints = { places: [], labels: [], centre: null };
  let columns: Columns | null = null;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [i, whole] of lines.entries()) {
    const line = whole.trim();
    if (line === '') continue;
    if (line.startsWith('#')) {
      read.centre ??= commentedCentre(line);
      continue;
    }
    const cells = split(line);
    if (columns === null) {
      columns = namedColumns(name, i + 1, cells);
      if (columns) continue;
      columns = { x: 0, y: 1, label: 2 };
    }
    const [x, y] = [number(cells[columns.x]), number(cells[columns.y])];
    if (x === null || y === null) {
      throw malformedPoints(name, i + 1, `“${shorten(line)}” does not hold two numbers, x and y.`);
    }
    read.places.push(x, y);
    read.labels.push(cells[columns.label] ?? '');
    if (read.labels.length > MAX_POINTS) break;
  }
  return read;
}

function commentedCentre(line: string): PixelCentre | null {
  const said = CENTRE_COMMENT.exec(line) ?? OWN_COMMENT.exec(line);
  return said ? centreOf(said[1]) : null;
}

/** The columns of a header; null where the line is a point already. */
function namedColumns(name: string, line: number, cells: string[]): Columns | null {
  if (cells.every((cell) => number(cell) !== null) || number(cells[0]) !== null) return null;
  const lower = cells.map((cell) => cell.toLowerCase());
  const find = (names: string[]) => names.map((one) => lower.indexOf(one)).find((at) => at >= 0) ?? -1;
  const columns = { x: find(X_NAMES), y: find(Y_NAMES), label: find(LABEL_NAMES) };
  if (columns.x < 0 || columns.y < 0) {
    throw malformedPoints(name, line, `“${shorten(cells.join(', '))}” names no columns x and y, and is no point.`);
  }
  return columns;
}

/** Cells of a line: at commas, else semicolons, tabs, blanks. Quotes around a cell are taken off. */
function split(line: string): string[] {
  const separator = [',', ';', '\t'].find((one) => line.includes(one)) ?? /\s+/;
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function number(cell: string | undefined): number | null {
  if (cell === undefined || cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}
