import { basename } from 'node:path';
import ort from 'onnxruntime-node';
import { openCheckpoint } from '../src/formats/checkpoints/checkpoint.ts';
import type { ConversionOptions, ConversionReport } from '../src/networks/convert.ts';
import { convertModel } from '../src/networks/convert.ts';
import type { MatcherManifest } from '../src/models/manifest.ts';
import type { NetworkManifest } from '../src/models/network-manifest.ts';
import { CodedError } from '../src/core/errors.ts';
import { readArguments, usage } from './node/arguments.ts';
import { openFileSource } from './node/file-source.ts';
import { folderSink } from './node/folder-sink.ts';
import { profiled, type Tensors } from './node/profiled-session.ts';
import { RandomWeights } from './random-checkpoints/random-values.ts';

const HELP = `Converts a matcher, runs one pair of random photos through it on onnxruntime-node, and prints the time of every
stage beside its static cost; of an encoder or a depth network one photo.

  npx tsx scripts/profile-matcher.ts MATCHER.pth [VIT.pth] --out DIR [--size N] [--fine-size N|none] [--dtype fp32]

Sizes are the family's own unless given.`;

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
  if ('network' in manifest) {
    const { input, network } = manifest;
    const shape = [1, 3, input.height, input.width];
    const photo = new ort.Tensor('float32', new RandomWeights(1).fill('a.photo', shape), shape);
    return void (await (
      await profiled(out, network, costs)
    )([{ [input.name]: photo }]));
  }
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
): Promise<{ manifest: MatcherManifest | NetworkManifest; costs: ConversionReport['costs'] }> {
  const sources = await Promise.all(paths.map(openFileSource));
  try {
    const inputs = await Promise.all(
      sources.map(async (source, i) => ({
        name: basename(paths[i]),
        checkpoint: await openCheckpoint(source, paths[i]),
      })),
    );
    const { manifest, report } = await convertModel(inputs, folderSink(out), options);
    return { manifest: manifest as MatcherManifest | NetworkManifest, costs: report.costs };
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
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
