import { afterAll, beforeAll, expect, test } from 'vitest';
import { cycleError } from '../cycle/cpu.ts';
import { probe } from './cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { makeFields, uploadField } from '../../pages/match/testing/fields.ts';
import { ProbePass } from './gpu.ts';

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());

const fields = makeFields({ a: { width: 17, height: 9 }, b: { width: 11, height: 21 } });
fields.a.cycle = cycleError(fields.a, fields.b);

test('the pass equals its reference between places, at corners and beyond', async () => {
  const pass = new ProbePass(gpu.device, gpu.scope);
  const field = uploadField(gpu, 'a', fields.a);
  const target = gpu.scope.storage('probe', ProbePass.bytes);
  for (const [x, y] of [
    [0, 0],
    [0.123, -0.77],
    [-1, -1],
    [1, 1],
    [-0.4, 2],
    [3, -3],
  ]) {
    await gpu.submit((encoder) => pass.run(encoder, field, { x, y }, target));
    const told = ProbePass.parse((await gpu.readFloats(target, 4)).buffer as ArrayBuffer);
    const expected = probe(fields.a, { x, y });
    expect(told.to.x).toBeCloseTo(expected.to.x, 5);
    expect(told.to.y).toBeCloseTo(expected.to.y, 5);
    expect(told.certainty).toBeCloseTo(expected.certainty, 5);
    expect(told.cycle / expected.cycle).toBeCloseTo(1, 4);
  }
});

test('at the centre of a grid place the reference returns that place’s values', () => {
  const told = probe(fields.a, { x: (2 * 5 + 1) / 17 - 1, y: (2 * 3 + 1) / 9 - 1 });
  const place = 3 * 17 + 5;
  expect(told.to.x).toBeCloseTo(fields.a.warp[place], 6);
  expect(told.to.y).toBeCloseTo(fields.a.warp[17 * 9 + place], 6);
  expect(told.certainty).toBeCloseTo(fields.a.certainty[place], 6);
});
