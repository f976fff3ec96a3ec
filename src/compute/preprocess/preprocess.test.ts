import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Size } from '../../core/geometry.ts';
import { preprocess } from './cpu.ts';
import type { Pixels, PreprocessOptions } from './cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../pages/match/testing/fields.ts';
import { PreprocessPass } from './gpu.ts';

const IMAGENET = { scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const PLAIN = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;

let gpu: TestGpu;
let pass: PreprocessPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new PreprocessPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

function noise(width: number, height: number): Pixels {
  const random = randomNumbers(width * 31 + height);
  const data = new Uint8ClampedArray(width * height * 4).map(() => Math.floor(256 * random()));
  return { data, width, height };
}

async function onGpu(photo: Pixels, options: PreprocessOptions): Promise<Float32Array> {
  const texture = gpu.uploadTexture('photo', photo.data, photo.width, photo.height);
  const tensor = gpu.scope.storage('tensor', PreprocessPass.tensorBytes(options.size));
  await gpu.submit((encoder) => pass.run(encoder, texture, tensor, options));
  return gpu.readFloats(tensor, 3 * options.size.width * options.size.height);
}

const largestDifference = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);

describe('the pass equals its reference', () => {
  const cases: [string, Size, Size][] = [
    ['shrinking by odd factors', { width: 101, height: 67 }, { width: 32, height: 32 }],
    ['enlarging', { width: 13, height: 7 }, { width: 64, height: 32 }],
    ['shrinking one axis, enlarging the other', { width: 97, height: 5 }, { width: 31, height: 33 }],
    ['the same size', { width: 17, height: 9 }, { width: 17, height: 9 }],
    ['one pixel', { width: 1, height: 1 }, { width: 32, height: 64 }],
    ['a line', { width: 1, height: 400 }, { width: 32, height: 32 }],
  ];
  test.each(cases)('%s', async (_, from, size) => {
    const photo = noise(from.width, from.height);
    const options = { size, normalisation: IMAGENET };
    expect(largestDifference(await onGpu(photo, options), preprocess(photo, options))).toBeLessThan(2e-5);
  });
});

describe('the reference', () => {
  const grey = (values: number[], width: number): Pixels => ({
    data: new Uint8ClampedArray(values.flatMap((v) => [v, v, v, 255])),
    width,
    height: values.length / width,
  });

  test('averages the exact area', () => {
    const tensor = preprocess(grey([0, 30, 60], 3), { size: { width: 2, height: 1 }, normalisation: PLAIN });
    // Each target covers one pixel and half of the middle one.
    expect(tensor[0] * 255).toBeCloseTo((0 + 15) / 1.5, 4);
    expect(tensor[1] * 255).toBeCloseTo((15 + 60) / 1.5, 4);
  });

  test('reads bilinearly at half-pixel centres', () => {
    const tensor = preprocess(grey([0, 100], 2), { size: { width: 4, height: 1 }, normalisation: PLAIN });
    expect([...tensor.subarray(0, 4)].map((v) => Math.round(v * 255))).toEqual([0, 25, 75, 100]);
  });

  test('keeps the mean and normalises each channel', () => {
    const photo = noise(40, 30);
    const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
    const plain = preprocess(photo, { size: { width: 7, height: 11 }, normalisation: PLAIN });
    const normalised = preprocess(photo, { size: { width: 7, height: 11 }, normalisation: IMAGENET });
    for (let c = 0; c < 3; c++) {
      const channel = plain.subarray(c * 77, c * 77 + 77);
      let sum = 0;
      for (let i = c; i < photo.data.length; i += 4) sum += photo.data[i] / 255;
      expect(mean(channel)).toBeCloseTo(sum / 1200, 5);
      const expected = (mean(channel) - IMAGENET.mean[c]) / IMAGENET.std[c];
      expect(mean(normalised.subarray(c * 77, c * 77 + 77))).toBeCloseTo(expected, 4);
    }
  });
});
