import type { UnitPlace } from '../../contract.ts';
import type { Point, Rect } from '../../../../core/geometry.ts';
import type { Camera } from '../../../../core/viewer/zoom.ts';
import type { ColumnResult, CompareState } from '../../state/types.ts';
import { type ColumnLayout, zoomedRect } from './column-layout.ts';

/** What of a column the marks tell. */
export interface ColumnMarks {
  /** null for the column of the photos themselves. */
  result: ColumnResult | null;
  camera: Camera;
  /** The place that is asked for, and the matcher's answer; null where similarity is not shown. */
  point: UnitPlace | null;
  matched: CompareState['matched'];
}

/** What lies over the maps: lines between neighbours, the place asked for, what is most like it. */
export function drawMarks(context: CanvasRenderingContext2D, picture: ColumnMarks, { places }: ColumnLayout): void {
  const { result, camera } = picture;
  const at = ({ slot, x, y }: UnitPlace): Point | null => {
    const place = places[slot];
    if (!place) return null;
    const photo = zoomedRect(place, camera);
    const point = { x: photo.x + x * photo.width, y: photo.y + y * photo.height };
    return isInside(place, point) ? point : null;
  };
  if (result?.page === 'neighbours') drawLines(context, result, at);
  if (result?.page === 'similarity' || picture.point) drawPlaces(context, picture, at);
}

/** Where a place is drawn; null where it is not in sight. */
type Locate = (place: UnitPlace) => Point | null;

const isInside = ({ x, y, width, height }: Rect, point: Point): boolean =>
  point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;

/** Lines between two photos, coloured by their place in the first as the match view colours them. */
function drawLines(
  context: CanvasRenderingContext2D,
  { rows, count, between }: Extract<ColumnResult, { page: 'neighbours' }>,
  at: Locate,
): void {
  context.lineWidth = 1.25;
  for (let i = count - 1; i >= 0; i--) {
    const [xa, ya, xb, yb] = rows.subarray(6 * i, 6 * i + 4);
    const from = at({ slot: between[0], x: xa, y: ya });
    const to = at({ slot: between[1], x: xb, y: yb });
    if (!from || !to) continue;
    context.strokeStyle = context.fillStyle = `hsl(${Math.round(360 * xa)} 85% ${Math.round(45 + 25 * ya)}%)`;
    context.globalAlpha = 0.75;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    context.globalAlpha = 1;
    for (const { x, y } of [from, to]) {
      context.beginPath();
      context.arc(x, y, 2.2, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** The asked place as a cross, what is most like it as rings, the matcher's answer as a diamond. */
function drawPlaces(context: CanvasRenderingContext2D, { result, point, matched }: ColumnMarks, at: Locate): void {
  const mark = (place: UnitPlace, color: string, path: (x: number, y: number) => void) => {
    const found = at(place);
    if (!found) return;
    for (const [style, width] of [
      ['rgb(0 0 0 / 75%)', 4],
      [color, 2],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.beginPath();
      path(found.x, found.y);
      context.stroke();
    }
  };
  if (result?.page === 'similarity') {
    for (const place of result.best) {
      const isBest = place.rank === 0;
      mark(place, isBest ? '#ffffff' : '#c8c8cc', (x, y) => context.arc(x, y, isBest ? 7 : 4.5, 0, 2 * Math.PI));
    }
  }
  if (matched) {
    mark(matched, '#ff8a4f', (x, y) => {
      context.moveTo(x, y - 7);
      context.lineTo(x + 7, y);
      context.lineTo(x, y + 7);
      context.lineTo(x - 7, y);
      context.closePath();
    });
  }
  if (point) {
    mark(point, '#ffffff', (x, y) => {
      context.moveTo(x - 7, y);
      context.lineTo(x + 7, y);
      context.moveTo(x, y - 7);
      context.lineTo(x, y + 7);
    });
  }
}
