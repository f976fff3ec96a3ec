import { PIXEL_CONVENTION } from '../../core/coordinates.ts';
import type { MatchTable } from '../../core/match.ts';
import { describeMatch, type MatchMetadata } from './match-metadata.ts';

export const MATCH_COLUMNS = ['x_a', 'y_a', 'x_b', 'y_b', 'certainty'] as const;

/**
 * Correspondences as CSV: comment lines (#) that say what the numbers mean, one line of column names, one line a match.
 * Readers that know no comments skip them by count or by `comment='#'` (pandas), `comments='#'` (numpy).
 */
export function encodeMatchesCsv(table: MatchTable, metadata: MatchMetadata): string {
  const comments = [...describeMatch(metadata), `coordinates: ${PIXEL_CONVENTION}`, 'certainty: probability, 0 to 1'];
  const lines = [...comments.map((line) => `# ${line}`), MATCH_COLUMNS.join(',')];
  const { length } = MATCH_COLUMNS;
  for (let i = 0; i < table.count; i++) {
    const [xa, ya, xb, yb, certainty] = table.rows.subarray(i * length, (i + 1) * length);
    lines.push([xa, ya, xb, yb].map((value) => value.toFixed(3)).join(',') + `,${certainty.toFixed(4)}`);
  }
  return `${lines.join('\n')}\n`;
}
