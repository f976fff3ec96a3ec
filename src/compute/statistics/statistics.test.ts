import { afterAll, beforeAll, expect, test } from 'vitest';
import { cycleError } from '../cycle/cpu.ts';
import { countSide, statistics } from './cpu.ts';
import type { Size } from '../../core/geometry.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { makeFields, randomNumbers, uploadFields } from '../../pages/match/testing/fields.ts';
import { StatisticsPass } from './gpu.ts';

const OPTIONS = { threshold: 0.3, cycleLimit: { a: 30, b: 50 } };

let gpu: TestGpu;
let pass: StatisticsPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new StatisticsPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

function fieldsWithCycle(a: Size, b: Size) {
  const fields = makeFields({ a, b });
  fields.a.cycle = cycleError(fields.a, fields.b);
  fields.b.cycle = cycleError(fields.b, fields.a);
  return fields;
}

async function onGpu(fields: ReturnType<typeof fieldsWithCycle>): Promise<ArrayBuffer> {
  const target = gpu.scope.storage('statistics', StatisticsPass.bytes);
  const uploaded = uploadFields(gpu, fields);
  await gpu.submit((encoder) => pass.run(encoder, uploaded, OPTIONS, target));
  return (await gpu.readUints(target, StatisticsPass.bytes / 4)).buffer as ArrayBuffer;
}

test.each([
  ['odd grids', { width: 37, height: 23 }, { width: 15, height: 41 }],
  ['a grid larger than one round of workgroups', { width: 401, height: 301 }, { width: 1, height: 1 }],
])('the pass equals its reference on %s', async (_, a, b) => {
  const fields = fieldsWithCycle(a, b);
  const bytes = await onGpu(fields);
  for (const side of ['a', 'b'] as const) {
    const counters = StatisticsPass.counters(bytes, side);
    const expected = countSide(fields[side], OPTIONS.threshold, OPTIONS.cycleLimit[side]);
    expect(counters.points).toBe(expected.points);
    expect(counters.certain).toBe(expected.certain);
    expect(counters.consistent).toBe(expected.consistent);
    expect(counters.certaintySum / expected.certaintySum).toBeCloseTo(1, 5);
    // log2 is not exact on a GPU: a value at a bin's edge may fall on either side of it.
    const moved = counters.histogram.reduce((sum, n, bin) => sum + Math.abs(n - expected.histogram[bin]), 0);
    expect(moved).toBeLessThanOrEqual(Math.ceil(0.001 * expected.points));
  }
  const parsed = StatisticsPass.parse(bytes);
  const expected = statistics(fields, OPTIONS);
  expect(parsed.a.medianCycle! / expected.a.medianCycle!).toBeCloseTo(1, 2);
});

test('places that are no numbers are counted, whatever else a comparison says of them', async () => {
  const fields = fieldsWithCycle({ width: 37, height: 23 }, { width: 15, height: 41 });
  const points = 37 * 23;
  fields.a.warp[5] = Number.NaN;
  fields.a.warp[points + 5] = Number.NaN;
  fields.a.warp[points + 9] = Number.POSITIVE_INFINITY;
  fields.a.certainty[11] = Number.NaN;
  const bytes = await onGpu(fields);
  expect(StatisticsPass.counters(bytes, 'a').broken).toBe(3);
  expect(StatisticsPass.counters(bytes, 'b').broken).toBe(0);
  expect(countSide(fields.a, OPTIONS.threshold, OPTIONS.cycleLimit.a).broken).toBe(3);
  expect(statistics(fields, OPTIONS).a.brokenShare).toBeCloseTo(3 / points, 12);
});

test('the same field gives the same bits', async () => {
  const fields = fieldsWithCycle({ width: 131, height: 97 }, { width: 64, height: 64 });
  expect(new Uint32Array(await onGpu(fields))).toEqual(new Uint32Array(await onGpu(fields)));
});

test('the histogram’s median is within a bin of the true one', () => {
  const fields = makeFields({ a: { width: 101, height: 11 }, b: { width: 3, height: 3 } });
  const random = randomNumbers(5);
  fields.a.certainty.fill(1);
  fields.a.cycle = fields.a.cycle.map(() => 3 * random() ** 2);
  const median = [...fields.a.cycle].sort((x, y) => x - y)[Math.floor(fields.a.cycle.length / 2)];
  const told = statistics(fields, OPTIONS).a.medianCycle!;
  expect(Math.abs(Math.log2(told / median))).toBeLessThan(0.25);
});

test('no certain place: shares of zero and no median', () => {
  const fields = makeFields({ a: { width: 5, height: 5 }, b: { width: 3, height: 3 } });
  fields.a.certainty.fill(0.1);
  expect(statistics(fields, OPTIONS).a).toEqual({
    brokenShare: 0,
    meanCertainty: expect.closeTo(0.1, 6),
    certainShare: 0,
    consistentShare: 0,
    medianCycle: null,
  });
});
