import type { BySlot, UnitPlace } from '../../contract.ts';
import { filledSlots } from '../../contract.ts';
import type { Point, Rect, Size } from '../../../../core/geometry.ts';
import type { Camera } from '../../../../core/viewer/zoom.ts';

/** Between the photos of a column, as a share of its width. */
const GAP = 0.02;

export interface ColumnLayout {
  /** Where each photo lies. */
  places: BySlot<Rect>;
  height: number;
}

/** The photos one above the other, each as wide as the column. */
export function columnLayout(photos: BySlot<Size>, width: number): ColumnLayout {
  const places: BySlot<Rect> = {};
  let y = 0;
  for (const slot of filledSlots(photos)) {
    const photo = photos[slot]!;
    if (y > 0) y += GAP * width;
    const height = (width * photo.height) / photo.width;
    places[slot] = { x: 0, y, width, height };
    y += height;
  }
  return { places, height: y };
}

/** The whole photo as it lies behind its place when zoomed; the place shows a part of it. */
export function zoomedRect(place: Rect, { x, y, scale }: Camera): Rect {
  const [width, height] = [place.width * scale, place.height * scale];
  return {
    x: place.x + place.width / 2 - x * width,
    y: place.y + place.height / 2 - y * height,
    width,
    height,
  };
}

/** The place of a photo under a point of the column; null between photos. */
export function placeUnder({ places }: ColumnLayout, camera: Camera, point: Point): UnitPlace | null {
  for (const slot of filledSlots(places)) {
    const place = places[slot]!;
    if (point.y < place.y || point.y >= place.y + place.height) continue;
    const { x, y, width, height } = zoomedRect(place, camera);
    const share = (value: number) => Math.min(1, Math.max(0, value));
    return { slot, x: share((point.x - x) / width), y: share((point.y - y) / height) };
  }
  return null;
}

/** Magnifies by `factor` so that what lies under `point` stays there; null where no photo lies there. */
export function zoomUnder(layout: ColumnLayout, camera: Camera, point: Point, factor: number): Camera | null {
  const under = placeUnder(layout, camera, point);
  const place = under && layout.places[under.slot];
  if (!place) return null;
  const scale = camera.scale * factor;
  return {
    x: under.x - (point.x - place.x - place.width / 2) / (place.width * scale),
    y: under.y - (point.y - place.y - place.height / 2) / (place.height * scale),
    scale,
  };
}
