import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import type { MatcherManifest, NetworkFile } from '../src/models/manifest.ts';
import type { NetworkManifest } from '../src/models/network-manifest.ts';
import { RandomWeights } from './random-checkpoints/random-values.ts';

const HELP = `What a pair (or a photo, for an encoder) costs on onnxruntime-web's WASM provider, as a multiple of the embedded model's.

  npx tsx scripts/measure-networks.ts DIR NETWORK[:AS][@SIDE[,FINE|none]]… [--dtype fp32]

Random checkpoints of the published sizes (scripts/random-checkpoints.ts lists the networks; AS as in npm run convert) are
converted in DIR and removed afterwards. A process each, one thread, processor time: both photos encoded, both directions decoded, all passes; the
embedded model at 448×352, before and after. What takes over ten seconds runs once, the rest three times after one to warm up.`;

const EMBEDDED = 'public/models/embedded/manifest.json';
const OVER = 10;

type Feeds = Record<string, ort.Tensor>;

/** Runs a network once for each set of feeds; only one network is in memory at a time. */
async function runAll(folder: string, { file, externalData = [] }: NetworkFile, feeds: readonly Feeds[]) {
  const bytes = (name: string): Uint8Array => readFileSync(join(folder, name));
  const session = await ort.InferenceSession.create(bytes(file), {
    executionProviders: ['wasm'],
    externalData: externalData.map(({ file: path }) => ({ path, data: bytes(path) })),
  });
  const outputs: Feeds[] = [];
  let seconds = 0;
  for (const feed of feeds) {
    const once = async (): Promise<number> => {
      const before = process.cpuUsage();
      const result = (await session.run(feed)) as Feeds;
      const { user, system } = process.cpuUsage(before);
      outputs.push(result);
      return (user + system) / 1e6;
    };
    let time = await once();
    if (time < OVER) {
      const times: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        outputs.pop();
        times.push(await once());
      }
      time = times.sort((a, b) => a - b)[1];
    }
    seconds += time;
  }
  await session.release();
  return { outputs, seconds };
}

function photo(name: string, height: number, width: number): ort.Tensor {
  const values = new RandomWeights(1).fill(`${name}.photo`, [1, 3, height, width]);
  return new ort.Tensor('float32', values, [1, 3, height, width]);
}

/** Seconds of the processor for one pair, or for one photo of an encoder. */
async function measure(path: string, [height, width]: readonly [number, number] | [undefined, undefined]) {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const folder = dirname(path);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as MatcherManifest | NetworkManifest;
  if ('network' in manifest) {
    const { input, network } = manifest;
    const image = photo('a', input.height, input.width);
    return (await runAll(folder, network, [{ [input.name]: image }])).seconds;
  }
  let total = 0;
  let previous: readonly Feeds[] = [{}, {}];
  for (const { input, encoder, decoder } of manifest.passes) {
    const side = input.defaultLongSide;
    const photos = ['a', 'b'].map((name) => ({ [encoder.input]: photo(name, height ?? side, width ?? side) }));
    const encoded = await runAll(folder, encoder, photos);
    const feeds = [0, 1].map((direction): Feeds => {
      const from = { a: encoded.outputs[direction], b: encoded.outputs[1 - direction], previous: previous[direction] };
      return Object.fromEntries(
        Object.entries(decoder.inputs).map(([name, source]) => {
          const [where, ...rest] = source.split('.');
          return [name, from[where as keyof typeof from][rest.join('.')]];
        }),
      );
    });
    const decoded = await runAll(folder, decoder, feeds);
    previous = decoded.outputs;
    total += encoded.seconds + decoded.seconds;
  }
  return total;
}

async function child(script: string, args: readonly string[]): Promise<string> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [process_.stdout, process_.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
  }
  const [code] = (await once(process_, 'close')) as [number];
  if (code !== 0) throw new Error(`${script} ${args.join(' ')}\n${told}`);
  return told;
}

const SELF = fileURLToPath(import.meta.url);
const secondsOf = async (...args: string[]): Promise<number> =>
  Number(/SECONDS ([\d.]+)/.exec(await child(SELF, ['--run', ...args]))?.[1]);

async function measureRandom(folder: string, wanted: string, dtype: string): Promise<number> {
  const [named, sizes = ''] = wanted.split('@');
  const [network, as] = named.split(':');
  const [size, fine] = sizes.split(',');
  const [files, out] = [join(folder, network), join(folder, `${network}-out`)];
  await mkdir(files, { recursive: true });
  try {
    await child('scripts/random-checkpoints.ts', [files, network]);
    const paths = (await readdir(files)).map((file) => join(files, file));
    const options = [
      ...(as ? ['--as', as] : []),
      ...(size ? ['--size', size] : []),
      ...(fine ? ['--fine-size', fine] : []),
    ];
    await child('scripts/convert.ts', [...paths, ...options, '--dtype', dtype, '--no-check', '--out', out]);
    await rm(files, { recursive: true });
    return await secondsOf(join(out, 'manifest.json'));
  } finally {
    await Promise.all([files, out].map((path) => rm(path, { recursive: true, force: true })));
  }
}

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--run') {
    const [, path, ...size] = args;
    const seconds = await measure(
      path,
      size.length === 2 ? [Number(size[0]), Number(size[1])] : [undefined, undefined],
    );
    return console.log(`SECONDS ${seconds}`);
  }
  const at = args.indexOf('--dtype');
  const dtype = at < 0 ? 'fp32' : args[at + 1];
  const [folder, ...networks] = at < 0 ? args : args.toSpliced(at, 2);
  if (folder === undefined || networks.length === 0) return console.log(HELP);
  console.log('| network | seconds | × embedded |\n|---|---|---|');
  const before = await secondsOf(EMBEDDED, '352', '448');
  console.log(`| embedded, 448×352 | ${before.toFixed(2)} | 1 |`);
  for (const network of networks) {
    try {
      const seconds = await measureRandom(folder, network, dtype);
      console.log(`| ${network} | ${seconds.toFixed(2)} | ${(seconds / before).toPrecision(2)} |`);
    } catch (error) {
      console.log(`| ${network} | – | ${String(error).split('\n').slice(-12).join(' ').slice(0, 400)} |`);
    }
  }
  const after = await secondsOf(EMBEDDED, '352', '448');
  console.log(`| embedded again | ${after.toFixed(2)} | ${(after / before).toFixed(2)} |`);
}

await main(process.argv.slice(2));
