import { ROW_FLOATS } from '../compute/sample-matches/cpu.ts';
import { normalisedToPixel } from '../core/coordinates.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { DenseField, MatchTable } from '../core/match.ts';
import { covarianceOfRows } from './match-covariance.ts';

/**
 * Sampled rows (normalised, see ROW_FLOATS) as a table in pixels of the photos.
 * @param fields where the rows were sampled, for how sure they are
 */
export function matchTable(
  rows: Float32Array,
  photos: Record<Side, Size>,
  fields?: Record<Side, DenseField>,
): MatchTable {
  const count = rows.length / ROW_FLOATS;
  const table = new Float32Array(5 * count);
  for (let i = 0; i < count; i++) {
    const [xa, ya, xb, yb, certainty] = rows.subarray(ROW_FLOATS * i, ROW_FLOATS * (i + 1));
    const inA = normalisedToPixel({ x: xa, y: ya }, photos.a);
    const inB = normalisedToPixel({ x: xb, y: yb }, photos.b);
    table.set([inA.x, inA.y, inB.x, inB.y, certainty], 5 * i);
  }
  const covariance = fields && covarianceOfRows(rows, fields);
  return { count, rows: table, ...(covariance && { covariance }) };
}
