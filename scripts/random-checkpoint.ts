import { open } from 'node:fs/promises';
import type { NamedShape } from '../src/architectures/published-shapes.ts';
import { matcherShapes, vitShapes } from '../src/architectures/published-shapes.ts';
import { CodedError } from '../src/shared/errors.ts';
import { readArguments, usage } from './node/arguments.ts';
import type { WrittenTensor } from './node/torch-writer.ts';
import { writeTorchZip } from './node/torch-writer.ts';

const HELP = `Makes a checkpoint of random weights with a published network's names and shapes, for measuring conversion.

  npx tsx scripts/random-checkpoint.ts --network NAME --out FILE.pth [--seed N]

  NAME: matcher (L2M++ and RoMa), vit-l (dinov2l_distilled.pth), vit-b, vit-s`;

const NETWORKS: Readonly<Record<string, () => NamedShape[]>> = {
  matcher: matcherShapes,
  'vit-l': vitShapes,
  'vit-b': () => vitShapes({ embedDim: 768, depth: 12 }),
  'vit-s': () => vitShapes({ embedDim: 384, depth: 12 }),
};

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments({ options: ['network', 'out', 'seed'], flags: ['help'] }, argv);
  const network = args.choice('network', Object.keys(NETWORKS));
  const out = args.text('out');
  if (network === undefined || args.has('help')) return console.log(HELP);
  if (out === undefined) throw usage('--out FILE is missing.');

  const random = randomNumbers(args.count('seed') ?? 1);
  const tensors = NETWORKS[network]().map(([name, shape]) => randomTensor(name, shape, random));
  const file = await open(out, 'w');
  let bytes = 0;
  try {
    await writeTorchZip(tensors, async (chunk) => {
      bytes += chunk.byteLength;
      await file.writeFile(chunk);
    });
  } finally {
    await file.close();
  }
  console.log(`${out}: ${tensors.length} tensors, ${(bytes / 1e6).toFixed(0)} MB`);
}

/** Values at which signals keep their size from layer to layer, so that precisions can be compared on them. */
function randomTensor(name: string, shape: readonly number[], random: () => number): WrittenTensor {
  // Only BatchNorm's counter has no axes.
  if (shape.length === 0) return { name, shape, dtype: 'int64', values: () => new Uint8Array(8) };
  const size = shape.reduce((product, extent) => product * extent, 1);
  const isScale = shape.length === 1 && /(weight|running_var)$/.test(name);
  const spread = shape.length === 1 ? 0.1 : Math.sqrt(3 / (size / shape[0]));
  const offset = isScale ? 1 : 0;
  return {
    name,
    shape,
    dtype: 'float32',
    values: () => new Uint8Array(Float32Array.from({ length: size }, () => offset + spread * random()).buffer),
  };
}

/** Uniform in [-1, 1), the same for the same seed (Numerical Recipes' generator, upper bits). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof CodedError ? `${error.message} ${error.remedy}` : error);
  process.exitCode = 1;
});
