import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADAPTER_VARIABLE } from '../../src/platform/gpu/testing/dawn.ts';
import { readArguments, usage } from '../node/arguments.ts';
import { reportAdapter } from './adapter.ts';
import { reportFrames } from './frames.ts';
import { reportModel } from './models.ts';
import { REPORT_HELP, REPORT_OPTIONS } from './options.ts';
import { reportPasses } from './passes.ts';
import { type GpuReport, isWrong, toMarkdown } from './report.ts';

/** The built report: beside it lie the built tests (passes/) and the models (models/). Needs nothing of the repository. */
const FOLDER = dirname(fileURLToPath(import.meta.url));
/** The model whose stages are timed; the others are only compared. */
const TIMED = 'embedded';
/** Longer sides of its input, pixels. */
const SIZES = [448, 560, 1024];
/** Where a processor plays the GPU: at 448 one decoding took minutes. */
const EMULATED_SIZES = [224];

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(REPORT_OPTIONS, argv);
  if (args.has('help')) return console.log(REPORT_HELP);
  const asked = args.text('sizes')?.split(',').map(Number);
  if (asked && !asked.every((size) => Number.isInteger(size) && size > 0))
    throw usage('--sizes must be whole numbers.');
  // The tests that run as children read it too.
  if (!args.has('emulated')) process.env[ADAPTER_VARIABLE] = 'system';

  const report: GpuReport = {
    adapter: await reportAdapter({ isEmulated: args.has('emulated') }),
    passes: [],
    models: [],
    frames: [],
  };
  const { isFallback, name } = report.adapter;
  console.log(`${name}${isFallback ? ' (emulated: its times say nothing of a GPU, and few are taken)' : ''}`);
  const sizes = asked ?? (isFallback ? EMULATED_SIZES : SIZES);
  const runs = args.count('runs') ?? (isFallback ? 2 : 5);
  const passes = join(FOLDER, 'passes');
  if (!args.has('no-passes') && existsSync(passes))
    report.passes = await reportPasses(passes, join(FOLDER, 'run-tests.mjs'), args.text('only') ?? '');
  if (!args.has('no-model')) {
    const models = join(FOLDER, 'models');
    for (const id of readdirSync(models).sort()) {
      const label = id === TIMED ? undefined : id;
      // A processor that plays a GPU takes minutes.
      console.log(`… model ${id}`);
      report.models.push(await reportModel(join(models, id, 'manifest.json'), label ? [] : sizes, runs, label));
    }
  }
  if (!args.has('no-frames')) {
    console.log('… pictures');
    report.frames = await reportFrames(runs, isFallback);
  }

  const out = resolve(args.text('out') ?? 'gpu-report');
  writeFileSync(`${out}.json`, `${JSON.stringify(report, null, 2)}\n`);
  const markdown = toMarkdown(report);
  writeFileSync(`${out}.md`, markdown);
  console.log(markdown);
  if (isWrong(report)) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { message, remedy = '' } = error as Error & { remedy?: string };
  console.error(`${message} ${remedy}`.trim());
  process.exitCode = 1;
}
