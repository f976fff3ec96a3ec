import { pixelToNormalised } from '../../core/coordinates.ts';
import type { Size } from '../../core/geometry.ts';
import { type FieldMask, isInMask } from '../../core/mask.ts';

/** Numbers of one match: x and y in one photo, x and y in the other, confidence. */
export const OWN_MATCH_COLUMNS = 5;

interface PlacedGrid {
  readonly grid: Size;
  readonly photo: Size;
}

/**
 * The matches that a semi-dense network's published code would return, in pixels of the photos (the first pixel's centre is at
 * (0.5, 0.5)), [matches, 5] row by row.
 *
 * @param raw the decoder's `matches` [1, 6, rows, columns]: x and y in this photo and in the other in cells of the warps' grids
 *   (integers are centres), confidence, and 1 where the entry is a match
 * @param here this photo and its warp's grid, there the other's
 */
export function ownMatchesOf(raw: Float32Array, here: PlacedGrid, there: PlacedGrid): Float32Array<ArrayBuffer> {
  const cells = raw.length / 6;
  const entry = (plane: number, cell: number): number => raw[plane * cells + cell];
  const found = Array.from({ length: cells }, (_, cell) => cell).filter((cell) => entry(5, cell) === 1);
  const rows = new Float32Array(found.length * OWN_MATCH_COLUMNS);
  for (const [i, cell] of found.entries()) {
    const place = (plane: number, { grid, photo }: PlacedGrid): [number, number] => [
      ((entry(plane, cell) + 0.5) * photo.width) / grid.width,
      ((entry(plane + 1, cell) + 0.5) * photo.height) / grid.height,
    ];
    rows.set([...place(0, here), ...place(2, there), entry(4, cell)], i * OWN_MATCH_COLUMNS);
  }
  return rows;
}

/** Those of them of which both ends are inside of the masks. `here` and `there`: sizes of the photos. */
export function ownMatchesInMask(
  rows: Float32Array,
  here: Size,
  there: Size,
  mask: FieldMask,
): Float32Array<ArrayBuffer> {
  const kept: number[] = [];
  for (let i = 0; i < rows.length; i += OWN_MATCH_COLUMNS) {
    const row = rows.subarray(i, i + OWN_MATCH_COLUMNS);
    const isIn =
      isInMask(mask.here, pixelToNormalised({ x: row[0], y: row[1] }, here)) &&
      isInMask(mask.there, pixelToNormalised({ x: row[2], y: row[3] }, there));
    if (isIn) kept.push(...row);
  }
  return Float32Array.from(kept);
}
