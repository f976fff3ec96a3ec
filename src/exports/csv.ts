import { matchesAsWished, type MatchFormat, wishedMetadata, oneFile } from './export-format.ts';

export const csv = {
  name: 'csv',
  label: 'Matches, table',
  ending: '.csv',
  text: 'The correspondences of the Matches view in pixels, one a line.',
  choices: ['pixels'],
  inBatch: true,
  needs: 'match',
  fileEnd: () => '-matches.csv',
  commandFiles: oneFile('matches.csv'),
  async write(wish, source) {
    const { encodeMatchesCsv } = await import('../formats/matches/matches-csv.ts');
    const text = encodeMatchesCsv(await matchesAsWished(wish, source), wishedMetadata(wish, source));
    return { blob: new Blob([text], { type: 'text/csv' }) };
  },
} as const satisfies MatchFormat;
