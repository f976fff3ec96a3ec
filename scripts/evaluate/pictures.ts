import jpeg from 'jpeg-js';
import { BilinearReader } from '../../src/gpu/reference/bilinear.ts';
import type { PlainField } from '../../src/gpu/reference/field.ts';
import { type Pixels, preprocess } from '../../src/gpu/reference/preprocess.ts';
import { colorMapAt } from '../../src/shared/color-maps.ts';
import type { Size } from '../../src/shared/geometry.ts';
import { errorReader } from './measure.ts';
import type { DenseTruth } from './truth.ts';

type Rgb = readonly [number, number, number];

/** What a place without an answer looks like. */
const NOTHING: Rgb = [32, 32, 36];
/** Error that has the last colour of the map, pixels at a 640 px long side. */
export const FULL_ERROR = 20;

/** The photo at `longSide`, each pixel averaged over its area. */
export function shrunk(photo: Pixels, longSide: number): Pixels {
  const size = fitted(photo, longSide);
  const points = size.width * size.height;
  const planes = preprocess(photo, { size, normalisation: { scale: 255, mean: [0, 0, 0], std: [1, 1, 1] } });
  return painted(size, (x, y) => {
    const at = y * size.width + x;
    return [planes[at], planes[points + at], planes[2 * points + at]];
  });
}

/** A rebuilt from B's pixels, fading out where the match is not certain. */
export function rebuilt(field: PlainField, b: Pixels, longSide: number): Pixels {
  const size = fitted(field.photo, longSide);
  const onField = new BilinearReader(field.grid);
  const onB = new BilinearReader(b);
  const plane = field.grid.width * field.grid.height;
  const channels = [0, 1, 2].map((c) => Float32Array.from({ length: b.width * b.height }, (_, i) => b.data[4 * i + c]));
  return painted(size, (x, y) => {
    onField.seek((2 * x + 1) / size.width - 1, (2 * y + 1) / size.height - 1);
    onB.seek(onField.read(field.warp), onField.read(field.warp, plane));
    const certainty = onField.read(field.certainty);
    const mixed = channels.map((values, c) => NOTHING[c] + certainty * (onB.read(values) - NOTHING[c]));
    return mixed as unknown as Rgb;
  });
}

/** Certainty from dark to bright. */
export function certaintyMap(field: PlainField, longSide: number): Pixels {
  const size = fitted(field.photo, longSide);
  const reader = new BilinearReader(field.grid);
  return painted(size, (x, y) => {
    reader.seek((2 * x + 1) / size.width - 1, (2 * y + 1) / size.height - 1);
    return colorMapAt('viridis', reader.read(field.certainty));
  });
}

/** Error on A from blue (0) to red ({@link FULL_ERROR} and more); dark where the truth says nothing. */
export function errorMap(field: PlainField, photoB: Size, truth: DenseTruth, longSide: number): Pixels {
  const size = fitted(field.photo, longSide);
  const errorAt = errorReader(field, photoB, truth);
  // At the centres of the truth's cells: between them it is not known to a pixel.
  const centre = (at: number, pixels: number, cells: number, length: number) =>
    ((Math.floor(((at + 0.5) / pixels) * cells) + 0.5) / cells) * length;
  return painted(size, (x, y) => {
    const found = errorAt({
      x: centre(x, size.width, truth.grid.width, field.photo.width),
      y: centre(y, size.height, truth.grid.height, field.photo.height),
    });
    return found ? colorMapAt('turbo', found.error / FULL_ERROR) : NOTHING;
  });
}

/** A picture as a `data:` address, for a page that needs no other file. */
export function dataUrl({ data, width, height }: Pixels): string {
  const file = jpeg.encode({ data: Buffer.from(data.buffer, data.byteOffset, data.length), width, height }, 72);
  return `data:image/jpeg;base64,${Buffer.from(file.data).toString('base64')}`;
}

function fitted({ width, height }: Size, longSide: number): Size {
  const scale = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function painted({ width, height }: Size, colour: (x: number, y: number) => Rgb): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), 4 * (y * width + x));
  return { data, width, height };
}
