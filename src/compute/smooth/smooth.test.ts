import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareDisparity } from '../../pages/lift/passes/prepare-disparity/cpu.ts';
import { boxMean, gaussianBlur, gaussianTaps } from './cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../pages/match/testing/fields.ts';
import { PrepareDisparityPass } from '../../pages/lift/passes/prepare-disparity/gpu.ts';
import { MAX_SIGMA, SmoothPass } from './gpu.ts';

let gpu: TestGpu;
let smooth: SmoothPass;
let prepare: PrepareDisparityPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  smooth = new SmoothPass(gpu.device, gpu.scope);
  prepare = new PrepareDisparityPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

const noise = (points: number, seed: number) => {
  const random = randomNumbers(seed);
  return new Float32Array(points).map(() => 40 * random() - 3);
};
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);

describe('Gaussian blur', () => {
  test('its taps sum to 1 and follow the bell', () => {
    const taps = gaussianTaps(1.7);
    expect(taps[0] + 2 * taps.slice(1).reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 6);
    expect(taps[2] / taps[0]).toBeCloseTo(Math.exp(-0.5 * (2 / 1.7) ** 2), 6);
    expect([...gaussianTaps(0)]).toEqual([1]);
  });

  test('keeps a constant, and spreads a point to the variance sigma²', () => {
    const size = { width: 41, height: 41 };
    expect(
      largestDifference(gaussianBlur(new Float32Array(1681).fill(3), size, 4), new Float32Array(1681).fill(3)),
    ).toBeLessThan(1e-5);
    const point = new Float32Array(1681);
    point[20 * 41 + 20] = 1;
    const variance = gaussianBlur(point, size, 3).reduce((sum, v, i) => sum + v * ((i % 41) - 20) ** 2, 0);
    expect(variance).toBeGreaterThan(8.5);
    expect(variance).toBeLessThan(9.01);
  });

  test.each([
    [37, 23, 2],
    [5, 3, 8],
    [1, 19, 0.6],
    [64, 17, MAX_SIGMA],
  ])('WGSL equals the reference: %i × %i, sigma %d', async (width, height, sigma) => {
    const size = { width, height };
    const map = noise(width * height, 5);
    const source = gpu.upload('map', map);
    const rows = gpu.scope.storage('rows', map.byteLength);
    const target = gpu.scope.storage('blurred', map.byteLength);
    await gpu.submit((encoder) => smooth.run(encoder, size, sigma, { source, rows, target }));
    const blurred = await gpu.readFloats(target, map.length);
    expect(largestDifference(blurred, gaussianBlur(map, size, sigma))).toBeLessThan(2e-5);
  });

  test('a sigma that the shader cannot hold is refused', () => {
    const buffer = gpu.scope.storage('any', 16);
    const encoder = gpu.device.createCommandEncoder();
    const buffers = { source: buffer, rows: buffer, target: buffer };
    expect(() => smooth.run(encoder, { width: 1, height: 1 }, 11, buffers)).toThrow(/limit of 10/);
  });
});

test('box means equal the sums written out', () => {
  const size = { width: 11, height: 7 };
  const map = noise(77, 9);
  for (const radius of [1, 3, 9]) {
    const means = boxMean(map, size, radius);
    for (const [x, y] of [
      [0, 0],
      [5, 3],
      [10, 6],
      [1, 6],
    ]) {
      let sum = 0;
      let count = 0;
      for (let v = Math.max(0, y - radius); v <= Math.min(6, y + radius); v++) {
        for (let u = Math.max(0, x - radius); u <= Math.min(10, x + radius); u++, count++) sum += map[v * 11 + u];
      }
      expect(means[y * 11 + x]).toBeCloseTo(sum / count, 4);
    }
  }
});

describe('preparing the disparity', () => {
  test('goes to 0.001…1.001, clipped', () => {
    const map = Float32Array.of(10, 20, 30, 50);
    const size = { width: 2, height: 2 };
    const plain = prepareDisparity(map, size, { blur: 0, clip: [0, 1] });
    [0.001, 0.251, 0.501, 1.001].forEach((v, i) => expect(plain[i]).toBeCloseTo(v, 6));
    const clipped = prepareDisparity(map, size, { blur: 0, clip: [0.2, 0.8] });
    [0.201, 0.251, 0.501, 0.801].forEach((v, i) => expect(clipped[i]).toBeCloseTo(v, 6));
    expect(map[0]).toBe(10);
  });

  test.each([
    ['37 × 23, blurred', 37, 23, { blur: 2, clip: [0.01, 1] }],
    ['211 × 97, as it is', 211, 97, { blur: 0, clip: [0, 1] }],
    ['1 × 1', 1, 1, { blur: 0, clip: [0, 1] }],
  ] as const)('WGSL equals the reference: %s', async (_, width, height, { blur, clip }) => {
    const size = { width, height };
    const map = noise(width * height, 11);
    const settings = { blur, clip: [...clip] as [number, number] };
    const source = gpu.upload('map', map);
    const scratch = gpu.scope.storage('scratch', map.byteLength);
    const target = gpu.scope.storage('prepared', map.byteLength);
    await gpu.submit((encoder) => prepare.run(encoder, size, { source, scratch, target }, settings));
    const prepared = await gpu.readFloats(target, map.length);
    expect(largestDifference(prepared, prepareDisparity(map, size, settings))).toBeLessThan(1e-5);
    expect(await gpu.readFloats(source, map.length)).toEqual(map);
  });
});
