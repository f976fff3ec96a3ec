import { KINDS, type MadePair, scaled } from './battery/made-pairs.ts';
import { rightness } from './battery/measure.ts';
import { invert3 } from '../src/core/matrix3.ts';
import type { Pixels } from '../src/compute/preprocess/cpu.ts';
import { seededRandom } from '../src/geometry/random.ts';
import { readArguments, usage } from './node/arguments.ts';
import { loadMatcher } from './node/load-matcher.ts';
import { matchOpened } from './node/match-pair.ts';
import { FilePhoto } from './node/photo.ts';
import { runCommand } from './node/run-command.ts';

const HELP = `Pairs made of photos, so that the truth is known: turned, mirrored, cut out, repeated, brighter, tiny, long, of another
scene. Tells the verdict, how much is right, and how much of what is drawn is wrong.

  npx tsx scripts/battery.ts PHOTO… [--kinds itself,crop,…] [--seed N] [--model ID] [--size N] [--side N] [--doubtful]

--side      photos are brought to this long side first (640)
--doubtful  only rows that are confident and wrong, or find too little

Kinds: ${Object.keys(KINDS).join(', ')}`;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    { options: ['kinds', 'seed', 'model', 'size', 'side'], flags: ['help', 'doubtful'] },
    argv,
  );
  if (args.has('help')) return console.log(HELP);
  if (args.positionals.length === 0) throw usage('Name at least one photo.');
  const kinds = (args.text('kinds') ?? Object.keys(KINDS).join(',')).split(',');
  const unknown = kinds.find((kind) => !(kind in KINDS));
  if (unknown) throw usage(`There is no kind "${unknown}".`);
  const matcher = await loadMatcher(args.text('model') ?? 'embedded');
  const thresholds = matcher.matcher.manifest.verdict;
  const photos: { name: string; pixels: Pixels }[] = [];
  for (const path of args.positionals) {
    const pixels = (await FilePhoto.open(path)).pixels();
    photos.push({
      name: path
        .split('/')
        .slice(-2)
        .join('/')
        .replace(/\.\w+$/, ''),
      pixels: scaled(pixels, args.count('side') ?? 640),
    });
  }
  console.log(
    '| kind | photo | of it | verdict | of A | of B | PCK@1 A / B | PCK@3 | drawn, wrong A / B | flat: share, drawn, wrong | px | turn | tries | s |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|---|---|---|');
  let doubtful = 0;
  let count = 0;
  for (const kind of kinds) {
    for (const [i, { name, pixels }] of photos.entries()) {
      const random = seededRandom((args.count('seed') ?? 1) * 1000 + i);
      const other = photos[(i + 1 + Math.floor(random() * (photos.length - 1))) % photos.length];
      const made: MadePair = KINDS[kind](pixels, random, other.pixels);
      const opened = { a: FilePhoto.of(made.a, `${kind}-${name}-a`), b: FilePhoto.of(made.b, `${kind}-${name}-b`) };
      const match = await matchOpened(matcher, opened, { size: args.count('size') ?? null, rescue: true });
      const { verdict, fields, rescue, tries, milliseconds } = match;
      const back = made.motion && invert3(made.motion);
      const a = rightness(fields.a, made.b, made.motion, thresholds, flatness(made.a));
      const b = rightness(fields.b, made.a, back, thresholds, flatness(made.b));
      // That a scene repeats itself is told: then a place may be another one that looks the same.
      const isWrong = verdict.kind !== 'none' && !verdict.repeats && Math.max(a.wrong || 0, b.wrong || 0) > 0.1;
      const isMissed =
        made.motion !== null && !verdict.repeats && (verdict.kind === 'none' || Math.max(a.within3, b.within3) < 0.9);
      const isMisnamed = verdict.kind !== 'none' && Boolean(verdict.isMirrored) !== Boolean(made.isMirrored);
      const mark = `${isWrong ? ' **wrong**' : ''}${isMissed ? ' *missed*' : ''}${isMisnamed ? ' *misnamed*' : ''}`;
      count++;
      if (mark) doubtful++;
      if (args.has('doubtful') && !mark) continue;
      const pair = (of: (side: typeof a) => number, digits = 3) =>
        `${of(a).toFixed(digits)} / ${of(b).toFixed(digits)}`;
      const flat = (of: (side: typeof a) => number) => pair(of, 2);
      const row = [
        kind,
        name,
        made.motion ? made.name : other.name,
        `${verdict.kind}${verdict.isMirrored ? ' mirrored' : ''}${verdict.repeats ? ' repeats' : ''}${mark}`,
        verdict.overlap.a.toFixed(2),
        verdict.overlap.b.toFixed(2),
        pair((s) => s.within1),
        pair((s) => s.within3),
        `${pair((s) => s.drawn, 2)}, ${pair((s) => s.wrong, 2)}`,
        `${flat((s) => s.flat.share)}, ${flat((s) => s.flat.drawn)}, ${flat((s) => s.flat.wrong)}`,
        pair((s) => s.medianError, 2),
        rescue.rotation,
        tries,
        (milliseconds / 1000).toFixed(1),
      ];
      console.log(`| ${row.join(' | ')} |`);
    }
  }
  console.log(`\n${doubtful} of ${count} are doubtful.`);
}

/** Whether a place of a photo shows nothing: brightness within a window of 1/50 of the photo varies by under 2 of 255. */
function flatness({ data, width, height }: Pixels): (x: number, y: number) => boolean {
  const reach = Math.max(2, Math.round(Math.max(width, height) / 100));
  return (x, y) => {
    const [cx, cy] = [Math.floor(((x + 1) / 2) * width), Math.floor(((y + 1) / 2) * height)];
    let [sum, squares, n] = [0, 0, 0];
    for (let j = Math.max(0, cy - reach); j <= Math.min(height - 1, cy + reach); j++) {
      for (let i = Math.max(0, cx - reach); i <= Math.min(width - 1, cx + reach); i++, n++) {
        const k = 4 * (j * width + i);
        const grey = (data[k] + data[k + 1] + data[k + 2]) / 3;
        sum += grey;
        squares += grey * grey;
      }
    }
    return squares / n - (sum / n) ** 2 < 4;
  };
}

runCommand(import.meta.url, main);
