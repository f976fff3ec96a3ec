import type { Point } from '../../core/geometry.ts';
import { BilinearReader } from '../field/bilinear.ts';
import type { PlainField } from '../field/cpu.ts';

/** What a field says of one place. */
export interface Probe {
  /** Normalised place in the other photo. */
  to: Point;
  certainty: number;
  /** Pixels of the probed photo. */
  cycle: number;
  /** How sure the place is, in square pixels of the other photo; of networks that know it. */
  covariance?: { xx: number; xy: number; yy: number };
}

/** Reads a field at a normalised point of its photo, bilinearly. */
export function probe(field: PlainField, point: Point): Probe {
  const reader = new BilinearReader(field.grid);
  reader.seek(point.x, point.y);
  return {
    to: {
      x: reader.readContinued(field.warp),
      y: reader.readContinued(field.warp, field.grid.width * field.grid.height),
    },
    certainty: reader.read(field.certainty),
    cycle: reader.read(field.cycle),
  };
}
