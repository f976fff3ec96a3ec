import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import ort from 'onnxruntime-node';
import type { NetworkFile } from '../../src/models/manifest.ts';
import type { ConversionReport } from '../../src/networks/convert.ts';

export type Tensors = Record<string, ort.Tensor>;

/** A network that prints where its time went after running once for each set of feeds. */
export async function profiled(
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
