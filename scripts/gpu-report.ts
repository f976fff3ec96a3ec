import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildModels, buildReport } from './gpu-report/build.ts';
import { REPORT_HELP, REPORT_OPTIONS } from './gpu-report/options.ts';
import { packReport } from './gpu-report/pack.ts';
import { readArguments } from './node/arguments.ts';
import { runCommand } from './node/run-command.ts';
import { runProcess } from './gpu-report/run-process.ts';
import { ROOT } from './node/tools.mjs';

const HELP = `Whether this machine's GPU computes what the CPU does, and how fast, without a browser: every WGSL pass against
its CPU twin (Dawn); the embedded model and a converted matcher of random weights, in full and half precision, on onnxruntime's
WebGPU provider against its CPU provider; pictures of Gaussians and of a lifted photo.

  npm run gpu-report -- [options]

${REPORT_HELP}
  --pack FILE       write FILE.tar.xz instead: Node, Dawn, onnxruntime, models and the report for a Linux machine that
                    has a driver but no Node and no network`;

/** Native packages are found from here. */
const BUILT = join(ROOT, 'node_modules', '.liftmatch-gpu-report');

async function main(argv: readonly string[]): Promise<void> {
  const { options, flags } = REPORT_OPTIONS;
  const args = readArguments({ options: [...options, 'pack'], flags }, argv);
  if (args.has('help')) return console.log(HELP);
  const pack = args.text('pack');
  if (pack !== undefined) {
    const out = resolve(pack.endsWith('.tar.xz') ? pack : `${pack}.tar.xz`);
    console.log(`${out}: ${((await packReport(out)) / 1e6).toFixed(1)} MB`);
    return;
  }
  await buildReport(BUILT, { withPasses: !args.has('no-passes') });
  const models = join(BUILT, 'models');
  if (!args.has('no-model') && !existsSync(models)) await buildModels(models);
  await runProcess(process.execPath, [join(BUILT, 'main.mjs'), ...argv], process.cwd());
}

runCommand(import.meta.url, main);
