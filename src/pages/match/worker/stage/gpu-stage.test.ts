import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { makeFields, uploadFields } from '../../testing/fields.ts';
import { GpuStage } from './gpu-stage.ts';

const PHOTOS = { a: { width: 160, height: 120 }, b: { width: 100, height: 140 } };

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());
afterEach(() => vi.unstubAllGlobals());

function openStage(): GpuStage {
  vi.stubGlobal('navigator', { gpu: { getPreferredCanvasFormat: () => 'rgba8unorm' } });
  vi.stubGlobal('requestAnimationFrame', () => 1);
  const texture = gpu.scope.texture('canvas', {
    size: [64, 48],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT,
  });
  const context = { configure: () => {}, getCurrentTexture: () => texture };
  const canvas = { width: 64, height: 48, getContext: () => context } as unknown as OffscreenCanvas;
  return new GpuStage(gpu.gpu, canvas, gpu.scope);
}

it('samples a match that lies in memory as the passes do, without compiling them, until another sample is wanted', async () => {
  const stage = openStage();
  const plainField = makeFields({ a: { width: 21, height: 15 }, b: { width: 13, height: 17 } }, PHOTOS);
  const field = uploadFields(gpu, plainField);
  const match = { gpuField: () => field, plainField };
  const settings = { ...DEFAULT_VIEW, count: 60, threshold: 0.05, cycleLimit: 1000 };
  stage.setView(settings, 'light');
  const compiled = vi.spyOn(gpu.device, 'createComputePipeline');
  stage.show(match);
  const plain = await stage.readMatches();
  expect(compiled).not.toHaveBeenCalled();
  expect(plain.length).toBe(60 * ROW_FLOATS);
  stage.setView({ ...settings, seed: 2 }, 'light');
  const other = await stage.readMatches();
  expect(compiled).toHaveBeenCalled();
  expect(other).not.toEqual(plain);
  // The passes are there now: the same match once more is theirs.
  stage.setView(settings, 'light');
  stage.show(match);
  const passes = await stage.readMatches();
  expect(passes.length).toBe(plain.length);
  expect(Math.max(...passes.map((value, i) => Math.abs(value - plain[i])))).toBeLessThan(1e-6);
});
