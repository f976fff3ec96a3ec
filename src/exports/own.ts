import { CodedError } from '../core/errors.ts';
import { inFirstPixel, type MatchFormat, oneFile, wishedMetadata } from './export-format.ts';

export const own = {
  name: 'own',
  label: 'Matches of the network itself',
  ending: '.csv',
  text: 'What a semi-dense matcher (LoFTR, XFeat) returns by its authors’ code, unchanged.',
  choices: ['pixels'],
  inBatch: true,
  needs: 'match',
  fileEnd: () => '-own-matches.csv',
  commandFiles: oneFile('own-matches.csv'),
  async write(wish, source) {
    const { own: rows } = await source.readField('a');
    if (!rows) {
      throw new CodedError(
        'export-no-own-matches',
        'This match has no list of the network’s own: the matcher is dense, or a turned or scaled view of B was matched.',
        'Choose the table of matches, or match with EfficientLoFTR, LoFTR or XFeat and without rotation rescue.',
      );
    }
    const { encodeMatchesCsv, MATCH_COLUMNS } = await import('../formats/matches/matches-csv.ts');
    const columns = MATCH_COLUMNS.length;
    const table = { count: rows.length / columns, rows: inFirstPixel(rows, columns, wish) };
    return { blob: new Blob([encodeMatchesCsv(table, wishedMetadata(wish, source))], { type: 'text/csv' }) };
  },
} as const satisfies MatchFormat;
