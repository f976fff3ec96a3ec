import { resizeMap } from '../../../../compute/resize-map/cpu.ts';
import { type Pixels, preprocess } from '../../../../compute/preprocess/cpu.ts';
import type { Rect, Size } from '../../../../core/geometry.ts';
import type { RenderSettings } from '../../contract/settings.ts';

export type Fit = Pick<RenderSettings, 'longSide' | 'crop'>;

/** A map of one value a place, row by row. */
export interface PlainMap {
  size: Size;
  values: Float32Array;
}

/** Strips are not rendered thinner than this. */
const MIN_SIDE = 16;

/** Size of both views of a photo: the longer side as wanted, the aspect ratio that of the part shown. */
export function fittedSize(photo: Size, fit: Fit): Size {
  const part = shownPart(photo, fit);
  const scale = fit.longSide / Math.max(part.width, part.height);
  const side = (length: number) => Math.max(MIN_SIDE, Math.round(length * scale));
  return { width: side(part.width), height: side(part.height) };
}

/** The part of a photo that is lifted, whole pixels: all of it, or L2M's centre square. */
export function shownPart({ width, height }: Size, { crop }: Fit): Rect {
  if (crop === 'whole') return { x: 0, y: 0, width, height };
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), width: side, height: side };
}

/** The photo's shown part at the rendered size, averaged over the area of each pixel; opaque. */
export function fitPixels(photo: Pixels, fit: Fit): Pixels {
  const size = fittedSize(photo, fit);
  const part = cropPixels(photo, shownPart(photo, fit));
  if (part.width === size.width && part.height === size.height) return part;
  const planes = preprocess(part, { size, normalisation: { scale: 255, mean: [0, 0, 0], std: [1, 1, 1] } });
  const points = size.width * size.height;
  const data = new Uint8ClampedArray(4 * points).fill(255);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < points; i++) data[4 * i + c] = planes[c * points + i];
  }
  return { data, ...size };
}

/**
 * A map over the whole photo (of any size) as it lies on the shown part at the rendered size. Bilinear also where it
 * shrinks: averages across a depth edge would lie on neither surface.
 */
export function fitMap({ size, values }: PlainMap, photo: Size, fit: Fit): Float32Array {
  const target = fittedSize(photo, fit);
  if (fit.crop === 'whole') return resizeMap(values, size, target);
  const part = shownPart(photo, fit);
  const [scaleX, scaleY] = [size.width / photo.width, size.height / photo.height];
  const left = Math.min(size.width - 1, Math.round(part.x * scaleX));
  const top = Math.min(size.height - 1, Math.round(part.y * scaleY));
  const width = Math.max(1, Math.min(size.width - left, Math.round(part.width * scaleX)));
  const height = Math.max(1, Math.min(size.height - top, Math.round(part.height * scaleY)));
  const cropped = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * size.width + left;
    cropped.set(values.subarray(from, from + width), y * width);
  }
  return resizeMap(cropped, { width, height }, target);
}

function cropPixels(photo: Pixels, { x, y, width, height }: Rect): Pixels {
  if (width === photo.width && height === photo.height) return photo;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 4 * ((y + row) * photo.width + x);
    data.set(photo.data.subarray(from, from + 4 * width), 4 * row * width);
  }
  return { data, width, height };
}
