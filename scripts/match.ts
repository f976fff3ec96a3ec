import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PNG } from 'pngjs';
import type { MatchMetadata } from '../src/formats/matches/match-metadata.ts';
import { writeMatchNpz } from '../src/formats/matches/match-npz.ts';
import { encodeMatchesCsv } from '../src/formats/matches/matches-csv.ts';
import { encodeMatchesJson } from '../src/formats/matches/matches-json.ts';
import type { Pixels } from '../src/compute/preprocess/cpu.ts';
import { readArguments, usage } from './node/arguments.ts';
import { colmapExport, flowFiles } from './node/match-files.ts';
import { certaintyMap, rebuilt } from './node/field-pictures.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import { type MatchedPair, matchPair } from './node/match-pair.ts';
import { runCommand } from './node/run-command.ts';
import { sampledMatches } from './node/sampled-matches.ts';

const HELP = `npm run match -- A B --out DIR [--model ID|MANIFEST] [--size N] [--no-rescue]
                 [--count 5000] [--threshold 0.05] [--cycle-limit 0] [--seed 1]
Matches two photos (JPEG or PNG) with the engine's own code on the native runtime, and writes into DIR:
  matches.csv, matches.json  sampled matches, pixels: the centre of the first pixel is at (0.5, 0.5)
  warp.npz                   both dense warps with certainty and cycle error, and the matches
  a-to-b.flo, b-to-a.flo     optical flow of both directions at the match's own size (Middlebury)
  a-to-b-kitti.png, …        the same as KITTI's 16-bit PNG
  colmap/                    features, matches, cameras and images as COLMAP's text imports
  database.db                COLMAP's database with cameras, images, keypoints, matches and a verified two-view geometry
  certainty.png              certainty on A, 0 black to 1 white
  warp.png                   A rebuilt from B's pixels, dark where the match is not certain
--threshold and --cycle-limit (pixels, 0 = none) leave out uncertain and inconsistent matches.`;

/** Long side of the pictures; the numbers are in the other files. */
const PICTURE_SIDE = 1600;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    { options: ['out', 'model', 'size', 'count', 'threshold', 'cycle-limit', 'seed'], flags: ['no-rescue', 'help'] },
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
  const matcher = await loadMatcher(args.text('model') ?? modelIds()[0]);
  const matched = await matchPair(
    matcher,
    { a, b },
    { size: args.count('size') ?? null, rescue: !args.has('no-rescue') },
  );
  const metadata: MatchMetadata = {
    photos: {
      a: { name: basename(a), size: matched.photos.a.size },
      b: { name: basename(b), size: matched.photos.b.size },
    },
    model: matcher.matcher.manifest.name,
    verdict: matched.verdict.sentence,
  };
  const count = await write(out, matched, sampling, metadata);
  console.log(
    `${matched.verdict.sentence}\n${count} matches in ${(matched.milliseconds / 1000).toFixed(1)} s, written to ${out}`,
  );
}

async function write(
  out: string,
  { fields, photos, verdict }: MatchedPair,
  sampling: Parameters<typeof sampledMatches>[1],
  metadata: MatchMetadata,
) {
  const table = sampledMatches(fields, sampling);
  const save = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), content);
  };
  save('matches.csv', encodeMatchesCsv(table, metadata));
  save('matches.json', encodeMatchesJson(table, metadata));
  const parts: Uint8Array[] = [];
  await writeMatchNpz((bytes) => void parts.push(bytes), { ...fields }, table, metadata);
  save('warp.npz', Buffer.concat(parts));
  for (const [name, content] of await flowFiles(fields, sampling)) save(name, content);
  for (const [name, content] of await colmapExport(table, metadata, { photos, verdict })) save(name, content);
  save('certainty.png', png(certaintyMap(fields.a, PICTURE_SIDE)));
  save('warp.png', png(rebuilt(fields.a, photos.b.pixels(), PICTURE_SIDE)));
  return table.count;
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
