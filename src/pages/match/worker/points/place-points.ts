import { BilinearReader } from '../../../../compute/field/bilinear.ts';
import { CYCLE_OUTSIDE } from '../../../../compute/cycle/cpu.ts';
import type { PlainField } from '../../../../compute/field/cpu.ts';
import { isInMask } from '../../../../core/mask.ts';
import { normalisedToPixel, pixelToNormalised } from '../../../../core/coordinates.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { PointTable } from '../../../../core/points.ts';

/** What a field says of many places. */
export type PlacedPoints = Pick<PointTable, 'to' | 'certainty' | 'cycle' | 'outside'>;

/**
 * Reads a field at many points of its photo, bilinearly, as the probe does at one.
 * @param places x, y of each point in pixels of the field's photo
 * @param other size of the photo that the field leads to
 */
export function placePoints(field: PlainField, places: Float64Array, other: Size): PlacedPoints {
  const count = places.length / 2;
  const { photo, grid } = field;
  const planeY = grid.width * grid.height;
  const placed = {
    to: new Float64Array(2 * count).fill(NaN),
    certainty: new Float32Array(count),
    cycle: new Float32Array(count).fill(NaN),
    outside: 0,
  };
  const reader = new BilinearReader(grid);
  for (let i = 0; i < count; i++) {
    const [x, y] = [places[2 * i], places[2 * i + 1]];
    if (!(x >= 0 && y >= 0 && x <= photo.width && y <= photo.height)) {
      placed.outside++;
      continue;
    }
    const at = pixelToNormalised({ x, y }, photo);
    reader.seek(at.x, at.y);
    const there = { x: reader.readContinued(field.warp), y: reader.readContinued(field.warp, planeY) };
    const to = normalisedToPixel(there, other);
    placed.to[2 * i] = to.x;
    placed.to[2 * i + 1] = to.y;
    const isIn = isInMask(field.mask?.here, at) && isInMask(field.mask?.there, there);
    placed.certainty[i] = isIn ? reader.read(field.certainty) : 0;
    placed.cycle[i] = Math.min(reader.read(field.cycle), CYCLE_OUTSIDE);
  }
  return placed;
}
