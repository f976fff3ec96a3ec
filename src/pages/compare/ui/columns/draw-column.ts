import type { BySlot, Slot } from '../../contract.ts';
import { filledSlots } from '../../contract.ts';
import type { Rect } from '../../../../core/geometry.ts';
import { type ColumnLayout, columnLayout, zoomedRect } from './column-layout.ts';
import { type ColumnMarks, drawMarks } from './draw-marks.ts';
import type { MapLayer } from './map-layer.ts';
import type { PhotoImage } from './use-photo-images.ts';

/** Everything that one column shows. */
export interface ColumnPicture extends ColumnMarks {
  photos: BySlot<PhotoImage>;
  layers: BySlot<MapLayer>;
  opacity: number;
  isSmooth: boolean;
  showsGrid: boolean;
}

/** Cells narrower than this are not parted by lines: the lines would cover them. CSS pixels. */
const MIN_GRID_CELL = 4;

/** Draws a column in units of CSS pixels, from the context's origin. */
export function drawColumn(context: CanvasRenderingContext2D, picture: ColumnPicture, width: number): void {
  const layout = columnLayout(picture.photos, width);
  drawMaps(context, picture, layout);
  drawMarks(context, picture, layout);
}

/** The photos with their maps: what lies under the marks. */
export function drawMaps(context: CanvasRenderingContext2D, picture: ColumnPicture, { places }: ColumnLayout): void {
  for (const slot of filledSlots(places)) drawMap(context, picture, slot, places[slot]!);
}

function drawMap(context: CanvasRenderingContext2D, picture: ColumnPicture, slot: Slot, place: Rect): void {
  const { photos, layers, opacity, isSmooth, showsGrid, camera } = picture;
  // A layer whose bitmap was closed has no size: the next one is on its way.
  const layer = layers[slot]?.image.width ? layers[slot] : undefined;
  const { x, y, width, height } = zoomedRect(place, camera);
  context.save();
  context.beginPath();
  context.rect(place.x, place.y, place.width, place.height);
  context.clip();
  context.imageSmoothingQuality = 'high';
  // Where a map is opaque and leaves places out, those are dark rather than the photo.
  if (layer && opacity === 1) {
    context.fillStyle = '#101114';
    context.fillRect(place.x, place.y, place.width, place.height);
  } else {
    context.drawImage(photos[slot]!, x, y, width, height);
  }
  if (layer) {
    context.globalAlpha = opacity;
    context.imageSmoothingEnabled = isSmooth;
    context.drawImage(layer.image, x, y, width, height);
    context.globalAlpha = 1;
    if (showsGrid) drawGrid(context, layer, { x, y, width, height });
  }
  context.restore();
}

function drawGrid(context: CanvasRenderingContext2D, { grid }: MapLayer, { x, y, width, height }: Rect): void {
  if (width / grid.width < MIN_GRID_CELL) return;
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
