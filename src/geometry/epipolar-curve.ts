import type { KnownCamera } from '../core/camera-model.ts';
import { epipolarLine, lineOnPhoto } from '../core/epipolar-lines.ts';
import { otherSide, type Point, type Side, type Size } from '../core/geometry.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import { isBent, pixelOfRay, rayOfPixel } from './lens.ts';

/** Points of a curve across a photo. */
const STEPS = 96;
/** The straight picture reaches beyond the photo: a bent lens shows more than its K would. In photos, on each side. */
const BEYOND = 3;

/** Where a pixel would be if the lens did not bend; NaN where no straight picture shows it. */
function straightPixel(camera: KnownCamera, at: Point): Point {
  const ray = rayOfPixel(camera, at);
  return { x: camera.fx * ray.x + camera.cx, y: camera.fy * ray.y + camera.cy };
}

/**
 * Where in the photo opposite `side` the match of a place must lie: pieces of a curve, pixels of the photo.
 * @param fundamental between pixels without distortion
 * @param lenses null where neither bends: then it is one straight piece
 */
export function epipolarCurve(
  fundamental: Matrix3,
  lenses: Record<Side, KnownCamera> | null,
  side: Side,
  place: Point,
  photo: Size,
): Point[][] {
  const start = lenses ? straightPixel(lenses[side], place) : place;
  const line = Number.isFinite(start.x) ? epipolarLine(fundamental, side, start) : null;
  if (!line) return [];
  const lens = lenses?.[otherSide(side)];
  if (!lens || !isBent(lens)) {
    const ends = lineOnPhoto(line, photo);
    return ends ? [[...ends]] : [];
  }
  // The line across a larger straight picture, bent point by point; what falls on the photo is kept.
  const margin = { x: BEYOND * photo.width, y: BEYOND * photo.height };
  const [a, b, c] = line;
  const moved = [a, b, c + a * -margin.x + b * -margin.y] as const;
  const ends = lineOnPhoto(moved, { width: photo.width + 2 * margin.x, height: photo.height + 2 * margin.y });
  if (!ends) return [];
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  const steps = STEPS * (1 + 2 * BEYOND);
  for (let i = 0; i <= steps; i++) {
    const x = ends[0].x + ((ends[1].x - ends[0].x) * i) / steps - margin.x;
    const y = ends[0].y + ((ends[1].y - ends[0].y) * i) / steps - margin.y;
    const at = pixelOfRay(lens, { x: (x - lens.cx) / lens.fx, y: (y - lens.cy) / lens.fy });
    const isOn = at.x >= 0 && at.y >= 0 && at.x <= photo.width && at.y <= photo.height && isTrue(lens, at, { x, y });
    if (isOn) piece.push(at);
    else if (piece.length > 0) {
      if (piece.length > 1) pieces.push(piece);
      piece = [];
    }
  }
  if (piece.length > 1) pieces.push(piece);
  return pieces;
}

/** Whether the lens shows that place there, and not, folded, another one. */
function isTrue(lens: KnownCamera, at: Point, straight: Point): boolean {
  const back = straightPixel(lens, at);
  return Math.hypot(back.x - straight.x, back.y - straight.y) < 1e-3 * (lens.fx + lens.fy);
}
