import type { UnitPlace } from '../../shared/compare.ts';
import type { Rect, Side } from '../../shared/geometry.ts';
import type { ColumnResult, CompareState } from '../../state/compare/types.ts';
import type { MapLayer } from './map-layer.ts';

type Photos = Partial<Record<Side, HTMLImageElement>>;

/** Everything that one column shows. */
export interface ColumnPicture {
  photos: Photos;
  /** null for the column of the photos themselves. */
  result: ColumnResult | null;
  layers: Partial<Record<Side, MapLayer | null>>;
  opacity: number;
  isSmooth: boolean;
  showsGrid: boolean;
  /** The place that is asked for, and the matcher's answer; null where similarity is not shown. */
  point: UnitPlace | null;
  matched: CompareState['matched'];
}

const SIDES = ['a', 'b'] as const;
/** Between the two photos of a column, as a share of its width. */
const GAP = 0.02;

/** Photo A above photo B, each as wide as the column. */
export function columnLayout(photos: Photos, width: number): { places: Partial<Record<Side, Rect>>; height: number } {
  const places: Partial<Record<Side, Rect>> = {};
  let y = 0;
  for (const side of SIDES) {
    const photo = photos[side];
    if (!photo) continue;
    if (y > 0) y += GAP * width;
    const height = (width * photo.naturalHeight) / photo.naturalWidth;
    places[side] = { x: 0, y, width, height };
    y += height;
  }
  return { places, height: y };
}

/** Draws a column in units of CSS pixels, from the context's origin. */
export function drawColumn(context: CanvasRenderingContext2D, picture: ColumnPicture, width: number): void {
  const { places } = columnLayout(picture.photos, width);
  for (const side of SIDES) {
    const place = places[side];
    if (place) drawMap(context, picture, side, place);
  }
  const { result } = picture;
  if (result?.page === 'neighbours' && places.a && places.b) drawLines(context, result, places.a, places.b);
  if (result?.page === 'similarity' || picture.point) drawPlaces(context, picture, places);
}

function drawMap(
  context: CanvasRenderingContext2D,
  { photos, layers, opacity, isSmooth, showsGrid }: ColumnPicture,
  side: Side,
  place: Rect,
): void {
  const { x, y, width, height } = place;
  const layer = layers[side];
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.imageSmoothingQuality = 'high';
  // Where a map is opaque and leaves places out, those are dark rather than the photo.
  if (layer && opacity === 1) {
    context.fillStyle = '#101114';
    context.fillRect(x, y, width, height);
  } else {
    context.drawImage(photos[side]!, x, y, width, height);
  }
  if (layer) {
    context.globalAlpha = opacity;
    context.imageSmoothingEnabled = isSmooth;
    context.drawImage(layer.image, x, y, width, height);
    context.globalAlpha = 1;
    if (showsGrid) drawGrid(context, layer, place);
  }
  context.restore();
}

function drawGrid(context: CanvasRenderingContext2D, { grid }: MapLayer, { x, y, width, height }: Rect): void {
  context.beginPath();
  for (let column = 1; column < grid.width; column++) {
    const at = x + (column * width) / grid.width;
    context.moveTo(at, y);
    context.lineTo(at, y + height);
  }
  for (let row = 1; row < grid.height; row++) {
    const at = y + (row * height) / grid.height;
    context.moveTo(x, at);
    context.lineTo(x + width, at);
  }
  context.strokeStyle = 'rgb(255 255 255 / 35%)';
  context.lineWidth = 0.5;
  context.stroke();
}

/** Lines from A to B, coloured by their place in A as the match view colours them. */
function drawLines(
  context: CanvasRenderingContext2D,
  { rows, count }: Extract<ColumnResult, { page: 'neighbours' }>,
  a: Rect,
  b: Rect,
): void {
  context.lineWidth = 1.25;
  for (let i = count - 1; i >= 0; i--) {
    const [xa, ya, xb, yb] = rows.subarray(6 * i, 6 * i + 4);
    const color = `hsl(${Math.round(360 * xa)} 85% ${Math.round(45 + 25 * ya)}%)`;
    const [x0, y0, x1, y1] = [a.x + xa * a.width, a.y + ya * a.height, b.x + xb * b.width, b.y + yb * b.height];
    context.strokeStyle = context.fillStyle = color;
    context.globalAlpha = 0.75;
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
    context.globalAlpha = 1;
    for (const [x, y] of [
      [x0, y0],
      [x1, y1],
    ]) {
      context.beginPath();
      context.arc(x, y, 2, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** The asked place as a cross, what is most like it as rings, the matcher's answer as a diamond. */
function drawPlaces(
  context: CanvasRenderingContext2D,
  { result, point, matched }: ColumnPicture,
  places: Partial<Record<Side, Rect>>,
): void {
  const at = ({ side, x, y }: UnitPlace) => {
    const place = places[side];
    return place && { x: place.x + x * place.width, y: place.y + y * place.height };
  };
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
    result.best.forEach((place, rank) =>
      mark(place, rank === 0 ? '#ffffff' : '#c8c8cc', (x, y) =>
        context.arc(x, y, rank === 0 ? 7 : 4.5, 0, 2 * Math.PI),
      ),
    );
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
