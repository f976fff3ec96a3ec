import type { Comparison } from '../../src/matching/reference-check/compare.ts';

/** Tests of one file that compare WGSL with its CPU twin. */
export interface PassFile {
  file: string;
  tests: number;
  /** Names of the tests that failed. */
  failed: string[];
  milliseconds: number;
}

/** Milliseconds of one stage on one provider, tensors to and from the CPU included. */
export interface StageTime {
  size: string;
  stage: 'encode' | 'decode';
  provider: 'webgpu' | 'cpu';
  median: number;
  fastest: number;
  slowest: number;
}

export interface ModelReport {
  id: string;
  /** Null where the adapter cannot run it; `finding` says why. */
  check: Comparison | null;
  finding: string;
  stages: StageTime[];
}

/** Milliseconds of one picture, from its commands to the end of the GPU's work. */
export interface FrameTime {
  what: string;
  median: number;
  fastest: number;
  slowest: number;
}

export interface GpuReport {
  adapter: { name: string; isFallback: boolean; features: string[]; limits: Record<string, number> };
  passes: PassFile[];
  models: ModelReport[];
  frames: FrameTime[];
}

/** Whether something computes wrongly. */
export const isWrong = ({ passes, models }: GpuReport): boolean =>
  passes.some(({ failed }) => failed.length > 0) || models.some(({ check }) => check?.verdict === 'wrong');

/** The report for a README. */
export function toMarkdown({ adapter, passes, models, frames }: GpuReport): string {
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
  for (const { id, check, finding } of models) {
    if (!check) lines.push(`Model “${id}”: not run, ${finding}.`, '');
    else {
      const by = check.difference === null ? check.finding : `difference ${check.difference.toExponential(1)}`;
      lines.push(`Model “${id}” against the CPU provider: ${check.verdict}, ${by}.`, '');
    }
  }
  const stages = models.flatMap((model) => model.stages.map((stage) => ({ id: model.id, ...stage })));
  if (stages.length) {
    lines.push('| model | input | stage | provider | median, ms | fastest to slowest |', '|---|---|---|---|---|---|');
    for (const { id, size, stage, provider, ...times } of stages)
      lines.push(`| ${id} | ${size} | ${stage} | ${provider} | ${cells(times)} |`);
    lines.push('');
  }
  if (frames.length) {
    lines.push('| picture | median, ms | fastest to slowest |', '|---|---|---|');
    for (const { what, ...times } of frames) lines.push(`| ${what} | ${cells(times)} |`);
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

const cells = ({ median, fastest, slowest }: Pick<FrameTime, 'median' | 'fastest' | 'slowest'>) =>
  `${median.toFixed(1)} | ${fastest.toFixed(1)} to ${slowest.toFixed(1)}`;

/** Times `work` over so many runs, after one to warm up. */
export async function timed(
  runs: number,
  work: () => Promise<void>,
): Promise<Pick<FrameTime, 'median' | 'fastest' | 'slowest'>> {
  await work();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((x, y) => x - y);
  return { median: times[runs >> 1], fastest: times[0], slowest: times[runs - 1] };
}
