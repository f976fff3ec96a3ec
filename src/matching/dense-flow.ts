import type { Flow } from '../formats/flow/flow.ts';
import { BilinearReader } from '../compute/field/bilinear.ts';
import type { Size } from '../core/geometry.ts';
import { isInMask } from '../core/mask.ts';
import type { DenseField } from '../core/match.ts';

export interface FlowOptions {
  /** Photos that the field leads from and to, pixels. */
  from: Size;
  to: Size;
  /** Longer side of the flow's own pixel grid, which keeps the aspect of `from`. */
  longSide: number;
  /** Vectors less certain than this are unknown… */
  threshold: number;
  /** …and so are those with a larger cycle error in pixels of `from`; 0 = no limit. */
  cycleLimit: number;
}

/**
 * A warp as optical flow: where the centre of each pixel goes, minus where it is, read bilinearly. Below the photo's
 * own size both photos count as reduced by the same factor, so that one pixel of motion is one pixel of the file.
 */
export function denseFlow(field: DenseField, { from, to, longSide, threshold, cycleLimit }: FlowOptions): Flow {
  const factor = longSide / Math.max(from.width, from.height);
  const side = (length: number) => Math.max(1, Math.round(length * factor));
  const size = { width: side(from.width), height: side(from.height) };
  const scale = { x: size.width / from.width, y: size.height / from.height };
  const vectors = new Float32Array(size.width * size.height * 2);
  const valid = new Uint8Array(size.width * size.height);
  const reader = new BilinearReader(field.grid);
  const planeY = field.grid.width * field.grid.height;
  for (let row = 0, i = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++, i++) {
      const here = { x: (2 * (column + 0.5)) / size.width - 1, y: (2 * (row + 0.5)) / size.height - 1 };
      reader.seek(here.x, here.y);
      // Outside of a mask nothing is known, also where the threshold is 0.
      if (!isInMask(field.mask?.here, here)) continue;
      // The same comparison as the pictures: what is not shown is not known.
      if (reader.read(field.certainty) < threshold) continue;
      if (cycleLimit > 0 && reader.read(field.cycle) > cycleLimit) continue;
      const there = { x: reader.readContinued(field.warp), y: reader.readContinued(field.warp, planeY) };
      if (!isInMask(field.mask?.there, there)) continue;
      valid[i] = 1;
      vectors[2 * i] = (scale.x * to.width * (there.x + 1)) / 2 - (column + 0.5);
      vectors[2 * i + 1] = (scale.y * to.height * (there.y + 1)) / 2 - (row + 0.5);
    }
  }
  return { size, vectors, valid };
}
