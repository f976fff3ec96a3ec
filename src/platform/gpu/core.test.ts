import { afterAll, beforeAll, expect, test } from 'vitest';
import sampling from '../../../shaders/common/sampling.wgsl';
import { linearWorkgroups, recordCompute } from './dispatch.ts';
import { Scope } from './scope.ts';
import { createComputePipeline, createComputeStep, createShader, shadersReady } from './shader.ts';
import { TestGpu } from './testing/dawn.ts';
import { UniformRing } from './uniforms.ts';

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());

test('a WGSL error names the pass and the line', async () => {
  createShader(gpu.device, 'broken-pass', '@compute @workgroup_size(1) fn main() { let x = missing; }');
  await expect(shadersReady(gpu.device)).rejects.toMatchObject({
    code: 'shader-invalid',
    message: expect.stringMatching(/broken-pass.*missing/),
  });
  await shadersReady(gpu.device);
});

test('a pipeline error names the pass', async () => {
  const shader = createShader(gpu.device, 'no-entry', '@compute @workgroup_size(1) fn main() {}');
  createComputePipeline(gpu.device, shader, 'other');
  await expect(shadersReady(gpu.device)).rejects.toThrow(/no-entry\/other/);
});

test('a ring of uniforms keeps the values of each run of one submit apart', async () => {
  const shader = createShader(
    gpu.device,
    'ring',
    `struct Params { scale: f32, offset: vec2f, place: u32 }
     @group(0) @binding(0) var<uniform> params: Params;
     @group(0) @binding(1) var<storage, read_write> result: array<f32>;
     @compute @workgroup_size(1) fn main() { result[params.place] = params.scale + params.offset.y; }`,
  );
  const pipeline = createComputeStep(gpu.device, shader, 'main');
  const ring = new UniformRing(gpu.device, gpu.scope, shader, 'params');
  const result = gpu.scope.storage('result', 12);
  await gpu.submit((encoder) => {
    for (let place = 0; place < 3; place++) {
      const uniforms = ring.push({ scale: place, offset: [7, 10], place });
      recordCompute(encoder, gpu.device, pipeline, { params: uniforms, result: { buffer: result } }, [1, 1]);
    }
  });
  expect([...(await gpu.readFloats(result, 3))]).toEqual([10, 11, 12]);
});

test('bilinear reading follows grid_sample: centres exact, halves mixed, border clamped', async () => {
  const shader = createShader(
    gpu.device,
    'taps',
    `${sampling}
     @group(0) @binding(0) var<storage, read> plane: array<f32>;
     @group(0) @binding(1) var<storage, read> points: array<vec2f>;
     @group(0) @binding(2) var<storage, read_write> result: array<f32>;
     @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) {
       let t = bilinearTaps(points[id.x], vec2u(3, 2));
       let v = vec4f(plane[t.index.x], plane[t.index.y], plane[t.index.z], plane[t.index.w]);
       result[id.x] = dot(v, t.weight);
     }`,
  );
  const pipeline = createComputeStep(gpu.device, shader, 'main');
  const plane = gpu.upload('plane', Float32Array.of(1, 2, 3, 10, 20, 30));
  const points = gpu.upload('points', Float32Array.of(-2 / 3, -0.5, 0, 0.5, 0, 0, -1 / 3, -0.5, -5, -5, 5, 5));
  const result = gpu.scope.storage('result', 24);
  await gpu.submit((encoder) =>
    recordCompute(
      encoder,
      gpu.device,
      pipeline,
      { plane: { buffer: plane }, points: { buffer: points }, result: { buffer: result } },
      [6, 1],
    ),
  );
  const values = await gpu.readFloats(result, 6);
  [1, 20, 11, 1.5, 1, 30].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 4));
});

test('a scope counts bytes, rounds sizes up and destroys once', () => {
  const scope = new Scope(gpu.device, 'outer');
  const child = scope.child('inner');
  const buffer = scope.storage('odd', 13);
  child.texture('photo', { size: [4, 2], format: 'rgba8unorm', usage: GPUTextureUsage.TEXTURE_BINDING });
  expect(buffer.size).toBe(16);
  expect(buffer.label).toBe('outer/odd');
  expect(scope.bytes).toBe(16 + 32);
  child.destroy();
  child.destroy();
  expect(scope.bytes).toBe(16);
  scope.release(buffer);
  scope.release(buffer);
  expect(scope.bytes).toBe(0);
  scope.destroy();
  expect(() => scope.storage('late', 4)).toThrow(/destroyed/);
});

test('long lists are folded into two dimensions within the limit', () => {
  expect(linearWorkgroups(0)).toEqual([1, 1]);
  expect(linearWorkgroups(64 * 65_535)).toEqual([65_535, 1]);
  const [x, y] = linearWorkgroups(64 * 65_535 + 1);
  expect(y).toBe(2);
  expect(x * y * 64).toBeGreaterThan(64 * 65_535);
});
