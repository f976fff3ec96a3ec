import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { type Comparison, compareOutputs } from '../src/matching/reference-check/compare.ts';
import { checkOutputs } from '../src/matching/reference-check/outputs.ts';
import { syntheticPhoto } from '../src/matching/reference-check/synthetic-pair.ts';
import { disposeDecoded, disposeFeatures, type Matcher } from '../src/matching/matcher.ts';
import { inputSize } from '../src/models/input-size.ts';
import { describeAdapter } from '../src/platform/gpu/device.ts';
import { ADAPTER_VARIABLE, TestGpu } from '../src/platform/gpu/testing/dawn.ts';
import { readArguments, usage } from './node/arguments.ts';
import { loadMatcher } from './node/load-matcher.ts';
import { NodeRuntime } from './node/ort-node.ts';
import { runCommand } from './node/run-command.ts';
import { ROOT } from './node/tools.mjs';

const HELP = `Whether this machine's GPU computes what the CPU does, and how fast, without a browser: every WGSL pass against
its CPU twin (Dawn), the embedded model on onnxruntime's WebGPU provider against its CPU provider.

  npm run gpu-report -- [options]

  --out FILE        write FILE.json and FILE.md (gpu-report)
  --sizes N,N       longer sides of the model's input, pixels (448,560)
  --runs N          timed runs of a stage, after one to warm up (5)
  --emulated        take Chromium's software adapter, as the tests do, not the machine's own
  --only TEXT       of the passes those whose file's path holds TEXT
  --no-passes       leave the passes out
  --no-model        leave the model out`;

interface PassFile {
  file: string;
  tests: number;
  /** Names of the tests that failed. */
  failed: string[];
  milliseconds: number;
}

/** Milliseconds of one stage on one provider, tensors to and from the CPU included. */
interface StageTime {
  size: string;
  stage: 'encode' | 'decode';
  provider: 'webgpu' | 'cpu';
  median: number;
  fastest: number;
  slowest: number;
}

interface GpuReport {
  adapter: { name: string; isFallback: boolean; features: string[]; limits: Record<string, number> };
  passes: PassFile[];
  model: { id: string; check: Comparison; stages: StageTime[] } | null;
}

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    { options: ['out', 'sizes', 'runs', 'only'], flags: ['emulated', 'no-passes', 'no-model', 'help'] },
    argv,
  );
  if (args.has('help')) return console.log(HELP);
  const sizes = (args.text('sizes') ?? '448,560').split(',').map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) throw usage('--sizes must be whole numbers.');
  // The tests that run as children read it too.
  if (!args.has('emulated')) process.env[ADAPTER_VARIABLE] = 'system';

  const report: GpuReport = { adapter: await describeGpu(), passes: [], model: null };
  console.log(report.adapter.name);
  if (!args.has('no-passes')) report.passes = await runPasses(args.text('only') ?? '');
  if (!args.has('no-model')) report.model = await measureModel(sizes, args.count('runs') ?? 5);

  const out = args.text('out') ?? 'gpu-report';
  writeFileSync(`${out}.json`, `${JSON.stringify(report, null, 2)}\n`);
  const markdown = toMarkdown(report);
  writeFileSync(`${out}.md`, markdown);
  console.log(markdown);
  const isWrong = report.passes.some(({ failed }) => failed.length > 0) || report.model?.check.verdict === 'wrong';
  if (isWrong) process.exitCode = 1;
}

async function describeGpu(): Promise<GpuReport['adapter']> {
  const test = await TestGpu.open();
  const { adapter, info, isFallback } = test.gpu;
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  const described = { name: describeAdapter(info), isFallback, features: [...adapter.features].sort(), limits };
  test.close();
  return described;
}

/** The tests that compare WGSL with its CPU twin are those that open Dawn: run as they are, on the chosen adapter. */
async function runPasses(only: string): Promise<PassFile[]> {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('src', file))
    .filter((file) => file.includes(only))
    .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('gpu/testing/dawn.ts'));
  if (files.length === 0) throw usage(`No pass has “${only}” in its path.`);
  const folder = mkdtempSync(join(tmpdir(), 'liftmatch-gpu-report-'));
  const outputFile = join(folder, 'passes.json');
  try {
    const command = ['vitest', 'run', '--reporter=json', `--outputFile=${outputFile}`, ...files];
    // Exit code 1 means that a test failed: the report says which.
    await promisify(execFile)('npx', command, { cwd: ROOT, maxBuffer: 2 ** 26 }).catch(() => {});
    const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as {
      testResults: {
        name: string;
        status: string;
        message: string;
        startTime: number;
        endTime: number;
        assertionResults: { status: string; fullName: string }[];
      }[];
    };
    return testResults.map(({ name, status, message, startTime, endTime, assertionResults }) => {
      const failed = assertionResults.filter((one) => one.status === 'failed').map(({ fullName }) => fullName);
      // A file that could not be run at all has no tests to fail.
      if (status === 'failed' && failed.length === 0)
        failed.push(message.split('\n')[0] || 'the file could not be run');
      return {
        file: relative(ROOT, name),
        tests: assertionResults.filter((one) => one.status === 'passed' || one.status === 'failed').length,
        failed,
        milliseconds: Math.round(endTime - startTime),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureModel(sizes: number[], runs: number): Promise<GpuReport['model']> {
  const load = async (provider: 'webgpu' | 'cpu') => (await loadMatcher('embedded', new NodeRuntime(provider))).matcher;
  const matchers = { webgpu: await load('webgpu'), cpu: await load('cpu') };
  const outputsOf = (matcher: Matcher) => checkOutputs(matcher, async (tensor) => tensor.data!);
  const check = compareOutputs(await outputsOf(matchers.webgpu), await outputsOf(matchers.cpu));
  const stages: StageTime[] = [];
  for (const size of sizes) {
    for (const provider of ['webgpu', 'cpu'] as const) {
      stages.push(...(await timeStages(matchers[provider], provider, size, runs)));
    }
  }
  const { id } = matchers.cpu.manifest;
  await matchers.webgpu.release();
  await matchers.cpu.release();
  return { id, check, stages };
}

async function timeStages(
  matcher: Matcher,
  provider: 'webgpu' | 'cpu',
  longSide: number,
  runs: number,
): Promise<StageTime[]> {
  const { input } = matcher.manifest.passes[0];
  const size = inputSize({ width: 4, height: 3 }, input, longSide);
  const { runtime } = matcher;
  const image = (side: 'a' | 'b') => runtime.tensor(syntheticPhoto(side, size, input), [1, 3, size.height, size.width]);
  const [a, b] = [image('a'), image('b')];
  const features = { a: await matcher.encode(0, a), b: await matcher.encode(0, b) };
  disposeDecoded(await matcher.decode(0, 'a', features));
  const named = { size: `${size.width} × ${size.height}`, provider };
  const encode = await timed(runs, async () => disposeFeatures(await matcher.encode(0, a)));
  const decode = await timed(runs, async () => disposeDecoded(await matcher.decode(0, 'a', features)));
  disposeFeatures(features.a);
  disposeFeatures(features.b);
  return [
    { ...named, stage: 'encode', ...encode },
    { ...named, stage: 'decode', ...decode },
  ];
}

async function timed(
  runs: number,
  work: () => Promise<void>,
): Promise<Pick<StageTime, 'median' | 'fastest' | 'slowest'>> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((x, y) => x - y);
  return { median: times[runs >> 1], fastest: times[0], slowest: times[runs - 1] };
}

function toMarkdown({ adapter, passes, model }: GpuReport): string {
  const lines = [`## ${adapter.name}${adapter.isFallback ? ' (software)' : ''}`, ''];
  if (passes.length) {
    const failed = passes.filter((pass) => pass.failed.length > 0);
    const tests = passes.reduce((sum, pass) => sum + pass.tests, 0);
    lines.push(
      `WGSL against its CPU twins: ${tests} tests in ${passes.length} files, ${failed.length} files with failures.`,
      '',
    );
    for (const { file, failed: names } of failed) lines.push(`- ${file}: ${names.join('; ')}`);
    if (failed.length) lines.push('');
  }
  if (model) {
    const { verdict, finding, difference } = model.check;
    const by = difference === null ? finding : `difference ${difference.toExponential(1)}`;
    lines.push(`Model “${model.id}” against the CPU provider: ${verdict}, ${by}.`, '');
    lines.push('| input | stage | provider | median, ms | fastest to slowest |', '|---|---|---|---|---|');
    for (const { size, stage, provider, median, fastest, slowest } of model.stages)
      lines.push(
        `| ${size} | ${stage} | ${provider} | ${median.toFixed(1)} | ${fastest.toFixed(1)} to ${slowest.toFixed(1)} |`,
      );
  }
  return `${lines.join('\n')}\n`;
}

runCommand(import.meta.url, main);
