import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Orbit } from '../../../../core/viewer/orbit.ts';
import type { CloudScene, CloudUniforms } from './cpu.ts';
import { cloudUniforms, drawCloud } from './cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../testing/fields.ts';
import { DrawCloud } from './gpu.ts';

const SIZE = [157, 101] as const;
const GROUND = [0.2, 0.3, 0.4];

let gpu: TestGpu;
let pass: DrawCloud;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new DrawCloud(gpu.device, gpu.scope, 'rgba8unorm');
});
afterAll(() => gpu.close());

function makeScene(count: number): CloudScene {
  const random = randomNumbers(count + 1);
  const at = () => 4 * random() - 2;
  const place = () => [at(), at(), at() + 5] as const;
  return {
    positions: Float32Array.from(Array.from({ length: count }, place).flat()),
    colors: Uint8Array.from({ length: 3 * count }, () => 255 * random()),
    lines: [
      { start: [-1, -1, 4], end: [1.5, 0.5, 6], color: [1, 0.5, 0] },
      // Begins behind the viewer of every orbit below.
      { start: [0, 0, -30], end: [0.4, 0.3, 5], color: [0, 1, 0.5] },
      { start: [0, 0, -30], end: [0, 0, -40], color: [1, 1, 1] },
    ],
  };
}

async function draw(scene: CloudScene, view: CloudUniforms): Promise<Uint8ClampedArray> {
  const texture = gpu.scope.texture('target', {
    size: [...view.size],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  });
  pass.setScene(scene);
  await gpu.submit((encoder) => pass.draw(encoder, texture.createView(), GROUND, view));
  const data = await gpu.readTexture(texture);
  gpu.scope.release(texture);
  return data;
}

function wrongShare(picture: Uint8ClampedArray, other: Uint8ClampedArray): number {
  let wrong = 0;
  for (let i = 0; i < picture.length; i += 4) {
    if ([0, 1, 2].some((c) => Math.abs(picture[i + c] - other[i + c]) > 2)) wrong++;
  }
  return (4 * wrong) / picture.length;
}

const ORBITS: [string, Orbit][] = [
  ['from the front', { target: [0, 0, 5], distance: 8, yaw: 0, pitch: 0 }],
  ['turned and tilted', { target: [0.3, -0.2, 5], distance: 6, yaw: 0.9, pitch: 0.5 }],
  ['from inside the cloud', { target: [0, 0, 5], distance: 0.8, yaw: 2.8, pitch: -0.4 }],
];

describe.each(ORBITS)('%s', (_, orbit) => {
  test.each([
    ['points', 400, 1.6],
    ['large points that hide each other', 400, 6.3],
    ['lines alone', 0, 1],
  ])('%s equal the reference', async (_, count, radius) => {
    const scene = makeScene(count);
    const view = cloudUniforms(orbit, SIZE, radius, 2.2);
    const picture = await draw(scene, view);
    // Pixels on the very rim of a disc or line may fall to either side in single precision.
    expect(wrongShare(picture, drawCloud(scene, view, GROUND).data)).toBeLessThan(0.004);
    const empty = drawCloud({ ...scene, positions: new Float32Array(0), lines: [] }, view, GROUND).data;
    expect(wrongShare(picture, empty)).toBeGreaterThan(0.004);
  });
});

test('the nearer of two points hides the other, whichever comes first', async () => {
  const view = cloudUniforms({ target: [0, 0, 5], distance: 5, yaw: 0, pitch: 0 }, SIZE, 4, 1);
  for (const [near, far] of [
    [0, 1],
    [1, 0],
  ]) {
    const scene: CloudScene = { positions: new Float32Array(6), colors: new Uint8Array(6), lines: [] };
    scene.positions.set([0, 0, 4], 3 * near);
    scene.positions.set([0, 0, 9], 3 * far);
    scene.colors.set([255, 0, 0], 3 * near);
    scene.colors.set([0, 0, 255], 3 * far);
    const at = 4 * (50 * SIZE[0] + 78);
    expect([...(await draw(scene, view)).subarray(at, at + 3)]).toEqual([255, 0, 0]);
    expect([...drawCloud(scene, view, GROUND).data.subarray(at, at + 3)]).toEqual([255, 0, 0]);
  }
});

test('memory comes back with the next scene', async () => {
  pass.setScene(makeScene(10));
  const few = gpu.scope.bytes;
  pass.setScene(makeScene(10_000));
  expect(gpu.scope.bytes).toBeGreaterThan(few);
  pass.setScene(makeScene(10));
  expect(gpu.scope.bytes).toBe(few);
});
