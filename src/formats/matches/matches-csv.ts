import { PIXEL_CONVENTION } from '../../core/coordinates.ts';
import type { MatchCovariance, MatchTable } from '../../core/match.ts';
import { describeMatch, type MatchMetadata } from './match-metadata.ts';

export const MATCH_COLUMNS = ['x_a', 'y_a', 'x_b', 'y_b', 'certainty'] as const;
/** Further columns of matches whose covariance is known. */
export const COVARIANCE_COLUMNS = ['cov_photo', 'cov_xx', 'cov_xy', 'cov_yy'] as const;

/** What those columns mean. */
export const COVARIANCE_NOTE =
  'covariance: of the place in cov_photo (the end that was found), square pixels of that photo';

/** The further columns of match i; numbers that JSON has none for are null. */
export function covarianceCells({ inB, values }: MatchCovariance, i: number): [string, ...(number | null)[]] {
  const numbers = Array.from(values.subarray(3 * i, 3 * i + 3), (value) =>
    Number.isFinite(value) ? Number(value.toPrecision(6)) : null,
  );
  return [inB[i] ? 'b' : 'a', ...numbers];
}

/**
 * Correspondences as CSV: comment lines (#) that say what the numbers mean, one line of column names, one line a match.
 * Readers that know no comments skip them by count or by `comment='#'` (pandas), `comments='#'` (numpy).
 */
export function encodeMatchesCsv(table: MatchTable, metadata: MatchMetadata): string {
  const { covariance } = table;
  const comments = [
    ...describeMatch(metadata),
    `coordinates: ${metadata.coordinates ?? PIXEL_CONVENTION}`,
    'certainty: probability, 0 to 1',
  ];
  if (covariance) comments.push(COVARIANCE_NOTE);
  const columns = [...MATCH_COLUMNS, ...(covariance ? COVARIANCE_COLUMNS : [])];
  const lines = [...comments.map((line) => `# ${line}`), columns.join(',')];
  const { length } = MATCH_COLUMNS;
  for (let i = 0; i < table.count; i++) {
    const [xa, ya, xb, yb, certainty] = table.rows.subarray(i * length, (i + 1) * length);
    const sure = covariance ? covarianceCells(covariance, i).map((cell) => cell ?? '') : [];
    lines.push([...[xa, ya, xb, yb].map((value) => value.toFixed(3)), certainty.toFixed(4), ...sure].join(','));
  }
  return `${lines.join('\n')}\n`;
}
