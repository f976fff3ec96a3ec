import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_PHOTOMETRIC } from '../../contract/settings.ts';
import type { PhotometricSettings } from '../../contract/settings.ts';
import { compressJpeg, DCT, quantisationTables } from './jpeg.ts';
import { applyPhotometric, gaussianNoise, noiseSeeds } from './cpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { makePhoto } from '../../../match/testing/stage.ts';
import { PhotometricPass } from './gpu.ts';

let gpu: TestGpu;
let pass: PhotometricPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new PhotometricPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

const flat = (value: number, width = 40, height = 30): Pixels => ({
  data: new Uint8ClampedArray(4 * width * height).fill(value),
  width,
  height,
});
const changed = (settings: Partial<PhotometricSettings>): PhotometricSettings => ({ ...NO_PHOTOMETRIC, ...settings });
/** Largest and mean difference of two pictures in steps of 255. */
function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): { most: number; mean: number } {
  let most = 0;
  let sum = 0;
  a.forEach((v, i) => {
    most = Math.max(most, Math.abs(v - b[i]));
    sum += Math.abs(v - b[i]);
  });
  return { most, mean: sum / a.length };
}

describe('the reference', () => {
  test('the defaults give the very pixels back', () => {
    const photo = makePhoto({ width: 9, height: 7 }, 1);
    expect(applyPhotometric(photo, NO_PHOTOMETRIC, 5)).toBe(photo);
  });

  test('one stop doubles the light, gamma 2 squares the value', () => {
    // 0.5 of linear light is 188 encoded, 0.25 is 137.
    expect(applyPhotometric(flat(137), changed({ exposure: 1 }), 0).data[0]).toBe(188);
    expect(applyPhotometric(flat(200), changed({ gamma: 2 }), 0).data[0]).toBe(Math.round((200 / 255) ** 2 * 255));
  });

  test('noise has mean 0 and the deviation asked for, and hangs on the seed', () => {
    const seeds = noiseSeeds(7);
    const draws = Array.from({ length: 20_000 }, (_, i) => gaussianNoise(i, seeds));
    const mean = draws.reduce((sum, v) => sum + v, 0) / draws.length;
    const deviation = Math.sqrt(draws.reduce((sum, v) => sum + (v - mean) ** 2, 0) / draws.length);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.02);
    // Of a Gaussian 4.55 % lie beyond two deviations.
    const beyond = draws.filter((v) => Math.abs(v) > 2).length / draws.length;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.006);
    const noisy = (seed: number) => applyPhotometric(flat(128), changed({ noise: 0.1 }), seed).data;
    expect(noisy(1)).toEqual(noisy(1));
    expect(difference(noisy(1), noisy(2)).mean).toBeGreaterThan(10);
    expect(noisy(1)[0]).not.toBe(noisy(1)[1]);
  });

  test('a blur keeps the light of an edge, in linear light', () => {
    const photo = flat(0, 40, 3);
    photo.data.forEach((_, i) => (photo.data[i] = (i >> 2) % 40 < 20 ? 255 : 0));
    const blurred = applyPhotometric(photo, changed({ blur: 3 }), 0).data;
    // The middle of the edge has half of the light, which is 188 and not 128.
    expect(Math.abs((blurred[4 * 59] + blurred[4 * 60]) / 2 - 186)).toBeLessThan(5);
    expect([blurred[160], blurred[4 * 79]]).toEqual([255, 0]);
  });

  test('JPEG: orthonormal DCT, the library’s tables, and losses that grow as quality falls', () => {
    for (let u = 0; u < 8; u++) {
      for (let v = 0; v < 8; v++) {
        let product = 0;
        for (let x = 0; x < 8; x++) product += DCT[8 * u + x] * DCT[8 * v + x];
        expect(product).toBeCloseTo(u === v ? 1 : 0, 6);
      }
    }
    expect([...quantisationTables(50).slice(0, 3)]).toEqual([16, 11, 10]);
    expect([...quantisationTables(75).slice(62, 66)]).toEqual([52, 50, 9, 9]);
    expect([...quantisationTables(10).slice(0, 2)]).toEqual([80, 55]);
    const photo = makePhoto({ width: 45, height: 35 }, 2);
    const losses = [95, 50, 10].map((quality) => difference(compressJpeg(photo, quality).data, photo.data).mean);
    expect(losses[0]).toBeLessThan(losses[1]);
    expect(losses[1]).toBeLessThan(losses[2]);
    expect(difference(compressJpeg(flat(130), 90).data, flat(130).data).most).toBeLessThanOrEqual(1);
  });
});

test('the defaults record nothing on the GPU', () => {
  const photo = makePhoto({ width: 9, height: 7 }, 1);
  const source = gpu.uploadTexture('photo', photo.data, 9, 7);
  // An encoder that would fail on any use.
  expect(pass.run(null as unknown as GPUCommandEncoder, source, source, NO_PHOTOMETRIC, 1)).toBe(source);
});

describe('WGSL equals the reference', () => {
  test.each<[string, number, number, Partial<PhotometricSettings>]>([
    ['exposure', 37, 23, { exposure: -1.3 }],
    ['gamma and exposure', 37, 23, { exposure: 0.7, gamma: 1.8 }],
    ['noise', 37, 23, { noise: 0.08 }],
    ['blur', 19, 41, { blur: 2.5 }],
    ['JPEG', 37, 23, { jpeg: 35 }],
    ['JPEG of one pixel', 1, 1, { jpeg: 60 }],
    ['everything', 61, 47, { exposure: 0.5, gamma: 0.8, noise: 0.03, blur: 1, jpeg: 70 }],
  ])('%s', async (_, width, height, settings) => {
    const photo = makePhoto({ width, height }, 6);
    const source = gpu.uploadTexture('photo', photo.data, width, height);
    const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC;
    const target = gpu.scope.texture('target', { size: [width, height], format: 'rgba8unorm', usage });
    await gpu.submit((encoder) => {
      expect(pass.run(encoder, source, target, changed(settings), 99)).toBe(target);
    });
    const picture = await gpu.readTexture(target);
    const expected = applyPhotometric(photo, changed(settings), 99).data;
    const { most, mean } = difference(picture, expected);
    if (settings.jpeg) {
      // A coefficient at the middle between two steps may fall to either side, which changes its whole block.
      expect(mean).toBeLessThan(0.1);
    } else {
      expect(most).toBeLessThanOrEqual(1);
      expect(mean).toBeLessThan(0.01);
    }
  });
});
