import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CodedError } from '../src/core/errors.ts';
import { zipSink } from '../src/exports/dataset/zip-sink.ts';
import { exportSceneDataset, type SceneDatasetOptions } from '../src/exports/scene-dataset/export-scene.ts';
import { readSceneCameras } from '../src/formats/scene-cameras.ts';
import { readSceneSurfaces } from '../src/formats/scene-surfaces.ts';
import { readSplats } from '../src/formats/splats/index.ts';
import { activate } from '../src/gaussians/activate.ts';
import type { SplatCamera } from '../src/gaussians/camera.ts';
import { DEPTH_KINDS, renderSplats } from '../src/gaussians/raster/render.ts';
import { MAX_GAUSSIANS } from '../src/gaussians/table.ts';
import { TrueSurfaces } from '../src/gaussians/truth/true-surfaces.ts';
import { type Arguments, readArguments, usage } from './node/arguments.ts';
import { datasetFolder } from './node/dataset-folder.ts';
import { zipFile } from './node/dataset-zip.ts';
import { openFileSource } from './node/file-source.ts';
import { runCommand } from './node/run-command.ts';
import { PAIR_HELP, PAIR_OPTIONS, scenePair } from './scene-pair.ts';

const HELP = `npm run scene -- FILE --views N --out DIR|FILE.zip [--seed 1] [--size 512|WIDTHxHEIGHT] [--shard 1/1]
                 [--bins overlap|angle] [--cameras cameras.json|DIR] [--depth RULE]
                 [--surfaces surfaces.json]
Makes pairs of views of a scene of 3-D Gaussians (.ply, .compressed.ply, .splat, .spz, .sog, .ksplat) with exact
correspondences, in the way of MatchGS and in L2M's layout:
  image1, image2     both views, PNG
  depth1, depth2     float32 [h, w], 0 where it cannot be trusted
  normal1, normal2   float32 [3, h, w]
  cams, ext          K [3, 3] of camera 1 and [R|t] [3, 4] from the first to the second
  warp               exact warps and visibility both ways, K of both, npz
  gaussians          the strongest Gaussian of each pixel, and the state of each label, npz
  debug              both views and the first rebuilt from the second
--cameras names the cameras that the scene was made from: cameras.json, or a folder with COLMAP's cameras.txt and
images.txt; without, cameras around and within the scene are drawn. --surfaces names the solids that it was made from, as
docs/scene-files.md tells them: settings.json of each pair then has the end-point error of its labels. --bins spreads the pairs over overlap or angle.
--depth takes plane, rayMedian, rayExpected, median or centre instead of what the scene's flatness says.
--shard 2/8 makes every eighth pair from the second on: the eight parts put together are the whole, byte for byte.
The same seed gives the same files. A folder is gone on with where it was left; docs/scene.md tells the rest.

${PAIR_HELP}`;

const DEFAULTS = { seed: 1, size: '512' };

/** What `npm run scene` does. @throws CodedError what the person can mend */
export async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    {
      options: ['views', 'out', 'seed', 'size', 'shard', 'bins', 'cameras', 'depth', 'surfaces', ...PAIR_OPTIONS],
      flags: ['pair', 'help'],
    },
    argv,
  );
  if (args.has('help') || argv.length === 0) return console.log(HELP);
  if (args.has('pair')) return scenePair(args);
  const [path, ...others] = args.positionals;
  if (path === undefined) throw usage('No scene is named.');
  if (others.length) throw usage(`One scene at a time, not ${args.positionals.length}.`);
  const out = args.text('out');
  if (out === undefined) throw usage('--out DIR is missing.');
  const options = optionsOf(args);
  const cameras = camerasOf(args.text('cameras'));
  const surfaces = surfacesOf(args.text('surfaces'));
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop);
  try {
    const { table, notes } = await openScene(path, stopped.signal);
    for (const note of notes) console.error(`${basename(path)}: ${note}`);
    const gaussians = activate(table);
    const sink = out.endsWith('.zip') ? zipSink(await zipFile(out)) : datasetFolder(out);
    const start = performance.now();
    const summary = await exportSceneDataset(
      { name: basename(path), table, cameras, surfaces, arithmetic: 'float64' },
      options,
      (camera) => renderSplats(gaussians, camera),
      sink,
      { signal: stopped.signal, onProgress: progressLine() },
    );
    const { pairs, kept, skipped, outsideBin, bytes, choice } = summary;
    const seconds = (performance.now() - start) / 1000;
    const rate = pairs ? `, ${(pairs / seconds).toFixed(2)} a second` : '';
    const before = kept ? `, ${kept} were there` : '';
    console.log(`${pairs} pairs of ${basename(path)} (${(bytes / 1e6).toFixed(1)} MB) in ${out}${rate}${before}`);
    console.log(`Depth by the rule ${choice.rule} (${choice.because}, flatness ${choice.flatness.toFixed(3)})`);
    if (outsideBin) console.log(`${outsideBin} lie outside the bin that was wanted; settings.json of each tells.`);
    if (skipped.length) console.error(`No view passed the checks for the pairs ${skipped.join(', ')}.`);
  } finally {
    process.off('SIGINT', stop);
  }
}

function optionsOf(args: Arguments): SceneDatasetOptions {
  const views = args.count('views');
  if (views === undefined) throw usage('--views N is missing.');
  const size = /^(\d+)(?:x(\d+))?$/.exec(args.text('size') ?? DEFAULTS.size);
  if (!size) throw usage(`--size must be a number of pixels or WIDTHxHEIGHT, not "${args.text('size')}".`);
  const shard = /^([1-9]\d*)\/([1-9]\d*)$/.exec(args.text('shard') ?? '1/1');
  if (!shard || Number(shard[1]) > Number(shard[2])) {
    throw usage(`--shard must be a part and the number of parts such as 2/8, not "${args.text('shard')}".`);
  }
  return {
    views,
    seed: args.count('seed') ?? DEFAULTS.seed,
    width: Number(size[1]),
    height: Number(size[2] ?? size[1]),
    bins: args.choice('bins', ['overlap', 'angle']) ?? 'overlap',
    rule: args.choice('depth', DEPTH_KINDS),
    shard: { index: Number(shard[1]) - 1, count: Number(shard[2]) },
  };
}

async function openScene(path: string, signal: AbortSignal) {
  const source = await reading(path, () => openFileSource(path));
  try {
    return await readSplats(source, basename(path), { maxGaussians: MAX_GAUSSIANS, signal });
  } finally {
    await source.close();
  }
}

function camerasOf(path: string | undefined): readonly SplatCamera[] {
  if (path === undefined) return [];
  return reading(path, () => {
    const files = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => /^(cameras|images)\.txt$|^cameras\.json$/.test(name))
          .map((name) => join(path, name))
      : [path];
    if (!files.length) throw usage(`${path} has no cameras.json, and no cameras.txt and images.txt.`);
    return readSceneCameras(files.map((file) => ({ name: basename(file), text: readFileSync(file, 'utf8') }))).cameras;
  });
}

function surfacesOf(path: string | undefined): TrueSurfaces | null {
  if (path === undefined) return null;
  const text = reading(path, () => readFileSync(path, 'utf8'));
  return new TrueSurfaces(readSceneSurfaces({ name: basename(path), text }));
}

/** What the file system refuses, told with the file's name. */
function reading<T>(path: string, read: () => T): T {
  const told = (cause: unknown): never => {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('file-unreadable', `${path} cannot be read.`, 'Check its name and its rights.', { cause });
  };
  try {
    const result = read();
    return (result instanceof Promise ? result.catch(told) : result) as T;
  } catch (cause) {
    return told(cause);
  }
}

/** One line that is written over, on a terminal only. */
function progressLine(): (progress: { fraction: number; detail: string }) => void {
  if (!process.stderr.isTTY) return () => {};
  return ({ fraction, detail }) => {
    const percent = `${Math.round(100 * fraction)} %`.padStart(5);
    process.stderr.write(`\r\u001b[K${percent}  ${detail}${fraction === 1 ? '\n' : ''}`);
  };
}

runCommand(import.meta.url, main);
