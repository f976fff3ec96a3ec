import type { Point, Rect, Size } from '../../../core/geometry.ts';

/** Where a picture lies in a pane that shows all of it: in the middle, as large as it fits, as the worker draws it. */
export function pictureRect(pane: Size, picture: Size): Rect {
  const scale = Math.min(pane.width / picture.width, pane.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { x: (pane.width - width) / 2, y: (pane.height - height) / 2, width, height };
}

/** A point of the pane in pixels of the picture; null beside it. */
export function toPicture({ x, y, width, height }: Rect, picture: Size, point: Point): Point | null {
  const found = { x: ((point.x - x) / width) * picture.width, y: ((point.y - y) / height) * picture.height };
  const isInside = found.x >= 0 && found.y >= 0 && found.x < picture.width && found.y < picture.height;
  return isInside ? found : null;
}

/** A pixel of the picture as a point of the pane. */
export const toPane = ({ x, y, width, height }: Rect, picture: Size, point: Point): Point => ({
  x: x + (point.x / picture.width) * width,
  y: y + (point.y / picture.height) * height,
});
