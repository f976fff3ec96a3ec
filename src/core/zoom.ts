import { stageToUnit, photoRect } from '../pages/match/contract/layout.ts';
import type { Pane } from '../pages/match/contract/layout.ts';
import type { Point, Size } from './geometry.ts';
import { DEFAULT_CAMERA, ZOOM } from '../pages/match/contract/view.ts';
import type { Camera } from '../pages/match/contract/view.ts';

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The camera with its scale in range and its centre such that the fitted photo never leaves its own frame. */
export function clampCamera({ x, y, scale }: Camera): Camera {
  const s = clamp(scale, ZOOM.min, ZOOM.max);
  const margin = 0.5 / s;
  return { x: clamp(x, margin, 1 - margin), y: clamp(y, margin, 1 - margin), scale: s };
}

/** Magnifies by `factor` and keeps the place under `point` (stage CSS pixels) where it is. */
export function zoomAt(camera: Camera, pane: Pane, photo: Size, point: Point, factor: number): Camera {
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
export function panBy(camera: Camera, pane: Pane, photo: Size, dx: number, dy: number): Camera {
  const { width, height } = photoRect(pane, photo, camera);
  return clampCamera({ ...camera, x: camera.x - dx / width, y: camera.y - dy / height });
}

/** Moves the window by a share of what it shows; what the arrow keys do. */
export function panByShare(camera: Camera, x: number, y: number): Camera {
  return clampCamera({ ...camera, x: camera.x + x / camera.scale, y: camera.y + y / camera.scale });
}

export const isZoomed = ({ x, y, scale }: Camera): boolean =>
  scale !== DEFAULT_CAMERA.scale || x !== DEFAULT_CAMERA.x || y !== DEFAULT_CAMERA.y;
