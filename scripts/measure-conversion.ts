import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const HELP = `Converts random checkpoints of the published sizes, a process each, and prints what it took.

  npx tsx scripts/measure-conversion.ts DIR NETWORK… [--dtype fp16]

Checkpoints are made in DIR by scripts/random-checkpoints.ts (which lists the networks) and removed afterwards. The empty
process has loaded the same code and converts nothing (--help); its peak is taken before each network.`;

/** As `npm run convert` starts it: what is not in use is collected early, so that the peak is what is in use. */
const NODE_FLAGS = ['--expose-gc', '--max-semi-space-size=1', '--heap-growing-percent=10'];

/** Peak of the resident memory of a process, told as it ends. */
const TELL_PEAK = "data:text/javascript,process.on('exit',()=>console.error('PEAK',process.resourceUsage().maxRSS))";

/** Runs of a small file, whose peaks differ by some megabytes from run to run: the middle one counts. */
const RUNS = 3;
const SMALL_MEGABYTES = 200;

interface Run {
  /** Megabytes. */
  readonly peak: number;
  /** Megabytes of checkpoint a second, as the command prints it. */
  readonly rate: number;
}

async function run(script: string, args: readonly string[]): Promise<Run> {
  const flags = [...NODE_FLAGS, '--import', 'tsx', '--import', TELL_PEAK];
  const child = spawn(process.execPath, [...flags, script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  const peak = /PEAK (\d+)/.exec(told)?.[1];
  if (code !== 0 || peak === undefined) throw new Error(`${script} ${args.join(' ')}\n${told}`);
  return { peak: (Number(peak) * 1024) / 1e6, rate: Number(/(\d+) MB\/s/.exec(told)?.[1] ?? 0) };
}

/** The run with the middle one of the peaks. */
async function middle(count: number, once: () => Promise<Run>): Promise<Run> {
  const runs: Run[] = [];
  for (let i = 0; i < count; i += 1) runs.push(await once());
  return runs.sort((a, b) => a.peak - b.peak)[count >> 1];
}

async function measure(folder: string, network: string, dtype: string): Promise<string> {
  const files = join(folder, network);
  const out = join(folder, `${network}-out`);
  await mkdir(files, { recursive: true });
  try {
    await run('scripts/random-checkpoints.ts', [files, network]);
    const paths = (await readdir(files)).map((file) => join(files, file));
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    const empty = await middle(RUNS, () => run('scripts/convert.ts', ['--help']));
    const convert = () => run('scripts/convert.ts', [...paths, '--no-check', '--dtype', dtype, '--out', out]);
    const whole = await middle(bytes < SMALL_MEGABYTES ? RUNS : 1, convert);
    const above = whole.peak - empty.peak;
    const cells = [network, bytes.toFixed(1), whole.rate.toFixed(0), empty.peak.toFixed(0), whole.peak.toFixed(0)];
    return `| ${[...cells, `${above.toFixed(0)} MB, ${(above / bytes).toFixed(2)}`].join(' | ')} |`;
  } finally {
    await Promise.all([files, out].map((path) => rm(path, { recursive: true, force: true })));
  }
}

async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--dtype');
  const dtype = at < 0 ? 'fp16' : args[at + 1];
  const [folder, ...networks] = at < 0 ? args : args.toSpliced(at, 2);
  if (folder === undefined || networks.length === 0) return console.log(HELP);
  console.log(
    '| network | MB | MB/s | empty process, MB | peak, MB | above it, of the file |\n|---|---|---|---|---|---|',
  );
  for (const network of networks) console.log(await measure(folder, network, dtype));
}

await main(process.argv.slice(2));
