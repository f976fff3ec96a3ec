import type { Stage } from '../../../core/match.ts';
import { dimensions } from '../../../ui/format.ts';
import type { BenchmarkResult } from '../contract/benchmark.ts';
import type { EngineInfo } from '../contract/protocol.ts';

/** Runs of one benchmark that count. */
export const BENCHMARK_RUNS = 10;

/** Times of one stage over all runs, milliseconds. */
export interface Spread {
  median: number;
  /** Median distance from the median: an outlier does not count. */
  deviation: number;
  fastest: number;
  slowest: number;
}

export function spreadOf(milliseconds: readonly number[]): Spread {
  const middle = medianOf(milliseconds);
  return {
    median: middle,
    deviation: medianOf(milliseconds.map((value) => Math.abs(value - middle))),
    fastest: Math.min(...milliseconds),
    slowest: Math.max(...milliseconds),
  };
}

/** Whole matches: the sums of each run's stages. */
export const wholeRuns = ({ stages }: BenchmarkResult): number[] =>
  (stages[0]?.milliseconds ?? []).map((_, run) => stages.reduce((sum, { milliseconds }) => sum + milliseconds[run], 0));

/** The benchmark as text that says all that a comparison needs. */
export function benchmarkText(
  result: BenchmarkResult,
  names: Readonly<Record<Stage, { done: string }>>,
  info: EngineInfo,
  userAgent: string,
): string {
  const { inputSize, provider, warmUps } = result;
  const runs = wholeRuns(result);
  const adapter = info.adapter ? `${info.adapter}${info.isFallbackAdapter ? ' (software)' : ''}` : 'none';
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(14)}${cells.map((cell) => cell.padStart(10)).join('')}`;
  const times = (name: string, milliseconds: readonly number[]) => {
    const { median, deviation, fastest, slowest } = spreadOf(milliseconds);
    return row(
      name,
      [median, deviation, fastest, slowest].map((value) => value.toFixed(1)),
    );
  };
  return [
    `Model     ${result.modelName}`,
    `Input     A ${dimensions(inputSize.a)}, B ${dimensions(inputSize.b)}`,
    `Provider  ${provider === 'webgpu' ? 'WebGPU' : `WASM (CPU), ${info.threads} thread${info.threads === 1 ? '' : 's'}`}`,
    `Adapter   ${adapter}`,
    `Browser   ${userAgent}`,
    `Runs      ${runs.length} after ${warmUps} to warm up; milliseconds`,
    '',
    row('', ['median', 'spread', 'fastest', 'slowest']),
    ...result.stages.map(({ stage, milliseconds }) => times(names[stage].done, milliseconds)),
    times('Whole match', runs),
  ].join('\n');
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
