import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Size } from '../../core/geometry.ts';
import { mipChain } from './cpu.ts';
import type { Pixels } from '../preprocess/cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { makePhoto } from '../../pages/match/testing/stage.ts';
import { MipChain, mipLevelCount } from './gpu.ts';

let gpu: TestGpu;
let chain: MipChain;
beforeAll(async () => {
  gpu = await TestGpu.open();
  chain = new MipChain(gpu.device);
});
afterAll(() => gpu.close());

async function readLevel(texture: GPUTexture, level: number, { width, height }: Size): Promise<Uint8ClampedArray> {
  const copy = gpu.scope.texture('level', {
    size: [width, height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC,
  });
  await gpu.submit((encoder) =>
    encoder.copyTextureToTexture({ texture, mipLevel: level }, { texture: copy }, [width, height]),
  );
  return gpu.readTexture(copy);
}

const sizes: [number, number][] = [
  [64, 32],
  [37, 23],
  [1, 1],
  [1, 19],
  [3, 3],
  [101, 7],
];

test.each(sizes)('every level of a %i × %i photo is the area average of the one above', async (width, height) => {
  const photo = makePhoto({ width, height }, 7);
  const levels: Pixels[] = mipChain(photo);
  const texture = chain.make(gpu.scope, gpu.uploadTexture('photo', photo.data, width, height));
  expect(texture.mipLevelCount).toBe(levels.length);
  expect(mipLevelCount({ width, height })).toBe(levels.length);
  for (const [i, level] of levels.entries()) {
    const data = await readLevel(texture, i, level);
    const worst = data.reduce((most, v, k) => Math.max(most, Math.abs(v - level.data[k])), 0);
    // Each level may round one step apart, and the next is made from it.
    expect(worst, `level ${i}`).toBeLessThanOrEqual(i ? 1 : 0);
  }
});

test('the mean colour survives down to one pixel', () => {
  const photo = makePhoto({ width: 81, height: 45 }, 3);
  const mean = [0, 1, 2].map(
    (c) => photo.data.filter((_, i) => i % 4 === c).reduce((sum, v) => sum + v, 0) / (81 * 45),
  );
  const last = mipChain(photo).at(-1)!;
  expect([last.width, last.height]).toEqual([1, 1]);
  for (const c of [0, 1, 2]) expect(Math.abs(last.data[c] - mean[c])).toBeLessThan(2);
});
