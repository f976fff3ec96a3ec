import { BilinearReader } from '../../src/compute/field/bilinear.ts';
import type { PlainField } from '../../src/compute/field/cpu.ts';
import { type Pixels, preprocess } from '../../src/compute/preprocess/cpu.ts';
import type { Size } from '../../src/core/geometry.ts';

export type Rgb = readonly [number, number, number];

/** What a place without an answer looks like. */
export const NOTHING: Rgb = [32, 32, 36];
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
    onB.seek(onField.readContinued(field.warp), onField.readContinued(field.warp, plane));
    const certainty = onField.read(field.certainty);
    const mixed = channels.map((values, c) => NOTHING[c] + certainty * (onB.read(values) - NOTHING[c]));
    return mixed as unknown as Rgb;
  });
}

/** Certainty by `colour` of 0…1; grey, 255 for 1, if absent. */
export function certaintyMap(field: PlainField, longSide: number, colour = grey): Pixels {
  const size = fitted(field.photo, longSide);
  const reader = new BilinearReader(field.grid);
  return painted(size, (x, y) => {
    reader.seek((2 * x + 1) / size.width - 1, (2 * y + 1) / size.height - 1);
    return colour(reader.read(field.certainty));
  });
}

const grey = (value: number): Rgb => [255 * value, 255 * value, 255 * value];

/** The size scaled down to `longSide`, where it is larger. */
export function fitted({ width, height }: Size, longSide: number): Size {
  const scale = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A picture by the colour (0…255) of each pixel. */
export function painted({ width, height }: Size, colour: (x: number, y: number) => Rgb): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), 4 * (y * width + x));
  return { data, width, height };
}
