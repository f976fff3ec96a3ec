import { expect, it } from 'vitest';
import { type Stage, STAGES } from '../../../core/match.ts';
import type { BenchmarkResult } from '../contract/benchmark.ts';
import { benchmarkText, spreadOf, wholeRuns } from './benchmark.ts';

const size = { width: 448, height: 336 };
const RESULT: BenchmarkResult = {
  modelName: 'Small lifted matcher',
  provider: 'wasm',
  inputSize: { a: size, b: size },
  warmUps: 2,
  stages: [
    { stage: 'encode-a', milliseconds: [10, 12, 90] },
    { stage: 'decode', milliseconds: [30, 31, 29] },
  ],
};
const names = Object.fromEntries(STAGES.map((stage) => [stage, { done: stage }])) as Record<Stage, { done: string }>;

it('tells median and spread, in which one slow run does not count, and whole matches run by run', () => {
  expect(spreadOf([10, 12, 90])).toEqual({ median: 12, deviation: 2, fastest: 10, slowest: 90 });
  expect(spreadOf([1, 2, 3, 10])).toMatchObject({ median: 2.5, deviation: 1 });
  expect(wholeRuns(RESULT)).toEqual([40, 43, 119]);
});

it('the text says on what it ran', () => {
  const info = {
    provider: 'wasm' as const,
    providerReason: '',
    adapter: 'ACME X',
    isFallbackAdapter: true,
    threads: 2,
  };
  const text = benchmarkText(RESULT, names, info, 'Browser/1.0');
  for (const words of [
    'Small lifted matcher',
    '448 × 336',
    'WASM (CPU), 2 threads',
    'ACME X (software)',
    'Browser/1.0',
  ])
    expect(text).toContain(words);
  expect(text).toMatch(/Runs +3 after 2 to warm up; milliseconds/);
  expect(text).toMatch(/encode-a +12\.0 +2\.0 +10\.0 +90\.0/);
  expect(text).toMatch(/Whole match +43\.0 +3\.0 +40\.0 +119\.0/);
});
