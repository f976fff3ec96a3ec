import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openCheckpoint } from '../src/formats/checkpoints/checkpoint.ts';
import type {
  ConversionInput,
  ConversionOptions,
  ConversionProgress,
  ConversionReport,
} from '../src/networks/convert.ts';
import { convertModel, describePlan, planConversion } from '../src/networks/convert.ts';
import { CONVERSION_TARGETS, FAMILIES } from '../src/networks/index.ts';
import type { GraphCost } from '../src/onnx/cost.ts';
import { CodedError } from '../src/core/errors.ts';
import { MANIFEST_FILE, MANIFEST_SCHEMA } from '../src/models/manifest.ts';
import type { Arguments } from './node/arguments.ts';
import { readArguments, usage } from './node/arguments.ts';
import { openFileSource } from './node/file-source.ts';
import { folderSink } from './node/folder-sink.ts';
import { recordCheck } from './node/record-check.ts';

/** What the command prints for `--help`; sizes and names follow the registry of families. */
const HELP = `Converts published PyTorch checkpoints to ONNX.

  npm run convert -- FILE… --out DIR [options]
  npm run convert -- FILE… --inspect

  --as NAME                     what to make: ${CONVERSION_TARGETS.join(', ')}; auto takes what the tensors show
  --size N or HxW               input size (${FAMILIES.map(({ name, side }) => `${name} ${side.byDefault}`).join(', ')})
  --fine-size N, HxW or none    a matcher's second pass (RoMa: twice the size; RoMa v2: none)
  --dtype fp32|fp16|q8|q4       precision (fp32)
  --heads N                     attention heads of the ViT (64 channels each)
  --decoder-heads N             attention heads of the matcher's decoder (8)
  --positions offset|antialias  how the ViT's positions are resized
  --normalise imagenet|satellite|none  what is done to RGB in [0, 1] first
  --branch student|teacher      of a training file with both (what its authors evaluate)
  --tokens normed|raw           an encoder's tokens after or before its final norm (normed)
  --release 2.0.1|2.0.0         the code that a RoMa v2 was trained with (2.0.1)
  --position-code published|corrected  how a LoFTR was trained to know places (published)
  --keypoints N                 most key points of a photo, for XFeat's sparse matching and LighterGlue (1300)
  --normalise-inside            put that into the graph
  --fused-attention             one operator for attention; not for adapters with narrow subgroups
  --id, --name, --licence, --source  for the manifest
  --no-check                    record no reference outputs (a large matcher takes minutes; the page then cannot tell
                                a GPU that computes it wrongly)
  --inspect                     print the recognised architecture and every tensor; write nothing

RoMa and L2M++ need two files: the matcher's and its ViT's.`;

const PRECISIONS = ['fp32', 'fp16', 'q8', 'q4'] as const;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    {
      options: [
        'as',
        'size',
        'fine-size',
        'dtype',
        'heads',
        'decoder-heads',
        'positions',
        'normalise',
        'branch',
        'release',
        'tokens',
        'position-code',
        'keypoints',
        'id',
        'name',
        'licence',
        'source',
        'out',
      ],
      flags: ['normalise-inside', 'fused-attention', 'no-check', 'inspect', 'help'],
    },
    argv,
  );
  if (args.positionals.length === 0 || args.has('help')) return console.log(HELP);
  const out = args.text('out');
  if (!args.has('inspect') && out === undefined) throw usage('--out DIR is missing.');
  const options = readOptions(args);

  const sources = await Promise.all(
    args.positionals.map(async (path) => ({ path, source: await openFileSource(path) })),
  );
  try {
    const inputs = await Promise.all(
      sources.map(async ({ path, source }): Promise<ConversionInput> => {
        const name = basename(path);
        return { name, checkpoint: await openCheckpoint(source, name) };
      }),
    );
    if (out === undefined || args.has('inspect')) return inspect(inputs, options);
    await convert(
      inputs,
      sources.reduce((sum, { source }) => sum + source.size, 0),
      out,
      options,
    );
    if (!args.has('no-check')) await recordReference(out);
  } finally {
    await Promise.all(sources.map(({ source }) => source.close()));
  }
}

function readOptions(args: Arguments): ConversionOptions {
  const fine = args.text('fine-size');
  return {
    as: args.choice('as', CONVERSION_TARGETS),
    size: readSize('size', args.text('size')),
    fineSize: fine === 'none' ? null : readSize('fine-size', fine),
    precision: args.choice('dtype', PRECISIONS),
    heads: args.count('heads'),
    decoderHeads: args.count('decoder-heads'),
    positionResize: args.choice('positions', ['offset', 'antialias']),
    normalise: args.choice('normalise', ['imagenet', 'satellite', 'none']),
    branch: args.choice('branch', ['student', 'teacher']),
    release: args.choice('release', ['2.0.1', '2.0.0']),
    tokens: args.choice('tokens', ['normed', 'raw']),
    positionCode: args.choice('position-code', ['published', 'corrected']),
    keypoints: args.count('keypoints'),
    normaliseInside: args.has('normalise-inside'),
    fusedAttention: args.has('fused-attention'),
    id: args.text('id'),
    name: args.text('name'),
    licence: args.text('licence'),
    source: args.text('source'),
  };
}

function readSize(option: string, text: string | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)(?:x(\d+))?$/.exec(text);
  if (!match) throw usage(`--${option} must be N or HEIGHTxWIDTH, not "${text}".`);
  return [Number(match[1]), Number(match[2] ?? match[1])];
}

function inspect(inputs: readonly ConversionInput[], options: ConversionOptions): void {
  for (const { name, checkpoint } of inputs) {
    console.log(`${name} (${checkpoint.format}, ${checkpoint.tensors.size} tensors)`);
    for (const { name: tensor, dtype, shape } of checkpoint.tensors.values())
      console.log(`  ${tensor}  ${dtype}[${shape.join(', ')}]`);
  }
  printReport(describePlan(planConversion(inputs, options), inputs));
}

async function convert(
  inputs: readonly ConversionInput[],
  bytesRead: number,
  out: string,
  options: ConversionOptions,
): Promise<void> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  const started = performance.now();
  try {
    const { report } = await convertModel(inputs, folderSink(out), options, {
      signal: controller.signal,
      onProgress: (progress) => {
        collectGarbage(progress);
        showProgress(progress);
      },
    });
    clearProgress();
    printReport(report);
    const seconds = (performance.now() - started) / 1000;
    const peak = process.resourceUsage().maxRSS * 1024;
    console.log(
      `Wrote ${megabytes(report.bytesWritten)} to ${out} in ${seconds.toFixed(1)} s: ` +
        `${(bytesRead / 1e6 / seconds).toFixed(0)} MB/s of checkpoint, peak memory ${megabytes(peak)}.`,
    );
  } finally {
    clearProgress();
    process.removeListener('SIGINT', interrupt);
  }
}

/**
 * Frees the tensors that were written, at every sixteenth of the weights: V8 leaves arrays outside its heap until tens of
 * megabytes of them wait, which is more than a small checkpoint has. Does nothing without `--expose-gc`.
 */
function collectGarbage({ bytesWritten, bytesTotal }: ConversionProgress): void {
  const sixteenth = Math.floor((16 * bytesWritten) / bytesTotal);
  if (sixteenth > collected) globalThis.gc?.();
  collected = sixteenth;
}

/** Sixteenths of the weights at the end of which garbage was collected. */
let collected = 0;

/** A matcher's reference outputs, where the native runtime can run it; an encoder has none. */
async function recordReference(out: string): Promise<void> {
  const { schema } = JSON.parse(readFileSync(join(out, MANIFEST_FILE), 'utf8')) as { schema: string };
  if (schema !== MANIFEST_SCHEMA) return;
  try {
    const { places, sure } = await recordCheck(out);
    console.log(`Reference outputs recorded, to check GPUs with: ${places} places, ${sure} of them sure.`);
  } catch (error) {
    console.log(`No reference outputs recorded, GPUs will not be checked: ${(error as Error).message.split('\n')[0]}`);
  }
}

function printReport(report: Omit<ConversionReport, 'bytesWritten'>): void {
  console.log(`Recognised: ${report.family}`);
  for (const fact of report.facts) console.log(`  ${fact}`);
  for (const warning of report.warnings) console.log(`  warning: ${warning}`);
  for (const note of report.notes) console.log(`  note: ${note}`);
  console.log(`Tensors without a use: ${report.unused.length}`);
  for (const name of report.unused) console.log(`  ${name}`);
  for (const [file, cost] of Object.entries(report.costs)) printCost(file, cost);
}

function printCost(file: string, cost: GraphCost): void {
  console.log(`${file}.onnx: ${gigaflops(cost.total.flops)}, weights ${megabytes(cost.storedBytes)}`);
  for (const { stage, nodes, flops, weightBytes, activationBytes } of cost.stages) {
    const columns = [
      `${nodes} nodes`,
      gigaflops(flops),
      `weights ${megabytes(weightBytes)}`,
      `activations ${megabytes(activationBytes)}`,
    ];
    console.log(`  ${stage.padEnd(16)}${columns.map((column) => column.padStart(22)).join('')}`);
  }
  const { node, bytes } = cost.largestTemporary;
  console.log(
    `  largest temporary ${mebibytes(bytes)} (${node}), activations alive at once ${mebibytes(cost.peakActivationBytes)}`,
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const gigaflops = (flops: number): string => `${(flops / 1e9).toFixed(2)} GFLOP`;

let progressShown = false;

function showProgress({ tensor, bytesWritten, bytesTotal }: ConversionProgress): void {
  if (!process.stderr.isTTY) return;
  progressShown = true;
  const share = bytesTotal === 0 ? 1 : bytesWritten / bytesTotal;
  process.stderr.write(`\r\x1b[K${(100 * share).toFixed(0).padStart(3)} %  ${tensor}`.slice(0, 110));
}

function clearProgress(): void {
  if (progressShown) process.stderr.write('\r\x1b[K');
  progressShown = false;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const known = error instanceof CodedError;
  console.error(known ? `${error.message} ${error.remedy}` : error);
  process.exitCode = 1;
});
