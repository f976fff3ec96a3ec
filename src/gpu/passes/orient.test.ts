import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orient } from '../reference/orient.ts';
import { preprocess, unturnedSize } from '../reference/preprocess.ts';
import type { QuarterTurns } from '../reference/preprocess.ts';
import { TestGpu } from '../testing/dawn.ts';
import { makeFields, uploadFields } from '../testing/fields.ts';
import { OrientPass } from './orient.ts';

let gpu: TestGpu;
let pass: OrientPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new OrientPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

const TURNS: QuarterTurns[] = [0, 1, 2, 3];

test.each(TURNS)('the pass equals its reference after %i quarter turns', async (turns) => {
  const fields = makeFields({ a: { width: 13, height: 9 }, b: { width: 7, height: 11 } });
  const turned = uploadFields(gpu, fields);
  const expected = orient(fields, turns);
  const upright = {
    a: { ...turned.a, warp: gpu.scope.storage('a warp', 13 * 9 * 8) },
    b: { ...turned.b, grid: expected.b.grid, warp: gpu.scope.storage('b warp', 77 * 8), logit: gpu.scope.storage('b', 77 * 4) },
  };
  await gpu.submit((encoder) => pass.run(encoder, turned, upright, turns));
  expect(await gpu.readFloats(upright.a.warp, 13 * 9 * 2)).toEqual(expected.a.warp);
  expect(await gpu.readFloats(upright.b.warp, 154)).toEqual(expected.b.warp);
  expect(await gpu.readFloats(upright.b.logit, 77)).toEqual(expected.b.logit);
});

describe('the reference undoes what preprocess does to a photo', () => {
  // A photo whose red and green tell each pixel's column and row.
  const size = { width: 5, height: 3 };
  const data = new Uint8ClampedArray(60);
  for (let i = 0; i < 15; i++) data.set([i % 5, Math.floor(i / 5), 0, 255], 4 * i);
  const normalisation = { scale: 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;

  test.each(TURNS)('after %i quarter turns', (turns) => {
    const grid = unturnedSize(size, turns);
    const tensor = preprocess({ data, ...size }, { size: grid, quarterTurns: turns, normalisation });
    // B's field on the turned grid says of each pixel which one it was; A's points at the turned pixels in order.
    const warp = new Float32Array(30);
    const pointing = new Float32Array(30);
    for (let i = 0; i < 15; i++) {
      warp[i] = tensor[i];
      warp[15 + i] = tensor[15 + i];
      pointing[i] = (2 * (i % grid.width) + 1) / grid.width - 1;
      pointing[15 + i] = (2 * Math.floor(i / grid.width) + 1) / grid.height - 1;
    }
    const logit = new Float32Array(15);
    const upright = orient({ a: { grid, warp: pointing, logit }, b: { grid, warp, logit } }, turns);
    expect(upright.b.grid).toEqual(size);
    for (let i = 0; i < 15; i++) {
      // On the upright grid every place names itself.
      expect(Math.round(upright.b.warp[i])).toBe(i % 5);
      expect(Math.round(upright.b.warp[15 + i])).toBe(Math.floor(i / 5));
      // The place in the upright photo is the pixel that the turned photo shows there.
      expect((5 / 2) * (upright.a.warp[i] + 1) - 0.5).toBeCloseTo(tensor[i], 4);
      expect((3 / 2) * (upright.a.warp[15 + i] + 1) - 0.5).toBeCloseTo(tensor[15 + i], 4);
    }
  });
});
