import type { TwoViewGeometry } from '../formats/matches/colmap-tables.ts';
import type { Side } from '../core/geometry.ts';
import { type MatchFormat, metadataOf, oneFile } from './export-format.ts';

export const database = {
  name: 'database',
  label: 'COLMAP, database',
  ending: '.db',
  text: 'Cameras, images, keypoints, matches and a verified two-view geometry, ready for COLMAP’s mapper.',
  choices: ['count'],
  inBatch: true,
  needs: 'match',
  fileEnd: () => '-database.db',
  commandFiles: oneFile('database.db'),
  async write(wish, source, run) {
    const [{ writeColmapDatabase }, { imageNames }] = await Promise.all([
      import('../formats/matches/colmap-database.ts'),
      import('../formats/matches/colmap.ts'),
    ]);
    const [table, metadata] = [await source.readMatches(), metadataOf(wish, source)];
    const geometry = await source.readGeometry(table, run);
    const { focal, cameras } = source;
    const bytes = writeColmapDatabase(await source.openDatabase(), { table, metadata, focal, cameras, geometry });
    return {
      blob: new Blob([bytes], { type: 'application/vnd.sqlite3' }),
      notes: databaseNotes(imageNames(metadata), geometry),
    };
  },
} as const satisfies MatchFormat;

/** What COLMAP will find in the database, and what it must be given beside it. */
function databaseNotes({ a, b }: Record<Side, string>, { config, inliers }: TwoViewGeometry): string[] {
  const verified = Array.from(inliers).reduce((sum, one) => sum + one, 0);
  const found = {
    degenerate: 'No two-view geometry explains the matches: COLMAP will not use the pair',
    calibrated: `Essential matrix with ${verified} inliers`,
    uncalibrated: `Fundamental matrix with ${verified} inliers`,
    planarOrPanoramic: `Homography with ${verified} inliers: the scene is flat, or the camera only turned`,
  };
  return [`${found[config]}.`, `Put the photos into one folder as ${a} and ${b}.`];
}
