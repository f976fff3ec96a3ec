import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import type { FirstPixel } from '../src/core/coordinates.ts';
import { CodedError } from '../src/core/errors.ts';
import { openHdf5 } from '../src/exports/open-hdf5.ts';
import type { SetSource } from '../src/exports/sets/set-format.ts';
import { SET_EXPORTS } from '../src/exports/sets/index.ts';
import type { PairFile } from '../src/formats/sets/pair-file.ts';
import { assembleSet } from '../src/sets/assemble.ts';
import { KEYPOINTS } from '../src/sets/keypoints.ts';
import { type LookedPair, lonelyPairs } from '../src/sets/lonely.ts';
import { fittedWith, geometryOf, isFittedWith, matchSetPair, type SetPairSettings } from '../src/sets/match-pair.ts';
import {
  allPairs,
  inBlocks,
  likelyPairs,
  PAIR_RULES,
  type PairRule,
  pooledDescriptors,
  sequencePairs,
  type SetPair,
  shardOf,
} from '../src/sets/pairing.ts';
import { type Arguments, readArguments, usage } from './node/arguments.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import type { NodeMatcher } from './node/match-pair.ts';
import { PhotoCache, readSetFolder, type SetFile } from './node/set-photos.ts';
import { keyOf, SetWork, writeWhole } from './node/set-work.ts';

export const SET_HELP = `npm run match -- --set DIR --out DIR [--pairs ${PAIR_RULES.join('|')}] [--reach 2] [--neighbours 10]
                 [--keypoints ${KEYPOINTS.default}] [--cameras shared|each] [--calibration FILE|DIR] [--pixel-center 0.5|0]
                 [--model ID|MANIFEST] [--size N] [--rescue|--no-rescue]
                 [--shard I/N] [--merge]
Matches the photos of a folder with each other and puts the matches together: one set of keypoints a photo, tracks through
all photos. --pairs: each with the next ones (sequence, --reach), all with all (default up to 20 photos), or each with those whose
pooled encoder features are most like its own (likely, --neighbours). Pairs are kept in DIR/pairs: a run that was stopped goes on
where it was. Photos that nothing ties to the others are looked at again (turned, scaled, mirrored; --no-rescue: not), with --rescue
every weak pair, which takes several times as long. Calibrations in the folder or in --calibration (COLMAP's cameras.txt, with images.txt
where there are several; OpenCV, ROS, Kalibr, JSON) are the cameras of the photos that they name, or of all of their shape; masks,
left.mask.png beside left.jpg, say what counts. --pixel-center 0 counts pixels of the tracks' tables as OpenCV does. --shard 2/8 matches the second eighth of the pairs and puts nothing together; --merge
puts together what all shards have matched. Written into DIR:
${SET_EXPORTS.map(({ text }) => `  ${text}`).join('\n')}
  summary.csv: verdict, overlap, candidates and geometry of every pair.`;

/** With more photos all-with-all takes a night; likely pairs find most of what it finds. */
const ALL_UP_TO = 20;
/** Photos in a block: two blocks' features of the embedded model fit in the cache many times. */
const BLOCK = 32;
/** Whoever changes how candidates are made changes this, so that kept pairs are made again. */
const VERSION = 4;

interface Job {
  files: SetFile[];
  pairs: SetPair[];
  work: SetWork;
  keyFor: (pair: SetPair) => string;
}

/** `npm run match -- --set …` */
export async function matchSet(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    {
      options: [
        'set',
        'out',
        'pairs',
        'reach',
        'neighbours',
        'keypoints',
        'cameras',
        'calibration',
        'pixel-center',
        'model',
        'size',
        'shard',
      ],
      flags: ['rescue', 'no-rescue', 'merge', 'help'],
    },
    argv,
  );
  if (args.has('help')) return console.log(SET_HELP);
  const [folder, out] = [args.text('set'), args.text('out')];
  if (folder === undefined || out === undefined) throw usage('--set DIR and --out DIR are both wanted.');
  if (args.positionals.length) throw usage(`${args.positionals[0]} is no option; --set takes one folder.`);
  const shard = readShard(args.text('shard'));
  if (shard && args.has('merge')) throw usage('--shard and --merge exclude each other.');

  const rule = args.choice('pairs', PAIR_RULES);
  const cameras = args.choice('cameras', ['shared', 'each'] as const) ?? 'shared';
  const firstPixel: FirstPixel = args.choice('pixel-center', ['0.5', '0'] as const) === '0' ? 0 : 0.5;
  const { files, remarks } = await readSetFolder(folder, args.text('calibration'));
  for (const remark of remarks) console.log(remark);
  const matcher = await loadMatcher(args.text('model') ?? modelIds()[0]);
  const settings: SetPairSettings = {
    longSide: args.count('size') ?? null,
    rescue: args.has('rescue'),
    places: 2 * (args.count('keypoints') ?? KEYPOINTS.default),
  };
  const photos = new PhotoCache();
  const { manifest } = matcher.matcher;
  const made = {
    version: VERSION,
    model: manifest.passes.map(({ encoder, decoder }) => [encoder, decoder]),
    ...settings,
  };
  const pairs = inBlocks(await choosePairs(rule, args, files, matcher, photos, settings, out), BLOCK);
  const keyFor = ([i, j]: SetPair) => keyOf([files[i].sha256, files[j].sha256, made]);
  const job: Job = { files, pairs, work: new SetWork(out), keyFor };
  if (!args.has('merge')) {
    await matchPairs(job, shard ? shardOf(pairs, shard.index, shard.parts) : pairs, matcher, photos, settings);
  }
  if (shard) {
    console.log(`Shard ${shard.index} of ${shard.parts} is done. When all are: the same command with --merge.`);
    return;
  }
  if (!args.has('no-rescue') && !settings.rescue) await lookAgain(job, matcher, photos, settings);
  await merge(job, args, { model: manifest.name, cameras, firstPixel, out });
}

/** Matches what is not there yet. */
async function matchPairs(
  { files, work, keyFor }: Job,
  pairs: readonly SetPair[],
  matcher: NodeMatcher,
  photos: PhotoCache,
  settings: SetPairSettings,
): Promise<void> {
  const start = performance.now();
  let encoded = 0;
  for (const [done, pair] of pairs.entries()) {
    const [a, b] = [files[pair[0]], files[pair[1]]];
    const names = [a.name, b.name] as const;
    const told = `[${done + 1}/${pairs.length}] ${a.name} – ${b.name}: `;
    if (await work.read(names, keyFor(pair))) {
      console.log(`${told}there already`);
      continue;
    }
    try {
      const opened = { a: await photos.open(a), b: await photos.open(b) };
      const cameras = { a: a.camera ?? null, b: b.camera ?? null };
      const matched = await matchSetPair(matcher, opened, settings, { cameras });
      const { matches, verdict, geometry } = matched;
      await work.write({ key: keyFor(pair), names, verdict, geometry, ...fittedWith(cameras), matches });
      encoded += Number(!matched.cached.a) + Number(!matched.cached.b);
      console.log(`${told}${verdict.kind}, ${matches.count} candidates, ${geometry.config}`);
    } catch (thrown) {
      if (!(thrown instanceof CodedError)) throw thrown;
      console.log(`${told}${work.fail(names, keyFor(pair), thrown)}`);
    } finally {
      photos.trim();
    }
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${pairs.length} pairs in ${seconds} s; ${encoded} photos encoded.`);
}

/** Matches the pairs of photos that nothing ties to the others once more, with the whole search. */
async function lookAgain(
  { files, pairs, work, keyFor }: Job,
  matcher: NodeMatcher,
  photos: PhotoCache,
  settings: SetPairSettings,
): Promise<void> {
  const looked: LookedPair[] = [];
  for (const pair of pairs) {
    const found = await work.read([files[pair[0]].name, files[pair[1]].name], keyFor(pair));
    if (found) looked.push({ pair, isVerified: found.geometry.config !== 'degenerate', promise: promiseOf(found) });
  }
  const chosen = lonelyPairs(files.length, looked);
  for (const [done, pair] of chosen.entries()) {
    const [a, b] = [files[pair[0]], files[pair[1]]];
    const names = [a.name, b.name] as const;
    if (await work.read(names, keyFor(pair), 'again')) continue;
    const opened = { a: await photos.open(a), b: await photos.open(b) };
    const cameras = { a: a.camera ?? null, b: b.camera ?? null };
    const found = await matchSetPair(matcher, opened, { ...settings, rescue: true }, { cameras });
    const { matches, verdict, geometry } = found;
    await work.write({ key: keyFor(pair), names, verdict, geometry, ...fittedWith(cameras), matches }, 'again');
    photos.trim();
    const told = `${verdict.kind}, ${matches.count} candidates, ${geometry.config}`;
    console.log(`[again ${done + 1}/${chosen.length}] ${a.name} – ${b.name}: ${told}`);
  }
}

const promiseOf = ({ verdict }: PairFile): number => Math.max(verdict.meanCertainty.a, verdict.meanCertainty.b);

/** Puts together what was matched. @throws CodedError `set-incomplete`, `set-nothing` */
async function merge(
  { files, pairs, work, keyFor }: Job,
  args: Arguments,
  { model, cameras, firstPixel, out }: Pick<SetSource, 'cameras' | 'firstPixel'> & { model: string; out: string },
): Promise<void> {
  const results: (PairFile & { pair: SetPair })[] = [];
  const failed: string[] = [];
  let missing = 0;
  for (const pair of pairs) {
    const names = [files[pair[0]].name, files[pair[1]].name] as const;
    const again = args.has('no-rescue') ? null : await work.read(names, keyFor(pair), 'again');
    const found = again ?? (await work.read(names, keyFor(pair)));
    if (found) results.push({ ...(await refitted(found, files[pair[0]], files[pair[1]])), pair });
    else if (work.failure(names, keyFor(pair)) !== null) failed.push(names.join(' – '));
    else missing++;
  }
  if (missing) {
    throw new CodedError(
      'set-incomplete',
      `${missing} of ${pairs.length} pairs have not been matched yet.`,
      'Run every shard with the same photos, model and settings, then --merge.',
    );
  }
  const { content, keypointTracks, meanLength } = assembleSet(files, results, {
    model,
    keypoints: args.count('keypoints') ?? KEYPOINTS.default,
  });
  writeWhole(join(out, 'summary.csv'), summaryOf(results));
  if (!content.tracks.count) {
    throw new CodedError('set-nothing', 'No two of these photos show a common scene.', 'summary.csv has every pair.');
  }
  const { Database } = await initSqlJs();
  const openDatabase = async () => new Database();
  for (const format of SET_EXPORTS) {
    const made = await format.write({ content, keypointTracks, cameras, firstPixel, openDatabase, openHdf5 });
    for (const [name, bytes] of made) writeWhole(join(out, name), bytes);
  }
  const alone = content.photos.filter(({ keypoints }) => !keypoints.length).map(({ name }) => name);
  if (failed.length) console.log(`${failed.length} pairs could not be matched.`);
  if (alone.length) console.log(`In no track: ${alone.join(', ')}.`);
  console.log(
    `${content.tracks.count} tracks, ${meanLength.toFixed(2)} photos each in the mean; ${content.pairs.length} of ${pairs.length} ` +
      `pairs verified; written to ${out}`,
  );
}

/** The pair with a geometry by the cameras that are known now: candidates do not depend on them, and no model is run. */
async function refitted(pair: PairFile, a: SetFile, b: SetFile): Promise<PairFile> {
  const cameras = { a: a.camera ?? null, b: b.camera ?? null };
  if (isFittedWith(pair, cameras)) return pair;
  const { cameras: _, ...others } = pair;
  const geometry = await geometryOf(pair.matches, { a: a.size, b: b.size }, cameras);
  return { ...others, geometry, ...fittedWith(cameras) };
}

function summaryOf(results: readonly PairFile[]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = results.map(({ names, verdict, matches, geometry }) =>
    [
      ...names.map(quoted),
      verdict.kind,
      verdict.overlap.a.toFixed(4),
      verdict.overlap.b.toFixed(4),
      matches.count,
      geometry.config,
    ].join(','),
  );
  return `${['photo_a,photo_b,verdict,overlap_a,overlap_b,candidates,geometry', ...lines].join('\n')}\n`;
}

/** The pairs by the rule that was asked for. Likely ones are noted, so that every shard need not encode all photos. */
async function choosePairs(
  wanted: PairRule | undefined,
  args: Arguments,
  files: SetFile[],
  matcher: NodeMatcher,
  photos: PhotoCache,
  { longSide }: SetPairSettings,
  out: string,
): Promise<SetPair[]> {
  const count = files.length;
  const rule = wanted ?? (count <= ALL_UP_TO ? 'all' : 'likely');
  if (rule === 'all') return allPairs(count);
  if (rule === 'sequence') return sequencePairs(count, args.count('reach') ?? 2);
  const neighbours = args.count('neighbours') ?? 10;
  const { manifest } = matcher.matcher;
  const key = keyOf([files.map(({ sha256 }) => sha256), manifest.passes[0].encoder, longSide, neighbours, VERSION]);
  const path = join(out, 'likely-pairs.json');
  if (existsSync(path)) {
    const noted = JSON.parse(readFileSync(path, 'utf8')) as { key: string; pairs: SetPair[] };
    if (noted.key === key) return noted.pairs;
  }
  if (matcher.coarseFeature === null) {
    throw new CodedError(
      'set-not-comparable',
      `The features of ${manifest.name} cannot be compared by themselves.`,
      'Choose --pairs sequence or --pairs all.',
    );
  }
  const whole: { index: number; tokens: { channels: number; values: Float32Array } }[] = [];
  for (const [index, file] of files.entries()) {
    try {
      whole.push({ index, tokens: await matcher.wholeTokens(await photos.open(file), longSide) });
    } catch (thrown) {
      if (!(thrown instanceof CodedError)) throw thrown;
      console.log(`${thrown.message} It is left out of the pairs.`);
    } finally {
      photos.trim();
    }
  }
  const chosen = likelyPairs(pooledDescriptors(whole.map(({ tokens }) => tokens)), neighbours);
  const pairs = chosen.map(([i, j]): SetPair => [whole[i].index, whole[j].index]);
  writeWhole(path, JSON.stringify({ key, pairs }));
  console.log(`Likely pairs, by pooled features of the encoder: ${pairs.length} of ${(count * (count - 1)) / 2}.`);
  return pairs;
}

function readShard(text: string | undefined): { index: number; parts: number } | null {
  if (text === undefined) return null;
  const [, index, parts] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (!(index >= 1 && index <= parts)) throw usage(`--shard must be I/N with I from 1 to N, not "${text}".`);
  return { index, parts };
}
