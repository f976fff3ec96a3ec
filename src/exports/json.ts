import { matchesAsWished, type MatchFormat, wishedMetadata, oneFile } from './export-format.ts';

export const json = {
  name: 'json',
  label: 'Matches, JSON',
  ending: '.json',
  text: 'The same with names and sizes of the photos.',
  choices: ['pixels'],
  inBatch: true,
  needs: 'match',
  fileEnd: () => '-matches.json',
  commandFiles: oneFile('matches.json'),
  async write(wish, source) {
    const { encodeMatchesJson } = await import('../formats/matches/matches-json.ts');
    const text = encodeMatchesJson(await matchesAsWished(wish, source), wishedMetadata(wish, source));
    return { blob: new Blob([text], { type: 'application/json' }) };
  },
} as const satisfies MatchFormat;
