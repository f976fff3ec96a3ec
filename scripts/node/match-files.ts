import initSqlJs from 'sql.js';
import { denseFlow } from '../../src/pages/match/worker/exports/dense-flow.ts';
import { twoViewGeometry } from '../../src/pages/match/worker/exports/two-view-geometry.ts';
import { colmapFiles } from '../../src/formats/matches/colmap.ts';
import { writeColmapDatabase } from '../../src/formats/matches/colmap-database.ts';
import { encodeFlo } from '../../src/formats/flow/flo.ts';
import { encodeKittiFlow } from '../../src/formats/flow/kitti-flow.ts';
import type { MatchMetadata } from '../../src/formats/matches/match-metadata.ts';
import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import { otherSide } from '../../src/core/geometry.ts';
import type { MatchTable } from '../../src/core/match.ts';
import type { MatchedPair } from './match-pair.ts';
import { focalOf } from './photo.ts';

/** Files by their names inside the folder. */
type NamedFiles = [name: string, content: string | Uint8Array][];

/** Optical flow of both directions, as many vectors as the match has places. */
export async function flowFiles(
  fields: PlainMatchField,
  limits: { threshold: number; cycleLimit: number },
): Promise<NamedFiles> {
  const files: NamedFiles = [];
  for (const side of ['a', 'b'] as const) {
    const { grid, photo } = fields[side];
    const to = fields[otherSide(side)].photo;
    const longSide = Math.max(grid.width, grid.height);
    const flow = denseFlow(fields[side], { from: photo, to, longSide, ...limits });
    const name = `${side}-to-${otherSide(side)}`;
    files.push([`${name}.flo`, encodeFlo(flow)], [`${name}-kitti.png`, (await encodeKittiFlow(flow)).png]);
  }
  return files;
}

/** COLMAP's text imports and its database. */
export async function colmapExport(
  table: MatchTable,
  metadata: MatchMetadata,
  { photos, verdict }: Pick<MatchedPair, 'photos' | 'verdict'>,
): Promise<NamedFiles> {
  const texts = [...colmapFiles(table, metadata)].map(([name, text]): NamedFiles[number] => [`colmap/${name}`, text]);
  const focal = { a: await focalOf(photos.a.key), b: await focalOf(photos.b.key) };
  const geometry = await twoViewGeometry(table, { a: photos.a.size, b: photos.b.size }, focal, {
    verdict: verdict.kind,
  });
  const { Database } = await initSqlJs();
  const database = writeColmapDatabase(new Database(), { table, metadata, focal, geometry });
  return [...texts, ['database.db', database]];
}
