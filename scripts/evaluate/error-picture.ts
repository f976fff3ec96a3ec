import jpeg from 'jpeg-js';
import type { PlainField } from '../../src/compute/field/cpu.ts';
import type { Pixels } from '../../src/compute/preprocess/cpu.ts';
import { colorMapAt } from '../../src/core/colors/color-maps.ts';
import type { Size } from '../../src/core/geometry.ts';
import { fitted, NOTHING, painted } from '../node/field-pictures.ts';
import { errorReader } from './measure.ts';
import type { DenseTruth } from './truth.ts';

/** Error that has the last colour of the map, pixels at a 640 px long side. */
export const FULL_ERROR = 20;

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
