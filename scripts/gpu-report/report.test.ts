import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../node/tools.mjs';
import { passTests } from './build.ts';
import { type GpuReport, isWrong, timed, toMarkdown } from './report.ts';

const RIGHT: GpuReport = {
  adapter: { name: 'ACME X', isFallback: false, features: [], limits: {} },
  passes: [{ file: 'compute-cycle-cycle', tests: 2, failed: [], milliseconds: 5 }],
  models: [
    {
      id: 'embedded',
      check: { verdict: 'right', finding: '', difference: 4.9e-7 },
      finding: '',
      stages: [{ size: '448 × 336', stage: 'encode', provider: 'webgpu', median: 3, fastest: 2.5, slowest: 9 }],
    },
    { id: 'half', check: null, finding: 'no shader-f16', stages: [] },
  ],
  frames: [{ what: 'lifted photo', median: 1, fastest: 0.9, slowest: 2 }],
};

it('says adapter, passes, models and times in Markdown', () => {
  const text = toMarkdown(RIGHT);
  expect(text).toContain('## ACME X\n');
  expect(text).toContain('2 tests in 1 files, 0 files with failures');
  expect(text).toContain('“embedded” against the CPU provider: right, difference 4.9e-7');
  expect(text).toContain('“half”: not run, no shader-f16');
  expect(text).toContain('| embedded | 448 × 336 | encode | webgpu | 3.0 | 2.5 to 9.0 |');
  expect(text).toContain('| lifted photo | 1.0 | 0.9 to 2.0 |');
});

it('is wrong where a test failed or a model computes wrongly; what cannot run is not', () => {
  expect(isWrong(RIGHT)).toBe(false);
  const failing = { ...RIGHT.passes[0], failed: ['a test'] };
  expect(isWrong({ ...RIGHT, passes: [failing] })).toBe(true);
  expect(toMarkdown({ ...RIGHT, passes: [failing] })).toContain('- compute-cycle-cycle: a test');
  const check = { verdict: 'wrong', finding: 'places differ', difference: 0.4 } as const;
  expect(isWrong({ ...RIGHT, models: [{ ...RIGHT.models[0], check }] })).toBe(true);
});

it('times runs after one that does not count', async () => {
  let calls = 0;
  const { fastest, median, slowest } = await timed(3, async () => void calls++);
  expect(calls).toBe(4);
  expect(fastest).toBeLessThanOrEqual(median);
  expect(median).toBeLessThanOrEqual(slowest);
});

it('has, for a packed report, all of vitest that the tests of passes use', () => {
  const shim = readFileSync(join(import.meta.dirname, 'vitest-shim.ts'), 'utf8');
  const tests = passTests();
  expect(tests.length).toBeGreaterThan(40);
  for (const file of tests) {
    const text = readFileSync(join(ROOT, 'src', file), 'utf8');
    const imported = /import \{([^}]*)\} from 'vitest'/.exec(text)?.[1].split(',') ?? [];
    const asked = [
      ...imported.map((name) => name.trim()),
      ...[...text.matchAll(/\bvi\.(\w+)/g)].map(([, name]) => name),
    ];
    for (const name of asked) expect(shim, `${file} uses ${name}`).toMatch(new RegExp(`\\b${name}\\b`));
  }
});
