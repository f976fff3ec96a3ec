import type { Rect, Point, Size } from '../geometry.ts';

/** What lies somewhere on the stage, in its CSS pixels: a pane. */
interface Framed {
  rect: Rect;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The camera with its scale in range and its centre such that the fitted photo never leaves its own frame. */
export function clampCamera({ x, y, scale }: Camera): Camera {
  const s = clamp(scale, ZOOM.min, ZOOM.max);
  const margin = 0.5 / s;
  return { x: clamp(x, margin, 1 - margin), y: clamp(y, margin, 1 - margin), scale: s };
}

/** Magnifies by `factor` and keeps the place under `point` (stage CSS pixels) where it is. */
export function zoomAt(camera: Camera, pane: Framed, photo: Size, point: Point, factor: number): Camera {
  const unit = stageToUnit(point, photoRect(pane, photo, camera));
  const scale = clamp(camera.scale * factor, ZOOM.min, ZOOM.max);
  const { width, height } = photoRect(pane, photo, { ...camera, scale });
  return clampCamera({
    x: unit.x - (point.x - pane.rect.x - pane.rect.width / 2) / width,
    y: unit.y - (point.y - pane.rect.y - pane.rect.height / 2) / height,
    scale,
  });
}

/** Magnifies by `factor` around the centre of the panes. */
export function zoomCentre(camera: Camera, factor: number): Camera {
  return clampCamera({ ...camera, scale: camera.scale * factor });
}

/** Moves the photo by (dx, dy) CSS pixels of the stage. */
export function panBy(camera: Camera, pane: Framed, photo: Size, dx: number, dy: number): Camera {
  const { width, height } = photoRect(pane, photo, camera);
  return clampCamera({ ...camera, x: camera.x - dx / width, y: camera.y - dy / height });
}

/** Moves the window by a share of what it shows; what the arrow keys do. */
export function panByShare(camera: Camera, x: number, y: number): Camera {
  return clampCamera({ ...camera, x: camera.x + x / camera.scale, y: camera.y + y / camera.scale });
}

export const isZoomed = ({ x, y, scale }: Camera): boolean =>
  scale !== DEFAULT_CAMERA.scale || x !== DEFAULT_CAMERA.x || y !== DEFAULT_CAMERA.y;

/** Zoom and pan, shared by all panes: the unit point at the pane's centre and the magnification (1 = fitted). */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export const DEFAULT_CAMERA: Camera = { x: 0.5, y: 0.5, scale: 1 };

export const ZOOM = { min: 1, max: 32 } as const;

/** Where the whole photo lies on the stage (CSS pixels, may reach beyond the pane, which clips it). */
export function photoRect(pane: Framed, photo: Size, camera: Camera): Rect {
  const fit = Math.min(pane.rect.width / photo.width, pane.rect.height / photo.height) * camera.scale;
  const width = photo.width * fit;
  const height = photo.height * fit;
  return {
    x: pane.rect.x + pane.rect.width / 2 - camera.x * width,
    y: pane.rect.y + pane.rect.height / 2 - camera.y * height,
    width,
    height,
  };
}

/** Unit point of the photo under a stage point, whether or not inside [0, 1]. */
export function stageToUnit(point: Point, rect: Rect): Point {
  return { x: (point.x - rect.x) / rect.width, y: (point.y - rect.y) / rect.height };
}

/** Stage point of a unit point of the photo. */
export function unitToStage(unit: Point, rect: Rect): Point {
  return { x: rect.x + unit.x * rect.width, y: rect.y + unit.y * rect.height };
}
