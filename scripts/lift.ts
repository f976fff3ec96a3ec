import { basename } from 'node:path';
import { exportDataset } from '../src/pages/lift/worker/dataset/export-dataset.ts';
import { zipSink } from '../src/exports/dataset/zip-sink.ts';
import { CodedError } from '../src/core/errors.ts';
import type { LiftProgress } from '../src/pages/lift/contract/api.ts';
import type { DatasetOptions } from '../src/pages/lift/contract/dataset.ts';
import { DEFAULT_LIFT } from '../src/pages/lift/contract/settings.ts';
import { type Arguments, readArguments, usage } from './node/arguments.ts';
import { datasetFolder } from './node/dataset-folder.ts';
import { zipFile } from './node/dataset-zip.ts';
import { liftMaker, type PhotoFile } from './node/lift-maker.ts';
import { depthPath, photoPaths } from './node/photo-files.ts';
import { runCommand } from './node/run-command.ts';

const HELP = `npm run lift -- PHOTO|FOLDER... --out DIR|FILE.zip [--views 4] [--seed 1] [--size 512]
                [--depth DIR] [--meaning disparity|depth] [--relight] [--photometric] [--sky heuristic|none]
Lifts photos (JPEG or PNG) to 3-D and writes new views of them with exact correspondences, in L2M's layout:
  image1, image2   photo (square centre crop) and new view, PNG
  depth1, depth2   float32 [h, w], 0 where there is none
  cams, ext        K [3, 3] of both cameras and [R|t] [3, 4] from the first to the second
  warp             exact warps and visibility, npz
  debug            both pictures and the photo rebuilt from the view
--depth names a folder with maps (.npy, .pfm, 16-bit .png) that have the photos' names, as Depth Anything V2 writes
them; without one, depth is guessed from the photo. --relight and --photometric draw lights and camera changes.
The same seed gives the same files. A folder is gone on with where it was left; docs/dataset.md tells the rest.`;

const DEFAULTS = { views: 4, seed: 1, size: 512 };

export async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    {
      options: ['out', 'views', 'seed', 'size', 'depth', 'meaning', 'sky'],
      flags: ['relight', 'photometric', 'help'],
    },
    argv,
  );
  if (args.has('help') || argv.length === 0) return console.log(HELP);
  if (!args.positionals.length) throw usage('No photo is named.');
  const out = args.text('out');
  if (out === undefined) throw usage('--out DIR is missing.');
  const options = optionsOf(args);
  const photos = photosOf(args);
  const sink = out.endsWith('.zip') ? zipSink(await zipFile(out)) : datasetFolder(out);
  // Ctrl+C ends between two files, so that an archive is taken away and a folder left whole.
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop);
  const start = performance.now();
  try {
    const context = { signal: stopped.signal, onProgress: progressLine() };
    const { views, kept, bytes, failures } = await exportDataset(photos, options, liftMaker(), sink, context);
    const seconds = (performance.now() - start) / 1000;
    for (const { name, message } of failures) console.error(`${name}: ${message}`);
    const rate = views ? `, ${(views / seconds).toFixed(2)} a second` : '';
    const before = kept ? `, ${kept} were there` : '';
    const lifted = photos.length - failures.length;
    console.log(`${views} views of ${lifted} photos (${megabytes(bytes)}) in ${out}${rate}${before}`);
    if (failures.length === photos.length) throw new CodedError('dataset-empty', 'No photo could be lifted.', '');
    if (failures.length) process.exitCode = 1;
  } finally {
    process.off('SIGINT', stop);
  }
}

function optionsOf(args: Arguments): DatasetOptions {
  const sky = args.choice('sky', ['heuristic', 'none']) ?? 'heuristic';
  return {
    views: args.count('views') ?? DEFAULTS.views,
    seed: args.count('seed') ?? DEFAULTS.seed,
    size: args.count('size') ?? DEFAULTS.size,
    relight: args.has('relight'),
    photometric: args.has('photometric'),
    settings: { ...DEFAULT_LIFT, sky: { ...DEFAULT_LIFT.sky, source: sky } },
  };
}

function photosOf(args: Arguments): PhotoFile[] {
  const folder = args.text('depth');
  const meaning = args.choice('meaning', ['disparity', 'depth']) ?? 'disparity';
  return photoPaths(args.positionals).map((path) => {
    const depth = folder === undefined ? null : depthPath(path, folder);
    if (folder !== undefined && !depth) console.error(`${basename(path)}: no map in ${folder}, depth is guessed.`);
    return { name: basename(path), path, depth: depth === null ? null : { path: depth, meaning } };
  });
}

/** One line that is written over, on a terminal only. */
function progressLine(): (progress: LiftProgress) => void {
  if (!process.stderr.isTTY) return () => {};
  return ({ fraction, detail }) => {
    const percent = `${Math.round(100 * (fraction ?? 0))} %`.padStart(5);
    process.stderr.write(`\r\u001b[K${percent}  ${detail ?? ''}${fraction === 1 ? '\n' : ''}`);
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

runCommand(import.meta.url, main);
