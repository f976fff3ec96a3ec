import { afterAll, beforeAll, expect, test } from 'vitest';
import { resizeMap } from '../../../compute/resize-map/cpu.ts';
import { TestGpu } from '../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../match/testing/fields.ts';
import { LiftCountPass } from './count/gpu.ts';
import { ResizeMapPass } from '../../../compute/resize-map/gpu.ts';
import { ShowPanePass } from './show-pane/gpu.ts';

let gpu: TestGpu;
beforeAll(async () => (gpu = await TestGpu.open()));
afterAll(() => gpu.close());

const random = randomNumbers(9);
const values = (count: number, low = 0, high = 1) =>
  Float32Array.from({ length: count }, () => low + (high - low) * random());

test.each([
  [
    { width: 13, height: 7 },
    { width: 31, height: 22 },
  ],
  [
    { width: 40, height: 9 },
    { width: 11, height: 17 },
  ],
  [
    { width: 1, height: 1 },
    { width: 5, height: 3 },
  ],
])('a map of %o at %o', async (from, to) => {
  const pass = new ResizeMapPass(gpu.device, gpu.scope);
  const map = values(from.width * from.height);
  const resized = gpu.scope.storage('resized', 4 * to.width * to.height);
  await gpu.submit((encoder) => pass.run(encoder, gpu.upload('map', map), from, resized, to));
  const found = await gpu.readFloats(resized, to.width * to.height);
  resizeMap(map, from, to).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
});

test('covered and visible pixels are counted exactly', async () => {
  const pass = new LiftCountPass(gpu.device, gpu.scope);
  const points = 10_007;
  const depth = values(points, -1, 1).map((z) => Math.max(0, z));
  const visible = Uint32Array.from(depth, () => (random() < 0.3 ? 1 : 0));
  const counts = gpu.scope.storage('counts', LiftCountPass.bytes);
  const buffers = [gpu.upload('depth', depth), gpu.upload('visible', visible)] as const;
  // Twice: the second run starts from nothing again.
  for (let run = 0; run < 2; run++) await gpu.submit((encoder) => pass.run(encoder, points, ...buffers, counts));
  expect(LiftCountPass.parse((await gpu.readUints(counts, 2)).buffer as ArrayBuffer)).toEqual({
    covered: depth.filter((z) => z > 0).length,
    visible: visible.filter((seen) => seen).length,
  });
});

test('a picture lies on its pane where it is told to, the ground around it', async () => {
  const pass = new ShowPanePass(gpu.device, gpu.scope, 'rgba8unorm');
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  const target = gpu.scope.texture('pane', { size: [10, 6], format: 'rgba8unorm', usage });
  const bytes = Uint8ClampedArray.from({ length: 16 }, (_, at) => [255, 0, 0, 255][at % 4]);
  const red = gpu.uploadTexture('red', bytes, 2, 2);
  const rect = { x: 2, y: 0, width: 6, height: 6 };
  await gpu.submit((encoder) => pass.run(encoder, target.createView(), red, rect, [0, 0, 1, 1]));
  const pixels = await gpu.readTexture(target);
  for (let x = 0; x < 10; x++) {
    const inside = x >= 2 && x < 8;
    expect([...pixels.subarray(4 * (30 + x), 4 * (30 + x) + 4)]).toEqual(inside ? [255, 0, 0, 255] : [0, 0, 255, 255]);
  }
});
