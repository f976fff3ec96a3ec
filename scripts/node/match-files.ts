import { basename } from 'node:path';
import initSqlJs from 'sql.js';
import { DEFAULT_ANIMATION } from '../../src/exports/animation-settings.ts';
import { DEFAULT_FULL_SIZE } from '../../src/exports/full-size-settings.ts';
import type { ExportWish, MatchFormat, MatchSource } from '../../src/exports/export-format.ts';
import { EXPORTS } from '../../src/exports/index.ts';
import { openZip } from '../../src/formats/archives/zip.ts';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { CodedError } from '../../src/core/errors.ts';
import { cameraOfPhoto, type KnownCamera } from '../../src/core/camera-model.ts';
import { otherSide, type Side } from '../../src/core/geometry.ts';
import type { MatchTable } from '../../src/core/match.ts';
import { denseFlow } from '../../src/matching/dense-flow.ts';
import { twoViewGeometry } from '../../src/pages/match/worker/exports/two-view-geometry.ts';
import { sourceOfPixels } from '../../src/matching/full-size/pixel-source.ts';
import type { MatchedPair } from './match-pair.ts';
import { focalOf } from './photo.ts';

/** The formats that need no stage: all of them are written. */
export const COMMAND_EXPORTS: readonly MatchFormat[] = EXPORTS.filter((format) => format.needs === 'match');

/** What a command wishes of every format; names are those of the photos. */
export function commandWish(
  names: { a: string; b: string },
  limits: { threshold: number; cycleLimit: number },
): ExportWish {
  const photo = (name: string) => ({ name, file: new Blob([]) });
  return {
    photos: { a: photo(names.a), b: photo(names.b) },
    query: '',
    view: { view: 'matches', ...limits },
    side: 'a',
    flowSize: 'match',
    scale: 1,
    legend: false,
    animation: DEFAULT_ANIMATION,
    firstPixel: 0.5,
    fullSize: DEFAULT_FULL_SIZE,
    // The table that the command line sampled, with its own --count.
    count: null,
  };
}

/** A pair that was matched here, as the formats ask for it. */
export async function matchSource(
  { fields, photos, verdict }: MatchedPair,
  table: MatchTable,
  model: string,
  known: Record<Side, KnownCamera | null> = { a: null, b: null },
): Promise<MatchSource> {
  const sizes = { a: photos.a.size, b: photos.b.size };
  const cameraFor = (side: Side) => known[side] && cameraOfPhoto(known[side], sizes[side], side.toUpperCase());
  const cameras = { a: cameraFor('a'), b: cameraFor('b') };
  const focal = { a: await focalOf(photos.a.key), b: await focalOf(photos.b.key) };
  return {
    model,
    verdict,
    sizes,
    focal,
    cameras,
    readField: async (side) => fields[side],
    readMatches: async () => table,
    readFlow: async (side, longSide, { threshold, cycleLimit }) => {
      const options = { from: fields[side].photo, to: fields[otherSide(side)].photo, longSide, threshold, cycleLimit };
      return denseFlow(fields[side], options);
    },
    drawFullSize: async (settings, limits, run) => {
      const { drawFullSize } = await import('../../src/pages/match/worker/exports/full-size.ts');
      const source = {
        names: { a: basename(photos.a.key), b: basename(photos.b.key) },
        sizes,
        readField: async (side: Side) => fields[side],
        readHomography: async () => (await twoViewGeometry(table, sizes, focal, run)).homography,
        openPixels: async (side: Side) => ({ ...sourceOfPixels(photos[side].pixels()), close: () => {} }),
      };
      return drawFullSize(settings, limits, source, run);
    },
    openDatabase: async () => new (await initSqlJs()).Database(),
    readGeometry: (matches, run) => twoViewGeometry(matches, sizes, focal, { ...run, cameras, verdict: verdict.kind }),
  };
}

/** Every file of every format, by its name inside the folder. What a pair cannot have is left out and told. */
export async function* matchFiles(
  source: MatchSource,
  wish: ExportWish,
): AsyncGenerator<{ name: string; content: Uint8Array } | { remark: string }> {
  for (const format of COMMAND_EXPORTS) {
    for (const file of format.commandFiles(wish)) {
      try {
        const { blob, sidecar } = await (format as MatchFormat).write(file.wish, source, {});
        if (sidecar) yield { name: file.name.replace(/\.\w+$/, '.json'), content: new TextEncoder().encode(sidecar) };
        const content = new Uint8Array(await blob.arrayBuffer());
        if (!file.name.endsWith('/')) yield { name: file.name, content };
        else for (const [name, part] of await unpacked(content)) yield { name: file.name + name, content: part };
      } catch (thrown) {
        if (!(thrown instanceof CodedError)) throw thrown;
        yield { remark: `${file.name}: ${thrown.message}` };
      }
    }
  }
}

async function unpacked(bytes: Uint8Array): Promise<[name: string, content: Uint8Array][]> {
  const entries = [...(await openZip(bytesSource(bytes))).values()];
  return Promise.all(entries.map(async (entry): Promise<[string, Uint8Array]> => [entry.name, await entry.readAll()]));
}
