import { collected, matchesAsWished, type MatchFormat, wishedMetadata, oneFile } from './export-format.ts';

export const npz = {
  name: 'npz',
  label: 'Dense match, NumPy',
  ending: '.npz',
  text: 'Warp, certainty and cycle error in both directions, and the matches.',
  choices: ['pixels'],
  inBatch: true,
  needs: 'match',
  fileEnd: () => '-dense.npz',
  commandFiles: oneFile('warp.npz'),
  async write(wish, source) {
    const { writeMatchNpz } = await import('../formats/matches/match-npz.ts');
    const fields = { a: await source.readField('a'), b: await source.readField('b') };
    const matches = await matchesAsWished(wish, source);
    const metadata = wishedMetadata(wish, source);
    return {
      blob: await collected((sink) => writeMatchNpz(sink, fields, matches, metadata), 'application/octet-stream'),
    };
  },
} as const satisfies MatchFormat;
