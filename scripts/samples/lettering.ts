/** A small stroke alphabet of our own: capitals on a 4 × 6 grid (y up), each a list of polylines. */
const STROKES: Record<string, string> = {
  A: '00 26 40,12 32',
  B: '00 06 36 45 33 03,33 42 30 00',
  C: '45 36 16 05 01 10 30 41',
  D: '00 06 26 44 42 20 00',
  E: '46 06 00 40,03 33',
  F: '46 06 00,03 33',
  G: '45 36 16 05 01 10 30 41 43 23',
  H: '00 06,40 46,03 43',
  I: '20 26',
  J: '46 41 30 10 01',
  K: '00 06,46 03 40',
  L: '06 00 40',
  M: '00 06 23 46 40',
  N: '00 06 40 46',
  O: '10 01 05 16 36 45 41 30 10',
  P: '00 06 36 45 44 33 03',
  Q: '10 01 05 16 36 45 41 30 10,22 40',
  R: '00 06 36 45 44 33 03,23 40',
  S: '45 36 16 05 04 13 33 42 41 30 10 01',
  T: '06 46,26 20',
  U: '06 01 10 30 41 46',
  V: '06 20 46',
  W: '06 10 23 30 46',
  X: '00 46,06 40',
  Y: '06 23 46,23 20',
  Z: '06 46 00 40',
  '&': '40 05 16 25 02 01 10 20 42',
  '1': '14 26 20',
  '2': '05 16 36 45 44 00 40',
  '3': '05 16 36 45 33 42 30 10 01,33 23',
  '4': '30 36 02 42',
  '5': '46 06 03 33 42 41 30 00',
  '6': '45 36 16 05 01 10 30 41 42 33 03',
  '7': '06 46 10',
  '8': '13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33',
  '9': '01 10 30 41 45 36 16 05 04 13 43',
  '0': '10 01 05 16 36 45 41 30 10',
  '.': '20 21',
  '-': '13 33',
};

type Segment = readonly [number, number, number, number];

const GLYPHS = new Map<string, readonly Segment[]>(
  Object.entries(STROKES).map(([letter, lines]) => [letter, lines.split(',').flatMap(segmentsOf)]),
);

function segmentsOf(line: string): Segment[] {
  const points = line.split(' ').map((p) => [Number(p[0]), Number(p[1])]);
  return points.slice(1).map((p, i) => [points[i][0], points[i][1], p[0], p[1]] as const);
}

/** Advance of one letter, in grid units of a letter that is 6 high. */
const ADVANCE = 6;

/** Width of a line of text whose letters are 1 high. */
export const textWidth = (text: string): number => (text.length * ADVANCE - 2) / 6;

/** Whether a text inks (x, y): its first letter stands on the origin and is 1 high, strokes are `weight` wide. */
export function inked(text: string, x: number, y: number, weight = 0.14): boolean {
  const gx = x * 6;
  const gy = y * 6;
  const reach = weight * 3;
  if (gy < -reach || gy > 6 + reach) return false;
  const index = Math.floor((gx + 1) / ADVANCE);
  const glyph = GLYPHS.get(text[index] ?? ' ');
  if (!glyph) return false;
  const lx = gx - index * ADVANCE;
  return glyph.some((segment) => distance(segment, lx, gy) < reach);
}

function distance([x0, y0, x1, y1]: Segment, x: number, y: number): number {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}
