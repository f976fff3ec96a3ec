import { afterAll, beforeAll, expect, test } from 'vitest';
import { CYCLE_OUTSIDE, cycleError } from './cpu.ts';
import type { PlainField } from '../field/cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { makeFields, uploadFields } from '../../pages/match/testing/fields.ts';
import { CyclePass } from './gpu.ts';

let gpu: TestGpu;
let pass: CyclePass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new CyclePass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

test('both directions equal the reference, on odd grids of different size', async () => {
  const fields = makeFields({ a: { width: 37, height: 23 }, b: { width: 15, height: 41 } });
  const onGpu = uploadFields(gpu, fields);
  await gpu.submit((encoder) => pass.run(encoder, onGpu));
  for (const [own, other, buffer] of [
    [fields.a, fields.b, onGpu.a.cycle],
    [fields.b, fields.a, onGpu.b.cycle],
  ] as const) {
    const expected = cycleError(own, other);
    const values = await gpu.readFloats(buffer, expected.length);
    expect(expected.some((v) => v === CYCLE_OUTSIDE)).toBe(true);
    expect(expected.some((v) => v < 100)).toBe(true);
    values.forEach((v, i) => expect(Math.abs(v - expected[i])).toBeLessThan(2e-3));
  }
});

/** A field that moves everything by a shift in normalised units. */
function shifted(width: number, height: number, photo: { width: number; height: number }, shift: number): PlainField {
  const points = width * height;
  const warp = new Float32Array(2 * points);
  for (let i = 0; i < points; i++) {
    warp[i] = (2 * (i % width) + 1) / width - 1 + shift;
    warp[points + i] = (2 * Math.floor(i / width) + 1) / height - 1;
  }
  return { grid: { width, height }, photo, warp, certainty: new Float32Array(points), cycle: new Float32Array(points) };
}

test('the reference gives exact distances in pixels of the own photo', () => {
  const photo = { width: 200, height: 50 };
  // There by +0.1, back by −0.04: 0.06 of half the width remains.
  const error = cycleError(shifted(20, 5, photo, 0.1), shifted(33, 7, photo, -0.04));
  expect(error[2 * 20 + 10]).toBeCloseTo(6, 3);
  // The last column leaves the other photo.
  expect(error[2 * 20 + 19]).toBe(CYCLE_OUTSIDE);
});
