import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasParity, loadParity } from '../../../networks/parity.test-helper.ts';
import type { BySlot, PixelPicture } from '../contract.ts';
import { waveFeatures } from '../../../features/wave-features.test-helper.ts';
import { TestGpu } from '../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../match/testing/fields.ts';
import { componentMaps } from './component-maps.ts';
import { CpuFeatureMaths, encoded, type Encoded, type FeatureMaths } from './feature-maths.ts';
import { GpuComponentMaps } from './gpu-component-maps.ts';
import { GpuFeatureMaths } from './gpu-feature-maths.ts';
import type { PictureTarget } from './picture-target.ts';

let gpu: TestGpu;
let onGpu: GpuFeatureMaths;
let drawing: GpuComponentMaps;
beforeAll(async () => {
  gpu = await TestGpu.open();
  onGpu = new GpuFeatureMaths(gpu.scope);
  drawing = new GpuComponentMaps(gpu.scope, onGpu, readableTarget());
});
afterAll(() => gpu.close());

/** Where the app has a canvas: a texture, whose pixels are read. */
function readableTarget(): PictureTarget {
  const format = 'rgba8unorm';
  return {
    format,
    async picture(grid, draw) {
      const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
      const texture = gpu.scope.texture('map', { size: [grid.width, grid.height], format, usage });
      await gpu.submit((encoder) => draw(encoder, texture.createView()));
      const rgba = (await gpu.readTexture(texture)) as Uint8ClampedArray<ArrayBuffer>;
      gpu.scope.release(texture);
      return { grid, rgba };
    },
  };
}

/** The same by the fragment shader, read back for the test. */
async function drawnMaps(...[features, reference, options]: Parameters<GpuComponentMaps['maps']>) {
  const { pictures, explained } = await drawing.maps(features, reference, options);
  return { pictures: pictures as BySlot<PixelPicture>, explained };
}

const cpu = new CpuFeatureMaths();
const plain = { fit: 'joint', mask: 'none' } as const;

/** Features with three strong directions of falling strength and weak noise. */
function structured(width: number, height: number, channels: number, seed: number): Encoded {
  const random = randomNumbers(seed);
  const axes = Array.from({ length: 3 }, (_, k) =>
    Array.from({ length: channels }, (_, c) => Math.sin((k + 1) * (c + 1))),
  );
  const values = new Float32Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const weights = [3 * Math.sin(i / 3), 2 * Math.cos(i / 7), Math.sin(i / 11 + 1)];
    for (let c = 0; c < channels; c++) {
      values[i * channels + c] = 1 + 0.02 * random() + axes.reduce((sum, axis, k) => sum + weights[k] * axis[c], 0);
    }
  }
  return encoded({ grid: { width, height }, channels, values });
}

test('a joint map has NumPy’s colours', async () => {
  const { pictures, explained } = await componentMaps(cpu, { a: encoded(waveFeatures()) }, null, plain);
  const colors = [0.45997, 0.0725, 0.99661, 1, 0.1895, 0.59619].map((v) => 255 * v);
  const { rgba, grid } = pictures.a!;
  expect(grid).toEqual({ width: 6, height: 5 });
  [rgba[0], rgba[1], rgba[2], rgba[4], rgba[5], rgba[6]].forEach((value, i) =>
    expect(Math.abs(value - colors[i])).toBeLessThan(1.5),
  );
  expect(rgba[3]).toBe(255);
  expect(explained[0][0]).toBeCloseTo(1.919438 / 3.45341, 3);
  expect(pictures.b).toBeUndefined();
});

test('the GPU paints what the CPU paints', async () => {
  const sides = { a: structured(13, 9, 37, 1), b: structured(7, 15, 37, 2) };
  const reference = { a: structured(10, 8, 21, 3), b: structured(9, 12, 21, 4) };
  for (const fit of ['joint', 'per-photo'] as const) {
    const wanted = await componentMaps(cpu, sides, reference, { fit, mask: 'high' });
    const found = await componentMaps(onGpu, sides, reference, { fit, mask: 'high' });
    for (const side of ['a', 'b'] as const) {
      const differences = found.pictures[side]!.rgba.map((value, i) =>
        Math.abs(value - wanted.pictures[side]!.rgba[i]),
      );
      expect(Math.max(...differences)).toBeLessThanOrEqual(2);
    }
    expect(found.explained).toHaveLength(fit === 'joint' ? 1 : 2);
    found.explained.flat().forEach((share, k) => expect(share).toBeCloseTo(wanted.explained.flat()[k], 4));
  }
});

describe('maps drawn by the fragment shader', () => {
  const sides = {
    a: structured(13, 9, 37, 1),
    b: structured(7, 15, 37, 2),
    c: structured(1, 1, 37, 10),
  };
  const reference = { a: structured(10, 8, 21, 3), b: structured(9, 12, 21, 4), c: structured(2, 1, 21, 11) };

  test.each([
    ['joint, plain', { fit: 'joint', mask: 'none' }, null],
    ['joint, aligned, foreground', { fit: 'joint', mask: 'high' }, reference],
    ['joint, aligned, background', { fit: 'joint', mask: 'low' }, reference],
  ] as const)('are what the CPU paints: %s', async (_, options, towards) => {
    const wanted = await componentMaps(cpu, sides, towards, options);
    const found = await drawnMaps(sides, towards, options);
    for (const slot of ['a', 'b', 'c'] as const) {
      const [{ grid, rgba }, painted] = [found.pictures[slot]!, wanted.pictures[slot]!];
      expect(grid).toEqual(painted.grid);
      expect(visibleDifference(rgba, painted.rgba)).toBeLessThanOrEqual(2);
    }
    found.explained[0].forEach((share, k) => expect(share).toBeCloseTo(wanted.explained[0][k], 4));
  });

  test('are what the CPU paints: a fit for each photo, aligned', async () => {
    const [two, towards] = [
      { a: sides.a, b: sides.b },
      { a: reference.a, b: reference.b },
    ];
    const options = { fit: 'per-photo', mask: 'low' } as const;
    const wanted = await componentMaps(cpu, two, towards, options);
    const found = await drawnMaps(two, towards, options);
    for (const slot of ['a', 'b'] as const) {
      expect(visibleDifference(found.pictures[slot]!.rgba, wanted.pictures[slot]!.rgba)).toBeLessThanOrEqual(2);
    }
    expect(found.explained).toHaveLength(2);
  });

  test('leave nothing on the device but the features', async () => {
    const before = gpu.scope.bytes;
    await drawnMaps(sides, reference, { fit: 'joint', mask: 'high' });
    expect(gpu.scope.bytes).toBe(before);
  });
});

/** Largest difference of two pictures; what is clear has no colour. */
function visibleDifference(found: Uint8ClampedArray, wanted: Uint8ClampedArray): number {
  return found.reduce((most, value, at) => {
    const isVisible = at % 4 === 3 || wanted[at - (at % 4) + 3] > 0;
    return isVisible ? Math.max(most, Math.abs(value - wanted[at])) : most;
  }, 0);
}

test('the masks are each other’s complement', async () => {
  const sides = { a: structured(9, 9, 12, 5) };
  const [high, low] = await Promise.all(
    (['high', 'low'] as const).map(
      async (mask) => (await componentMaps(cpu, sides, null, { fit: 'joint', mask })).pictures.a!.rgba,
    ),
  );
  for (let i = 3; i < high.length; i += 4) expect(high[i] + low[i]).toBe(255);
  expect(high.some((v, i) => i % 4 === 3 && v === 0)).toBe(true);
});

test('alignment makes the colours of two encoders of one scene agree', async () => {
  // The second encoder sees the same three directions, in another order and sign, over other channels.
  const a = structured(12, 10, 20, 6);
  const values = new Float32Array(a.values.length);
  for (let at = 0; at < values.length; at++) values[at] = -a.values[at - (at % 20) + ((at + 7) % 20)];
  const other = encoded({ grid: a.grid, channels: 20, values });
  const painted = async (reference: Encoded | null) =>
    (await componentMaps(cpu, { a: other }, reference && { a: reference }, plain)).pictures.a!.rgba;
  const wanted = (await componentMaps(cpu, { a }, null, plain)).pictures.a!.rgba;
  const distance = (rgba: Uint8ClampedArray) =>
    rgba.reduce((sum, v, i) => sum + Math.abs(v - wanted[i]), 0) / rgba.length;
  expect(distance(await painted(a))).toBeLessThan(3);
  expect(distance(await painted(null))).toBeGreaterThan(20);
});

describe('maths on the GPU equal those on the CPU', () => {
  const [a, b] = [structured(11, 7, 19, 7), structured(6, 9, 19, 8)];
  const both: FeatureMaths[] = [cpu];
  beforeAll(() => void both.push(onGpu));

  test('cosines and nearest', async () => {
    const query = b.values.slice(0, 19);
    const [[c0, n0], [c1, n1]] = await Promise.all(
      both.map((m) => Promise.all([m.cosines(a, query), m.nearest(a, b)])),
    );
    c1.forEach((value, i) => expect(value).toBeCloseTo(c0[i], 5));
    expect([...n1.index]).toEqual([...n0.index]);
    // In both directions at once: what asking twice gives, on sizes that fill no tile.
    for (const maths of both) {
      const [ab, ba] = await maths.nearestBothWays(a, b);
      const asked = [await maths.nearest(a, b), await maths.nearest(b, a)];
      [ab, ba].forEach((found, i) => {
        expect([...found.index]).toEqual([...asked[i].index]);
        found.best.forEach((cosine, at) => expect(cosine).toBeCloseTo(asked[i].best[at], 6));
        found.second.forEach((cosine, at) => expect(cosine).toBeCloseTo(asked[i].second[at], 6));
      });
    }
  });

  test('a long search tells how far it is and stops when told', async () => {
    const large = structured(60, 60, 64, 9);
    const controller = new AbortController();
    const shares: number[] = [];
    const onShare = (share: number) => {
      shares.push(share);
      controller.abort();
    };
    await expect(cpu.nearestBothWays(large, large, { signal: controller.signal, onShare })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(shares).toHaveLength(1);
    expect(shares[0]).toBeGreaterThan(0);
    expect(shares[0]).toBeLessThan(1);
  });

  test('the classical descriptor', async () => {
    const size = { width: 48, height: 33 };
    const image = Float32Array.from({ length: 3 * 48 * 33 }, randomNumbers(9));
    const [d0, d1] = await Promise.all(both.map((m) => m.describe(image, size)));
    expect(d1.grid).toEqual(d0.grid);
    d1.values.forEach((value, i) => expect(Math.abs(value - d0.values[i])).toBeLessThan(2e-4));
  });

  test('features stay on the device until they are forgotten', async () => {
    onGpu.forget(a);
    const before = gpu.scope.bytes;
    await onGpu.cosines(a, b.values.slice(0, 19));
    const kept = gpu.scope.bytes - before;
    expect(kept).toBeGreaterThanOrEqual(4 * (a.values.length + a.inverseNorms.length));
    await onGpu.cosines(a, b.values.slice(0, 19));
    expect(gpu.scope.bytes - before).toBe(kept);
    onGpu.forget(a);
    expect(gpu.scope.bytes).toBe(before);
  });
});

/** Printed by scripts/reference/features.py: shares of the variance, and the colours of some places. */
const RECORDED: Record<string, { shares: number[]; pixels: Record<number, number[]> }> = {
  vit: { shares: [0.2513, 0.128, 0.1123], pixels: { 0: [17, 0, 239.3], 7: [203.3, 77.4, 255], 24: [255, 245.6, 0] } },
  'vit-registers': {
    shares: [0.1773, 0.1642, 0.1213],
    pixels: { 0: [66.9, 136.2, 255], 7: [133.6, 255, 95.7], 24: [255, 0, 0] },
  },
  'vit-swiglu': {
    shares: [0.1685, 0.1282, 0.1008],
    pixels: { 0: [122.3, 47.9, 35.9], 7: [133.9, 131.4, 17.6], 24: [0, 47.8, 207.5] },
  },
  'vit-wrapped': {
    shares: [0.2409, 0.1241, 0.1069],
    pixels: { 0: [173.2, 255, 16.1], 7: [16.1, 9.4, 60.1], 24: [255, 255, 171] },
  },
};

describe.each(Object.entries(RECORDED))('the recorded patch tokens of %s', (name, { shares, pixels }) => {
  type Maps = (features: BySlot<Encoded>) => ReturnType<typeof drawnMaps>;
  test.skipIf(!hasParity(name)).each<[string, Maps]>([
    ['the CPU', (features) => componentMaps(cpu, features, null, plain)],
    ['the CPU, of scores from the GPU', (features) => componentMaps(onGpu, features, null, plain)],
    ['the fragment shader', (features) => drawnMaps(features, null, plain)],
  ])('are painted by %s as NumPy paints them', async (_, maps) => {
    const { values } = loadParity(name).tensor('patch_tokens_70x70');
    const map = encoded({ grid: { width: 5, height: 5 }, channels: 48, values: Float32Array.from(values) });
    const { pictures, explained } = await maps({ a: map });
    shares.forEach((share, k) => expect(explained[0][k]).toBeCloseTo(share, 3));
    for (const [place, color] of Object.entries(pixels)) {
      color.forEach((value, k) => {
        expect(Math.abs(pictures.a!.rgba[4 * Number(place) + k] - value)).toBeLessThan(1.5);
      });
    }
  });
});
