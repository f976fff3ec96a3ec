import { NORMALISED_CONVENTION, PIXEL_CONVENTION } from '../../core/coordinates.ts';
import type { Side } from '../../core/geometry.ts';
import type { DenseField, MatchTable } from '../../core/match.ts';
import type { MatchMetadata } from './match-metadata.ts';
import { MATCH_COLUMNS } from './matches-csv.ts';
import { encodeNpy, type NpyArray, npyOfFloat32 } from '../arrays/npy.ts';
import { type ZipSink, ZipWriter } from '../archives/zip-writer.ts';

/** Name of an array's direction: on A's grid towards B, and back. */
const DIRECTIONS: Record<Side, string> = { a: 'a_to_b', b: 'b_to_a' };

/**
 * A match as an npz: for both directions `warp_*` [2, h, w], `certainty_*` [h, w] and `cycle_*` [h, w], all float32;
 * `matches` [n, 5] as in the CSV, `covariance` [n, 3] and `covariance_in_b` [n] where it is known; `size_a`, `size_b` [2] width and height. `metadata.json` (numpy hands it out as
 * bytes) says what they mean.
 */
export async function writeMatchNpz(
  sink: ZipSink,
  fields: Record<Side, DenseField>,
  matches: MatchTable,
  metadata: MatchMetadata,
): Promise<void> {
  const writer = new ZipWriter(sink);
  const add = (name: string, array: NpyArray) => writer.add(`${name}.npy`, encodeNpy(array));
  for (const side of ['a', 'b'] as const) {
    for (const [name, array] of fieldArrays(fields[side])) await add(`${name}_${DIRECTIONS[side]}`, array);
  }
  await add('matches', npyOfFloat32(matches.rows as Float32Array<ArrayBuffer>, [matches.count, MATCH_COLUMNS.length]));
  const { covariance } = matches;
  if (covariance) {
    const { inB, values } = covariance;
    await add('covariance', npyOfFloat32(values as Float32Array<ArrayBuffer>, [matches.count, 3]));
    await add('covariance_in_b', { dtype: 'uint8', shape: [matches.count], bytes: Uint8Array.from(inB) });
  }
  for (const side of ['a', 'b'] as const) {
    const { width, height } = metadata.photos[side].size;
    const bytes = new Uint8Array(Int32Array.of(width, height).buffer);
    await add(`size_${side}`, { dtype: 'int32', shape: [2], bytes });
  }
  const described = {
    ...metadata,
    warp: `[2, h, w] x then y in the other photo, ${NORMALISED_CONVENTION}`,
    certainty: '[h, w] probability, 0 to 1',
    cycle: '[h, w] distance after going there and back, pixels of the photo the grid lies on',
    matches: `[n, 5] ${MATCH_COLUMNS.join(', ')}; ${metadata.coordinates ?? PIXEL_CONVENTION}`,
    ...(covariance && {
      covariance: '[n, 3] xx, xy, yy of the end that was found, square pixels of its photo',
      covariance_in_b: '[n] 1 where that end lies in photo B, 0 where in A',
    }),
  };
  await writer.add('metadata.json', new TextEncoder().encode(JSON.stringify(described, null, 2)));
  await writer.finish();
}

/** The three arrays of one direction; their bytes are shared with the field. */
export function fieldArrays({ grid, warp, certainty, cycle }: DenseField): [name: string, array: NpyArray][] {
  const shape = [grid.height, grid.width];
  const array = (values: Float32Array, dims: number[]) => npyOfFloat32(values as Float32Array<ArrayBuffer>, dims);
  return [
    ['warp', array(warp, [2, ...shape])],
    ['certainty', array(certainty, shape)],
    ['cycle', array(cycle, shape)],
  ];
}
