import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PNG } from 'pngjs';
import { cameraOfPhoto, type KnownCamera } from '../src/core/camera-model.ts';
import type { FirstPixel } from '../src/core/coordinates.ts';
import { CodedError } from '../src/core/errors.ts';
import type { Size } from '../src/core/geometry.ts';
import { chooseCamera, readCameraFile } from '../src/formats/cameras/camera-file.ts';
import type { Pixels } from '../src/compute/preprocess/cpu.ts';
import { readArguments, usage } from './node/arguments.ts';
import { COMMAND_EXPORTS, commandWish, matchFiles, matchSource } from './node/match-files.ts';
import { certaintyMap, rebuilt } from './node/field-pictures.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import { matchPair } from './node/match-pair.ts';
import { maskPath } from './node/photo-files.ts';
import { runCommand } from './node/run-command.ts';
import { sampledMatches } from './node/sampled-matches.ts';
import { matchSet, SET_HELP } from './match-set.ts';

/** What every format of numbers writes; the files follow the list of exports. */
const FILES = COMMAND_EXPORTS.map(({ commandFiles, text }) => {
  const names = commandFiles(commandWish({ a: 'A', b: 'B' }, { threshold: 0, cycleLimit: 0 })).map(({ name }) => name);
  return `  ${names.join(', ').padEnd(26)} ${text}`;
}).join('\n');

const HELP = `npm run match -- A B --out DIR [--model ID|MANIFEST] [--size N] [--no-rescue]
                 [--camera-a FILE] [--camera-b FILE] [--cameras FILE]
                 [--mask-a FILE] [--mask-b FILE] [--masks DIR]
                 [--full-size] [--pixel-center 0.5|0] [--count 5000] [--threshold 0.05] [--cycle-limit 0] [--seed 1]
Matches two photos (JPEG or PNG) with the engine's own code on the native runtime, and writes into DIR (pixels: the
centre of the first one is at (0.5, 0.5)):
${FILES}
  certainty.png              certainty on A, 0 black to 1 white
  warp.png                   A rebuilt from B's pixels, dark where the match is not certain
--pixel-center 0 counts pixels in the tables and the NPZ as OpenCV does, the first one's centre at (0, 0); the files of COLMAP
and OpenCV keep their own.
--full-size adds b-on-a.png, a-on-b.png, panorama.png and panorama-match.png at the photos' own resolution, each with its
transforms beside it as JSON.
--camera-a, --camera-b (or one file for both: --cameras) are measured cameras: COLMAP's cameras.txt, a calibration of OpenCV, ROS or
Kalibr, or JSON. E, the pose, and what the files say of the cameras are by them.
--mask-a and --mask-b are pictures, at any size, whose white (or opaque) parts count: outside of them certainty is 0.
--masks DIR finds them by name, left.mask.png for left.jpg.
--threshold and --cycle-limit (pixels, 0 = none) leave out uncertain and inconsistent matches.

${SET_HELP}`;

/** Long side of the pictures; the numbers are in the other files. */
const PICTURE_SIDE = 1600;

export async function main(argv: readonly string[]): Promise<void> {
  if (argv.some((word) => /^--(set|merge|shard)\b/.test(word))) return matchSet(argv);
  const args = readArguments(
    {
      options: [
        'out',
        'model',
        'size',
        'camera-a',
        'camera-b',
        'cameras',
        'mask-a',
        'mask-b',
        'masks',
        'count',
        'threshold',
        'cycle-limit',
        'seed',
        'pixel-center',
      ],
      flags: ['no-rescue', 'full-size', 'help'],
    },
    argv,
  );
  if (args.has('help') || argv.length === 0) return console.log(HELP);
  const [a, b, ...more] = args.positionals;
  if (b === undefined || more.length) throw usage('Two photos are wanted.');
  const out = args.text('out');
  if (out === undefined) throw usage('--out DIR is missing.');
  const sampling = {
    count: args.count('count') ?? 5000,
    seed: args.count('seed') ?? 1,
    threshold: amount('threshold', args.text('threshold') ?? '0.05'),
    cycleLimit: amount('cycle-limit', args.text('cycle-limit') ?? '0'),
  };
  const firstPixel: FirstPixel = args.choice('pixel-center', ['0.5', '0'] as const) === '0' ? 0 : 0.5;
  const folder = args.text('masks');
  const mask = (name: string, photo: string) => args.text(name) ?? (folder && maskPath(photo, folder));
  const masks = { a: mask('mask-a', a), b: mask('mask-b', b) };
  const matcher = await loadMatcher(args.text('model') ?? modelIds()[0]);
  const matched = await matchPair(
    matcher,
    { a, b },
    { size: args.count('size') ?? null, rescue: !args.has('no-rescue'), masks },
  );
  const cameras = {
    a: await cameraFor(args.text('camera-a') ?? args.text('cameras'), 0, matched.photos.a),
    b: await cameraFor(args.text('camera-b') ?? args.text('cameras'), 1, matched.photos.b),
  };
  const table = sampledMatches(matched.fields, sampling);
  const source = await matchSource(matched, table, matcher.matcher.manifest.name, cameras);
  const save = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), content);
  };
  const wish = {
    ...commandWish({ a: basename(a), b: basename(b) }, sampling),
    wantsFullSize: args.has('full-size'),
    firstPixel,
  };
  for await (const file of matchFiles(source, wish)) {
    if ('remark' in file) console.log(file.remark);
    else save(file.name, file.content);
  }
  save('certainty.png', png(certaintyMap(matched.fields.a, PICTURE_SIDE)));
  save('warp.png', png(rebuilt(matched.fields.a, matched.photos.b.pixels(), PICTURE_SIDE)));
  console.log(
    `${matched.verdict.sentence}\n${table.count} matches in ${(matched.milliseconds / 1000).toFixed(1)} s, written to ${out}`,
  );
}

/** The camera of a file that took a photo. @throws CodedError `file-missing`, `camera-size`, and what reading throws */
async function cameraFor(
  path: string | undefined,
  place: 0 | 1,
  { key, size }: { key: string; size: Size },
): Promise<KnownCamera | null> {
  if (path === undefined) return null;
  if (!existsSync(path)) throw new CodedError('file-missing', `${path} cannot be read.`, 'Check its name.');
  const cameras = await readCameraFile(basename(path), readFileSync(path, 'utf8'));
  const chosen = chooseCamera(cameras, place, size, basename(key)) ?? cameras[0];
  return cameraOfPhoto(chosen.camera, size, place ? 'B' : 'A');
}

function png({ data, width, height }: Pixels): Buffer {
  const picture = new PNG({ width, height });
  picture.data.set(data);
  return PNG.sync.write(picture);
}

function amount(name: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0) || text === '') throw usage(`--${name} must be a number from zero on, not "${text}".`);
  return value;
}

runCommand(import.meta.url, main);
