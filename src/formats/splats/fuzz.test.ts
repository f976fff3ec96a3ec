import { afterAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../core/errors.ts';
import { bytesSource } from '../byte-source.ts';
import { DAMAGES } from '../damage.test-helper.ts';
import { countingSource, randomNumbers } from '../fixtures.test-helper.ts';
import { writeByArbiter } from './arbiter.test-helper.ts';
import { readSplats } from './index.ts';
import { encodeKsplat, encodeSplat, randomTable } from './scenes.test-helper.ts';
import { encodeCompressedPly } from './write-compressed-ply.ts';
import { encodeSplatPly } from './write-ply.ts';
import { encodeSpz } from './write-spz.ts';

/**
 * Small scenes of every format, damaged in every way that a broken download or a hostile author might, the same way in
 * every run: the answer is a table of finite numbers or a CodedError, soon.
 */

const CASES_PER_FILE = 250;
const MILLISECONDS_PER_CASE = 2000;

const table = randomTable(40, 1, 6);

const inflated = async (file: Uint8Array<ArrayBuffer>) => {
  const stream = new Blob([file]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const files: [string, () => Uint8Array | Promise<Uint8Array>][] = [
  ['a .ply', () => encodeSplatPly(table)],
  ['a .compressed.ply', () => encodeCompressedPly(table)],
  ['a .spz', () => encodeSpz(table)],
  // Without the gzip around it, so that damage reaches the Gaussians.
  ['a bare .spz', async () => inflated(await encodeSpz(table))],
  ['a .spz of ZSTD streams', () => writeByArbiter(table, 'spz')],
  ['a .sog', () => writeByArbiter(table, 'sog-bundle')],
  ['a .splat', () => encodeSplat(table)],
  ['a .ksplat of floats', () => encodeKsplat(table, 0)],
  ['a .ksplat of halves', () => encodeKsplat(table, 2)],
];

describe('damaged scenes', () => {
  let cases = 0;
  const outcomes = new Map<string, number>();

  it.each(files)('of %s give a table or a coded error', async (name, make) => {
    const file = await make();
    const random = randomNumbers(name.length * 7919 + file.length);
    // Most of a .ksplat is reserved for headers: damage goes where something is.
    const skipped = name.startsWith('a .ksplat') ? 4096 : 0;
    for (let i = 0; i <= CASES_PER_FILE; i++) {
      const damage = DAMAGES[i % DAMAGES.length]!;
      const head = file.subarray(0, skipped && i % 3 ? skipped : 0);
      const rest = damage(file.subarray(head.length), random);
      const damaged = new Uint8Array(head.length + rest.length);
      damaged.set(head);
      damaged.set(rest, head.length);
      // The undamaged file first.
      const source = countingSource(bytesSource(i === 0 ? file : damaged));
      const label = `${damage.name}, case ${i}`;
      const start = performance.now();
      const outcome = await readSplats(source, 'fuzz', { maxGaussians: 100_000 }).then(
        ({ table: read }) => {
          expect(read.count).toBeGreaterThan(0);
          for (const values of [
            read.positions,
            read.logScales,
            read.quaternions,
            read.opacityLogits,
            read.sh0,
            read.shRest,
          ]) {
            expect(values.every(Number.isFinite), label).toBe(true);
          }
          return 'value';
        },
        (thrown: unknown) => (thrown instanceof CodedError ? thrown.code : thrown),
      );
      expect(outcome, label).toBeTypeOf('string');
      if (i === 0) expect(outcome, name).toBe('value');
      expect(performance.now() - start, label).toBeLessThan(MILLISECONDS_PER_CASE);
      expect(source.largestRead, label).toBeLessThanOrEqual(source.size);
      outcomes.set(outcome as string, (outcomes.get(outcome as string) ?? 0) + 1);
      cases++;
    }
  });

  afterAll(() => {
    expect(cases).toBeGreaterThanOrEqual(2000);
    const codes = ['value', 'truncated', 'splat-foreign', 'splat-malformed', 'zip-malformed'];
    for (const code of codes) expect(outcomes.get(code), code).toBeGreaterThan(5);
  });
});
