import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlainMatchField } from '../../compute/field/cpu.ts';
import type { Side } from '../../core/geometry.ts';
import { invert3, type Matrix3 } from '../../core/matrix3.ts';
import { makeFields, uploadFields } from '../../pages/match/testing/fields.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import { CpuBackend } from './cpu-backend.ts';
import { GpuBackend, type GpuMatchField } from './gpu-backend.ts';

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());

/** A photo with texture in it, 3 × h × w. */
function image(width: number, height: number, turn: number): Float32Array {
  const plane = width * height;
  return Float32Array.from({ length: 3 * plane }, (_, k) => {
    const [x, y] = [((k % plane) % width) / width, Math.floor((k % plane) / width) / height];
    return 0.5 + 0.2 * Math.sin(40 * x + turn * 9 * y) + 0.2 * Math.cos(31 * y - turn * 7 * x);
  });
}

it('both backends refine a field alike, and take it to a motion alike, and leave the given one as it was', async () => {
  const fields = makeFields({ a: { width: 23, height: 17 }, b: { width: 15, height: 21 } });
  const sizes = { a: { width: 120, height: 90 }, b: { width: 75, height: 105 } };
  const data = { a: image(120, 90, 1), b: image(75, 105, -1) };
  const tensor = (side: Side, onGpu: boolean): RuntimeTensor => ({
    dims: [1, 3, sizes[side].height, sizes[side].width],
    data: onGpu ? null : data[side],
    buffer: onGpu ? gpu.upload(side, data[side]) : null,
    dispose: () => {},
  });
  const none = { a: null, b: null };
  const plain: PlainMatchField = { a: { ...fields.a }, b: { ...fields.b } };
  const expected = new CpuBackend(null).refineField(plain, { a: tensor('a', false), b: tensor('b', false) });
  expect(plain.a.warp).toBe(fields.a.warp);

  const backend = new GpuBackend(gpu.gpu, null as never, gpu.scope);
  const uploaded: GpuMatchField = { ...uploadFields(gpu, fields), release: () => {} };
  const tensors = { a: tensor('a', true), b: tensor('b', true) };
  const before = gpu.scope.bytes;
  const refined = backend.refineField(uploaded, tensors, none);
  for (const side of ['a', 'b'] as const) {
    const found = await backend.readField(refined, side);
    const points = found.certainty.length;
    const { width, height } = fields[side === 'a' ? 'b' : 'a'].photo;
    const far = Array.from({ length: points }, (_, k) =>
      Math.hypot(
        ((found.warp[k] - expected[side].warp[k]) * width) / 2,
        ((found.warp[points + k] - expected[side].warp[points + k]) * height) / 2,
      ),
    ).filter((distance) => distance > 0.05);
    // A place at a threshold may fall on either side of it.
    expect(far.length).toBeLessThan(0.03 * points);
    expect(expected[side].warp).not.toEqual(fields[side].warp);
    found.certainty.forEach((value, k) => expect(value).toBeCloseTo(fields[side].certainty[k], 4));
    expect((await backend.readField(uploaded, side)).warp).toEqual(fields[side].warp);
  }
  backend.dispose(refined);
  expect(gpu.scope.bytes).toBe(before);

  // Photos of nothing: every unsure place follows.
  const nothing = { a: new Float32Array(3 * 120 * 90), b: new Float32Array(3 * 75 * 105) };
  Object.assign(data, nothing);
  const motion: Matrix3 = [0.9, 0.05, 0.02, -0.04, 0.92, 0.03, 0, 0, 1];
  const motions = { a: motion, b: invert3(motion)! };
  const thresholds = { certainty: 0.99, cycleShare: 0.01, none: 0.06, good: 0.3 };
  const plainly = new CpuBackend(null);
  const onGpu = { a: tensor('a', true), b: tensor('b', true) };
  const then = gpu.scope.bytes;
  const followed = {
    plain: plainly.followMotion(plain, { a: tensor('a', false), b: tensor('b', false) }, motions, thresholds),
    gpu: backend.followMotion(uploaded, onGpu, motions, thresholds, none),
  };
  for (const side of ['a', 'b'] as const) {
    const found = await backend.readField(followed.gpu, side);
    const wanted = followed.plain[side];
    expect(wanted.warp).not.toEqual(fields[side].warp);
    found.warp.forEach((value, k) => expect(value).toBeCloseTo(wanted.warp[k], 4));
    found.cycle.forEach((value, k) =>
      expect(value / (1 + wanted.cycle[k])).toBeCloseTo(wanted.cycle[k] / (1 + wanted.cycle[k]), 2),
    );
  }
  backend.dispose(followed.gpu);
  expect(gpu.scope.bytes).toBe(then);
}, 60_000);
