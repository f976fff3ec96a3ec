import { afterAll, beforeAll, expect, test } from 'vitest';
import { certainty } from './cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { makeFields, uploadField } from '../../pages/match/testing/fields.ts';
import { CertaintyPass } from './gpu.ts';

let gpu: TestGpu;
let pass: CertaintyPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new CertaintyPass(gpu.device);
});
afterAll(() => gpu.close());

test('the pass equals its reference on an odd grid', async () => {
  const { a } = makeFields({ a: { width: 37, height: 23 }, b: { width: 5, height: 5 } });
  const field = uploadField(gpu, 'a', { ...a, certainty: new Float32Array(37 * 23) });
  await gpu.submit((encoder) => pass.run(encoder, field));
  const values = await gpu.readFloats(field.certainty, 37 * 23);
  const expected = certainty(a.warp, a.logit);
  expect(expected.some((v) => v === 0)).toBe(true);
  expect(expected.some((v) => v > 0.9)).toBe(true);
  values.forEach((v, i) => expect(Math.abs(v - expected[i])).toBeLessThan(1e-6));
});

test('extreme logits and the very edge of the photo', () => {
  const warp = Float32Array.of(1, 0, 0, 1.0001, NaN, -1, 0, 0, 0, 0);
  const logit = Float32Array.of(0, 1e30, -1e30, 5, 5);
  const values = certainty(warp, logit);
  expect([...values.subarray(0, 2)]).toEqual([0.5, 1]);
  expect(values[2]).toBeLessThan(1e-30);
  expect([...values.subarray(3)]).toEqual([0, 0]);
});

test('a model’s buffer may be larger than its tensor', async () => {
  const { a } = makeFields({ a: { width: 9, height: 7 }, b: { width: 5, height: 5 } });
  const small = uploadField(gpu, 'exact', a);
  const padded = new Float32Array(1000).fill(7);
  padded.set(a.logit);
  const large = { ...uploadField(gpu, 'padded', a), logit: gpu.upload('padded logit', padded) };
  await gpu.submit((encoder) => {
    pass.run(encoder, small);
    pass.run(encoder, large);
  });
  expect(await gpu.readFloats(large.certainty, 63)).toEqual(await gpu.readFloats(small.certainty, 63));
});
