import { PIXEL_CONVENTION } from '../../core/coordinates.ts';
import type { MatchTable } from '../../core/match.ts';
import type { MatchMetadata } from './match-metadata.ts';
import { COVARIANCE_COLUMNS, COVARIANCE_NOTE, covarianceCells, MATCH_COLUMNS } from './matches-csv.ts';

/** Correspondences as JSON: what the match came from, the columns and their convention, and one array a match. */
export function encodeMatchesJson(table: MatchTable, metadata: MatchMetadata): string {
  const { length } = MATCH_COLUMNS;
  const { covariance } = table;
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  const matches = Array.from({ length: table.count }, (_, i) => {
    const [xa, ya, xb, yb, certainty] = table.rows.subarray(i * length, (i + 1) * length);
    const sure = covariance ? covarianceCells(covariance, i) : [];
    return [round(xa, 3), round(ya, 3), round(xb, 3), round(yb, 3), round(certainty, 4), ...sure];
  });
  const header = {
    ...metadata,
    coordinates: metadata.coordinates ?? PIXEL_CONVENTION,
    ...(covariance && { covariance: COVARIANCE_NOTE }),
    columns: [...MATCH_COLUMNS, ...(covariance ? COVARIANCE_COLUMNS : [])],
    count: table.count,
  };
  // One match a line: readable, and diffs stay small.
  const rows = matches.map((match) => `    ${JSON.stringify(match)}`).join(',\n');
  return `${JSON.stringify(header, null, 2).slice(0, -2)},\n  "matches": [\n${rows}\n  ]\n}\n`;
}
