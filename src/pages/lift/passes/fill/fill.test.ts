import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillHoles, fillLevels } from './cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../../match/testing/fields.ts';
import { makePhoto } from '../../../match/testing/stage.ts';
import { FillPass } from './gpu.ts';

let gpu: TestGpu;
let pass: FillPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new FillPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

async function fillOnGpu(colour: Uint8ClampedArray, known: Uint32Array, width: number, height: number) {
  const scope = gpu.scope.child('fill');
  const filled = scope.texture('filled', {
    size: [width, height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC,
  });
  const texture = gpu.uploadTexture('colour', colour, width, height);
  const pyramid = FillPass.createPyramid(scope, { width, height });
  const mask = gpu.upload('known', known);
  await gpu.submit((encoder) => pass.run(encoder, texture, mask, pyramid, filled));
  const data = await gpu.readTexture(filled);
  scope.destroy();
  return data;
}

/** A block, a border and scattered pixels without colour. */
function holes(width: number, height: number): Uint32Array {
  const random = randomNumbers(width * height);
  return Uint32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const inBlock = x > 0.3 * width && x < 0.7 * width && y > 0.2 * height && y < 0.8 * height;
    return inBlock || x < 0.1 * width || random() < 0.1 ? 0 : 1;
  });
}

const sizes: [number, number][] = [
  [64, 48],
  [101, 37],
  [33, 1],
  [1, 1],
  [5, 3],
];

test.each(sizes)('a picture of %i × %i is filled as the reference fills it', async (width, height) => {
  const photo = makePhoto({ width, height }, 3);
  const known = holes(width, height);
  known.forEach((isKnown, i) => isKnown || photo.data.fill(0, 4 * i, 4 * i + 4));
  const found = await fillOnGpu(photo.data, known, width, height);
  const reference = fillHoles(photo.data, known, { width, height });
  found.forEach((v, i) => {
    expect(Math.abs(v - reference[i])).toBeLessThanOrEqual(1);
    if (known[i >> 2]) expect(v).toBe(photo.data[i]);
  });
});

test('a hole in one colour takes it, a hole in a slope lies between its shores', () => {
  const size = { width: 40, height: 21 };
  const known = holes(40, 21);
  const flat = new Uint8ClampedArray(4 * 840).fill(90);
  fillHoles(flat, known, size).forEach((v, i) => expect(v).toBe(i % 4 === 3 ? 255 : 90));
  const slope = flat.map((_, i) => 6 * ((i >> 2) % 40));
  const filled = fillHoles(slope, known, size);
  for (let x = 13; x < 28; x++) {
    const v = filled[4 * (10 * 40 + x)];
    expect(v).toBeGreaterThan(6 * 12 - 1);
    expect(v).toBeLessThan(6 * 28 + 1);
    expect(Math.abs(v - 6 * x)).toBeLessThan(40);
  }
});

test('nothing but holes stays black, levels end at one pixel', () => {
  const size = { width: 7, height: 5 };
  expect([...fillHoles(new Uint8ClampedArray(140), new Uint8Array(35), size)]).toEqual(
    Array.from({ length: 140 }, (_, i) => (i % 4 === 3 ? 255 : 0)),
  );
  expect(fillLevels(size).map(({ width, height }) => [width, height])).toEqual([
    [7, 5],
    [4, 3],
    [2, 2],
    [1, 1],
  ]);
});
