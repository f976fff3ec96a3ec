import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import ort from 'onnxruntime-node';
import { openCheckpoint } from '../src/formats/checkpoints/checkpoint.ts';
import type { ConversionOptions, ConversionReport } from '../src/networks/convert.ts';
import { convertModel } from '../src/networks/convert.ts';
import type { MatcherManifest, NetworkFile } from '../src/models/manifest.ts';
import { CodedError } from '../src/core/errors.ts';
import { readArguments, usage } from './node/arguments.ts';
import { openFileSource } from './node/file-source.ts';
import { folderSink } from './node/folder-sink.ts';
import { RandomWeights } from './random-checkpoints/random-values.ts';

const HELP = `Converts a matcher, runs one pair of random photos through it on onnxruntime-node, and prints the time of every
stage beside its static cost.

  npx tsx scripts/profile-matcher.ts MATCHER.pth [VIT.pth] --out DIR [--size N] [--fine-size N|none] [--dtype fp32]

Sizes are the family's own unless given.`;

type Tensors = Record<string, ort.Tensor>;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments({ options: ['size', 'fine-size', 'dtype', 'out'] }, argv);
  if (args.positionals.length === 0) return console.log(HELP);
  const out = args.text('out');
  if (out === undefined) throw usage('--out DIR is missing.');
  const square = (side: number | undefined) => (side === undefined ? undefined : ([side, side] as const));
  const hasNoFinePass = args.text('fine-size') === 'none';
  const precision = args.choice('dtype', ['fp32', 'fp16', 'q8', 'q4']);
  const { manifest, costs } = await convert(args.positionals, out, {
    size: square(args.count('size')),
    fineSize: hasNoFinePass ? null : square(args.count('fine-size')),
    precision,
  });
  let previous: Tensors = {};
  for (const pass of manifest.passes) {
    const side = pass.input.defaultLongSide;
    const photos = ['a', 'b'].map((name, i) => new RandomWeights(i + 1).fill(`${name}.photo`, [1, 3, side, side]));
    const encode = await profiled(out, pass.encoder, costs);
    const [a, b] = await encode(
      photos.map((values) => ({ [pass.encoder.input]: new ort.Tensor('float32', values, [1, 3, side, side]) })),
    );
    const sources: Tensors = {};
    for (const [from, tensors] of [
      ['a', a],
      ['b', b],
      ['previous', previous],
    ] as const) {
      for (const [name, tensor] of Object.entries(tensors)) sources[`${from}.${name}`] = tensor;
    }
    const feeds = Object.fromEntries(
      Object.entries(pass.decoder.inputs).map(([input, source]) => [input, sources[source]]),
    );
    [previous] = await (await profiled(out, pass.decoder, costs))([feeds]);
    for (const name of [pass.decoder.outputs.warp, pass.decoder.outputs.certaintyLogit])
      console.log(`  ${name} ${summary(previous[name])}`);
  }
  console.log(`Peak memory ${(process.resourceUsage().maxRSS / 1e3).toFixed(0)} MB.`);
}

async function convert(
  paths: readonly string[],
  out: string,
  options: ConversionOptions,
): Promise<{ manifest: MatcherManifest; costs: ConversionReport['costs'] }> {
  const sources = await Promise.all(paths.map(openFileSource));
  try {
    const inputs = await Promise.all(
      sources.map(async (source, i) => ({
        name: basename(paths[i]),
        checkpoint: await openCheckpoint(source, paths[i]),
      })),
    );
    const { manifest, report } = await convertModel(inputs, folderSink(out), { ...options, as: 'matcher' });
    return { manifest: manifest as MatcherManifest, costs: report.costs };
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}

/** A network that prints where its time went after running once for each set of feeds. */
async function profiled(
  folder: string,
  { file }: NetworkFile,
  costs: ConversionReport['costs'],
): Promise<(runs: Tensors[]) => Promise<Tensors[]>> {
  const prefix = join(folder, `profile-${file}`);
  const started = performance.now();
  const session = await ort.InferenceSession.create(join(folder, file), {
    enableProfiling: true,
    profileFilePrefix: prefix,
  });
  const loaded = performance.now() - started;
  return async (runs) => {
    const outputs: Tensors[] = [];
    const times: number[] = [];
    for (const feeds of runs) {
      const before = performance.now();
      outputs.push({ ...(await session.run(feeds)) });
      times.push(performance.now() - before);
    }
    session.endProfiling();
    await session.release();
    console.log(
      `${file}: session ${loaded.toFixed(0)} ms, runs ${times.map((time) => time.toFixed(0)).join(' and ')} ms`,
    );
    await printStages(folder, basename(prefix), costs[file.replace(/\.onnx$/, '')], runs.length);
    return outputs;
  };
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
}

/** Sums the runtime's own times by the outermost scope in node names; what the runtime fused or inserted is "(runtime)". */
async function printStages(
  folder: string,
  prefix: string,
  cost: ConversionReport['costs'][string],
  runs: number,
): Promise<void> {
  const profile = (await readdir(folder)).find((name) => name.startsWith(prefix))!;
  const events = JSON.parse(readFileSync(join(folder, profile), 'utf8')) as ProfileEvent[];
  await rm(join(folder, profile));
  const milliseconds = new Map<string, number>();
  const stages = new Set(cost.stages.map(({ stage }) => stage));
  for (const { cat, name, dur } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const scope = name.split('/')[0];
    const stage = stages.has(scope) ? scope : '(runtime)';
    milliseconds.set(stage, (milliseconds.get(stage) ?? 0) + dur / 1000 / runs);
  }
  for (const { stage, flops, activationBytes, weightBytes } of cost.stages) {
    const time = milliseconds.get(stage) ?? 0;
    const speed = time > 0 ? `${(flops / 1e6 / time).toFixed(1)} GFLOP/s` : '';
    const columns = [
      `${(flops / 1e9).toFixed(2)} GFLOP`,
      `${((activationBytes + weightBytes) / 1e6).toFixed(0)} MB`,
      `${time.toFixed(0)} ms`,
      speed,
    ];
    console.log(`  ${(stage || '(top)').padEnd(12)}${columns.map((column) => column.padStart(16)).join('')}`);
  }
  console.log(`  ${'(runtime)'.padEnd(12)}${`${(milliseconds.get('(runtime)') ?? 0).toFixed(0)} ms`.padStart(48)}`);
}

function summary({ data, dims }: ort.Tensor): string {
  const values = data as Float32Array;
  const finite = values.every(Number.isFinite);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `[${dims.join(', ')}] ${finite ? 'finite' : 'NOT FINITE'}, mean ${mean.toFixed(4)}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof CodedError ? `${error.message} ${error.remedy}` : error);
  process.exitCode = 1;
});
