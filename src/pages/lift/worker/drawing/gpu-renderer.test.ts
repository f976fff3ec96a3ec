import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shadersReady } from '../../../../platform/gpu/shader.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { LIFT_PICTURES } from '../../contract/api.ts';
import type { HoleFill, LiftSettings } from '../../contract/settings.ts';
import { CpuRenderer } from './cpu-renderer.ts';
import type { FrameRequest } from './frame.ts';
import { LiftPasses } from './gpu-passes.ts';
import { GpuRenderer } from './gpu-renderer.ts';
import { GREY_FILLER, NO_SKY_MODEL, liftedPhoto, smallSettings } from '../lift-scene.test-helper.ts';
import { Scenes } from '../scenes.ts';

let gpu: TestGpu;
let onGpu: GpuRenderer;
beforeAll(async () => {
  gpu = await TestGpu.open();
  onGpu = new GpuRenderer(gpu.scope, new LiftPasses(gpu.scope), null, GREY_FILLER);
  await shadersReady(gpu.device);
});
afterAll(() => gpu.close());

/** Share of values that differ by more than `tolerance`. */
function differing(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): number {
  expect(found.length).toBe(expected.length);
  let count = 0;
  for (let i = 0; i < found.length; i++) if (!(Math.abs(found[i] - expected[i]) <= tolerance)) count++;
  return count / found.length;
}

async function request(
  longSide: number,
  yaw: number,
  change?: (settings: LiftSettings) => void,
): Promise<FrameRequest> {
  const { photo, depth } = liftedPhoto({ width: 203, height: 131 });
  const settings = smallSettings(longSide);
  settings.motion = { ...settings.motion, rotation: [2, yaw, -3] };
  settings.sky = { ...settings.sky, source: 'heuristic' };
  change?.(settings);
  return { scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 };
}

describe('a frame on the GPU is that of the references', () => {
  test.each([
    [133, 8],
    [97, -20],
  ])('%i px, yaw %i°', async (longSide, yaw) => {
    const asked = await request(longSide, yaw);
    const onCpu = new CpuRenderer(null, GREY_FILLER);
    const facts = { gpu: await onGpu.render(asked), cpu: await onCpu.render(asked) };
    expect(facts.gpu.size).toEqual(facts.cpu.size);
    expect(facts.gpu.covered).toBeCloseTo(facts.cpu.covered, 2);
    expect(facts.gpu.visible).toBeCloseTo(facts.cpu.visible, 2);
    expect(facts.gpu.cameras).toEqual(facts.cpu.cameras);
    const [found, expected] = [(await onGpu.read())!, (await onCpu.read())!];
    // The rasterisers may decide otherwise about pixels on a triangle's edge at a silhouette.
    for (const side of ['a', 'b'] as const) {
      expect(differing(found.colour[side], expected.colour[side], 3)).toBeLessThan(0.005);
      expect(differing(found.depth[side], expected.depth[side], 1e-3)).toBeLessThan(0.005);
      expect(differing(found.warp[side], expected.warp[side], 1e-4)).toBeLessThan(0.005);
      expect(differing(found.visible[side], expected.visible[side], 0)).toBeLessThan(0.005);
    }
    for (const picture of LIFT_PICTURES) {
      const appearance = { display: { pictures: { a: picture, b: picture }, maxError: 5 }, theme: 'dark' } as const;
      onGpu.show(appearance);
      onCpu.show(appearance);
      for (const side of ['a', 'b'] as const) {
        const painted = [(await onGpu.paint(side))!.data, (await onCpu.paint(side))!.data];
        expect(differing(painted[0], painted[1], 4)).toBeLessThan(0.01);
      }
    }
  });
});

test("light, a network's filling and the camera's changes give the same views", async () => {
  const asked = await request(113, 10, (settings) => {
    settings.light = { ...settings.light, on: { a: true, b: true }, shadows: true };
    settings.render = { ...settings.render, fill: 'model' };
    settings.photometric = {
      a: { exposure: -0.5, gamma: 1.2, noise: 0, blur: 0, jpeg: 100 },
      b: { exposure: 0.4, gamma: 0.9, noise: 0.05, blur: 1, jpeg: 100 },
    };
  });
  const onCpu = new CpuRenderer(null, GREY_FILLER);
  await onGpu.render(asked);
  await onCpu.render(asked);
  const [found, expected] = [(await onGpu.read())!, (await onCpu.read())!];
  for (const side of ['a', 'b'] as const) {
    expect(differing(found.colour[side], expected.colour[side], 4)).toBeLessThan(0.02);
  }
  // Grey, then developed as everything else: without noise it would be one colour.
  const holes = [...expected.visible.b].flatMap((seen, i) => (seen ? [] : [expected.colour.b[4 * i]]));
  expect(holes.length).toBeGreaterThan(50);
  expect(holes.reduce((sum, value) => sum + value, 0) / holes.length).toBeGreaterThan(100);
});

test('a filling that nobody waits for any more is left out', async () => {
  const filledBy = (fill: HoleFill) => request(65, 10, (settings) => (settings.render = { ...settings.render, fill }));
  const asked = await filledBy('model');
  await onGpu.render(await filledBy('push-pull'));
  const expected = (await onGpu.read())!.colour.b;
  await onGpu.render(asked, () => true);
  expect((await onGpu.read())!.colour.b).toEqual(expected);
});

test('views are held for a matcher while the next frame is drawn', async () => {
  await onGpu.render(await request(97, 5));
  const bytes = gpu.scope.bytes;
  const views = (await onGpu.pin('wasm'))!;
  await onGpu.render(await request(97, 25));
  expect(views.isShown()).toBe(false);
  const next = (await onGpu.read())!;
  expect(await gpu.readTexture(views.photos.b.texture())).toEqual(views.photos.b.pixels().data);
  expect(next.colour.b).not.toEqual(views.photos.b.pixels().data);
  views.release();
  expect(gpu.scope.bytes).toBe(bytes);
});

test('frames of other sizes and looks leave no memory behind', async () => {
  await onGpu.render(await request(133, 8));
  const before = gpu.scope.bytes;
  for (const longSide of [65, 97, 133]) {
    await onGpu.render(await request(longSide, 10));
    (await onGpu.pin('webgpu'))!.release();
  }
  expect(gpu.scope.bytes).toBe(before);
});
