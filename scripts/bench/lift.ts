import { describeAdapter } from '../../src/platform/gpu/device.ts';
import { createForward, ForwardWarpPass } from '../../src/pages/lift/passes/forward-warp/gpu.ts';
import { FillPass } from '../../src/pages/lift/passes/fill/gpu.ts';
import { createMesh, LiftMeshPass } from '../../src/pages/lift/passes/mesh/gpu.ts';
import { createView, LiftRenderPass } from '../../src/pages/lift/passes/render/gpu.ts';
import { ScorePass } from '../../src/compute/score/gpu.ts';
import { medianDepth } from '../../src/pages/lift/passes/depth/cpu.ts';
import { fillHoles } from '../../src/pages/lift/passes/fill/cpu.ts';
import { forwardWarp } from '../../src/pages/lift/passes/forward-warp/cpu.ts';
import { liftMesh } from '../../src/pages/lift/passes/mesh/cpu.ts';
import { renderView } from '../../src/pages/lift/passes/render/cpu.ts';
import { measureField } from '../../src/compute/score/cpu.ts';
import { TestGpu } from '../../src/platform/gpu/testing/dawn.ts';
import { makeFields } from '../../src/pages/match/testing/fields.ts';
import { EDGE, MOTIONS, shootScene, TOLERANCE } from '../../src/pages/lift/testing/lift-views.ts';
import type { SceneShot } from '../../src/pages/lift/testing/lift-views.ts';

const ROUNDS = 15;

/** Prints the median milliseconds of every part of a frame, a ball before a wall at side × side pixels. */
export async function measureLift(side: number): Promise<void> {
  const size = { width: side, height: side };
  const shot = shootScene('sphere', MOTIONS.aside, size);
  console.log(`${side} × ${side}, median of ${ROUNDS} rounds, milliseconds`);
  onCpu(shot);
  await onGpu(shot);
}

function onCpu({ photo, depth, disparity, mesh, cameras }: SceneShot): void {
  const { size } = mesh;
  const view = renderView(photo, mesh, cameras);
  const forward = forwardWarp(depth, mesh, view.depth, cameras, TOLERANCE);
  const { a: field } = makeFields({ a: { width: 96, height: 96 }, b: { width: 96, height: 96 } });
  const truth = { size, warp: forward.warp, places: forward.places, other: size };
  const parts: [name: string, run: () => unknown][] = [
    ['mesh (once per depth)', () => liftMesh(disparity, depth, size, EDGE)],
    ['median depth (once per depth)', () => medianDepth(depth)],
    ['render', () => renderView(photo, mesh, cameras)],
    ['forward warp', () => forwardWarp(depth, mesh, view.depth, cameras, TOLERANCE)],
    ['fill holes', () => fillHoles(view.colour, view.visible, size)],
    ['score', () => measureField(field, truth)],
  ];
  for (const [name, run] of parts) {
    const times = Array.from({ length: ROUNDS }, () => {
      const begin = performance.now();
      run();
      return performance.now() - begin;
    });
    report('CPU', name, times);
  }
}

async function onGpu({ photo, depth, disparity, mesh, cameras }: SceneShot): Promise<void> {
  const gpu = await TestGpu.open();
  const { device, scope } = gpu;
  const { size } = mesh;
  const points = size.width * size.height;
  const { STORAGE_BINDING, COPY_SRC } = GPUTextureUsage;
  const buffers = {
    mesh: createMesh(scope, size),
    view: createView(scope, size),
    forward: createForward(scope, size),
    disparity: gpu.upload('disparity', disparity),
    photo: gpu.uploadTexture('photo', photo.data, size.width, size.height),
    pyramid: FillPass.createPyramid(scope, size),
    filled: scope.texture('filled', {
      size: [size.width, size.height],
      format: 'rgba8unorm',
      usage: STORAGE_BINDING | COPY_SRC,
    }),
    error: scope.storage('error', 4 * points),
    counters: scope.storage('counters', ScorePass.bytes),
  };
  device.queue.writeBuffer(buffers.mesh.depth, 0, depth as Float32Array<ArrayBuffer>);
  const { a: made } = makeFields({ a: { width: 96, height: 96 }, b: { width: 96, height: 96 } });
  const field = {
    grid: made.grid,
    warp: gpu.upload('warp', made.warp),
    certainty: gpu.upload('certainty', made.certainty),
  };
  const truth = { size, warp: buffers.forward.warp, places: buffers.forward.places, other: size };
  const passes = {
    mesh: new LiftMeshPass(device, scope),
    render: new LiftRenderPass(device, scope),
    forward: new ForwardWarpPass(device, scope),
    fill: new FillPass(device, scope),
    score: new ScorePass(device, scope),
  };
  const { view, forward, filled, pyramid, error, counters } = buffers;
  const render = (encoder: GPUCommandEncoder) => passes.render.run(encoder, buffers.mesh, buffers.photo, cameras, view);
  const warp = (encoder: GPUCommandEncoder) =>
    passes.forward.run(encoder, buffers.mesh, view, cameras, TOLERANCE, forward);
  const fill = (encoder: GPUCommandEncoder) => passes.fill.run(encoder, view.colour, view.visible, pyramid, filled);
  const parts: [name: string, record: (encoder: GPUCommandEncoder) => void][] = [
    ['mesh (once per depth)', (encoder) => passes.mesh.run(encoder, buffers.mesh, buffers.disparity, EDGE)],
    ['render', render],
    ['forward warp', warp],
    ['fill holes', fill],
    ['score', (encoder) => passes.score.run(encoder, field, truth, error, counters)],
    ['whole frame (render, forward warp, fill)', (encoder) => [render, warp, fill].forEach((step) => step(encoder))],
  ];
  const adapter = describeAdapter(gpu.gpu.info);
  for (const [name, record] of parts) {
    await gpu.submit(record);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now();
      await gpu.submit(record);
      times.push(performance.now() - begin);
    }
    report(adapter, name, times);
  }
  gpu.close();
}

function report(where: string, name: string, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  console.log(`${where.padEnd(26)} ${name.padEnd(42)} ${sorted[times.length >> 1].toFixed(1).padStart(8)}`);
}
