import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Size } from '../../../../core/geometry.ts';
import { DESCRIPTOR_CHANNELS, gradientHistograms } from './cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../../match/testing/fields.ts';
import { GradientHistogramPass } from './gpu.ts';

let gpu: TestGpu;
let pass: GradientHistogramPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new GradientHistogramPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

/** A grey image [3, h, w] by a formula. */
const picture = ({ width, height }: Size, grey: (x: number, y: number) => number) =>
  Float32Array.from({ length: 3 * width * height }, (_, at) => grey(at % width, Math.floor(at / width) % height));

async function onGpu(image: Float32Array, size: Size): Promise<Float32Array> {
  const bytes = GradientHistogramPass.bytes(size);
  const cells = gpu.scope.storage('cells', bytes.cells);
  const descriptors = gpu.scope.storage('descriptors', bytes.descriptors);
  const source = gpu.upload('image', image);
  await gpu.submit((encoder) => pass.run(encoder, source, size, cells, descriptors));
  return gpu.readFloats(descriptors, bytes.descriptors / 4);
}

test.each([
  ['whole places', { width: 64, height: 48 }],
  ['odd sizes', { width: 83, height: 37 }],
  ['one place', { width: 17, height: 16 }],
])('the pass equals its reference: %s', async (_, size) => {
  const random = randomNumbers(size.width);
  const image = Float32Array.from({ length: 3 * size.width * size.height }, random);
  const expected = gradientHistograms(image, size).values;
  const values = await onGpu(image, size);
  expect(values.length).toBe(expected.length);
  values.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(2e-4));
});

describe('the reference', () => {
  const size = { width: 64, height: 64 };
  const centre = (image: Float32Array) => {
    const { values, grid } = gradientHistograms(image, size);
    const place = 2 * grid.width + 2;
    return values.slice(place * DESCRIPTOR_CHANNELS, (place + 1) * DESCRIPTOR_CHANNELS);
  };
  const byDirection = (descriptor: Float32Array) =>
    Array.from({ length: 8 }, (_, o) => descriptor.reduce((sum, v, i) => sum + (i % 8 === o ? v : 0), 0));

  test.each([
    ['to the right', (x: number) => x / 64, 0],
    ['down', (_: number, y: number) => y / 64, 2],
    ['to the left', (x: number) => 1 - x / 64, 4],
    ['up and right', (x: number, y: number) => (x - y + 64) / 128, 7],
  ])('a ramp that brightens %s is one direction only', (_, grey, direction) => {
    const sums = byDirection(centre(picture(size, grey)));
    const whole = sums.reduce((sum, v) => sum + v, 0);
    expect(sums[direction] / whole).toBeGreaterThan(0.999);
  });

  test('a flat image gives null vectors', () => {
    expect(
      gradientHistograms(
        picture(size, () => 0.5),
        size,
      ).values.every((v) => v === 0),
    ).toBe(true);
  });

  test('does not change with contrast and brightness', () => {
    const random = randomNumbers(5);
    const noise = Array.from({ length: 64 * 64 }, random);
    const first = centre(picture(size, (x, y) => noise[64 * y + x]));
    const second = centre(picture(size, (x, y) => 0.3 + 0.5 * noise[64 * y + x]));
    const cosine = first.reduce((sum, v, i) => sum + v * second[i], 0) / (Math.hypot(...first) * Math.hypot(...second));
    expect(cosine).toBeGreaterThan(0.9999);
  });

  test('moves with the image by whole places', () => {
    const random = randomNumbers(6);
    const noise = Array.from({ length: 128 * 64 }, random);
    const at = (shift: number) =>
      gradientHistograms(
        picture(size, (x, y) => noise[128 * y + x + shift]),
        size,
      ).values;
    const [still, moved] = [at(0), at(16)];
    // Inner places: the window of an outer one reaches over the edge.
    const place = (values: Float32Array, column: number) => values.slice((4 + column) * 128, (5 + column) * 128);
    place(moved, 1).forEach((v, i) => expect(v).toBeCloseTo(place(still, 2)[i], 5));
  });
});
