import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestGpu } from '../../gpu/testing/dawn.ts';
import { LIFT_PICTURES } from '../../shared/lift/api.ts';
import { CpuRenderer } from './cpu-renderer.ts';
import type { FrameRequest } from './frame.ts';
import { LiftPasses } from './gpu-passes.ts';
import { GpuRenderer } from './gpu-renderer.ts';
import { NO_FILLER, NO_SKY_MODEL, liftedPhoto, smallSettings } from './lift-scene.test-helper.ts';
import { Scenes } from './scenes.ts';

let gpu: TestGpu;
let onGpu: GpuRenderer;
beforeAll(async () => {
  gpu = await TestGpu.open();
  onGpu = new GpuRenderer(gpu.scope, new LiftPasses(gpu.scope), null);
});
afterAll(() => gpu.close());

/** Share of values that differ by more than `tolerance`. */
function differing(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): number {
  expect(found.length).toBe(expected.length);
  let count = 0;
  for (let i = 0; i < found.length; i++) if (!(Math.abs(found[i] - expected[i]) <= tolerance)) count++;
  return count / found.length;
}

async function request(longSide: number, yaw: number): Promise<FrameRequest> {
  const { photo, depth } = liftedPhoto({ width: 203, height: 131 });
  const settings = smallSettings(longSide);
  settings.motion = { ...settings.motion, rotation: [2, yaw, -3] };
  settings.sky = { ...settings.sky, source: 'heuristic' };
  return { scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 };
}

describe('a frame on the GPU is that of the references', () => {
  test.each([
    [133, 8],
    [97, -20],
  ])('%i px, yaw %i°', async (longSide, yaw) => {
    const asked = await request(longSide, yaw);
    const onCpu = new CpuRenderer(null, NO_FILLER);
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

test('frames of other sizes and looks leave no memory behind', async () => {
  await onGpu.render(await request(133, 8));
  const before = gpu.scope.bytes;
  for (const longSide of [65, 97, 133]) {
    await onGpu.render(await request(longSide, 10));
    const size = (await onGpu.read())!.size;
    const maps = { error: new Float32Array(size.width * size.height), certainty: new Float32Array(size.width * size.height) };
    onGpu.setScore({ a: maps, b: maps });
  }
  onGpu.setScore(null);
  expect(gpu.scope.bytes).toBe(before);
});
