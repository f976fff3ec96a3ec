import { collected, type MatchFormat, metadataOf, oneFile } from './export-format.ts';

export const colmap = {
  name: 'colmap',
  label: 'COLMAP, text',
  ending: '.zip',
  text: 'Features, match list, cameras and images as COLMAP’s text imports.',
  choices: ['count'],
  inBatch: true,
  needs: 'match',
  fileEnd: () => '-colmap.zip',
  commandFiles: oneFile('colmap/'),
  async write(wish, source) {
    const [{ colmapFiles }, { ZipWriter }] = await Promise.all([
      import('../formats/matches/colmap.ts'),
      import('../formats/archives/zip-writer.ts'),
    ]);
    const files = colmapFiles(await source.readMatches(), metadataOf(wish, source), source.cameras);
    const blob = await collected(async (sink) => {
      const writer = new ZipWriter(sink);
      for (const [name, text] of files) await writer.add(name, new TextEncoder().encode(text));
      await writer.finish();
    }, 'application/zip');
    return { blob, notes: ['README.txt in it has the two commands that import it.'] };
  },
} as const satisfies MatchFormat;
