import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pinhole } from '../../../../geometry/pinhole.ts';
import { disparityToDepth } from '../depth/cpu.ts';
import { forwardWarp } from '../forward-warp/cpu.ts';
import { renderView } from './cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../../match/testing/fields.ts';
import { SCENES } from '../../testing/lift-scenes.ts';
import type { SceneName } from '../../testing/lift-scenes.ts';
import { compareWithTruth } from '../../testing/lift-truth.ts';
import { EDGE, FAR_MOTIONS, MOTIONS, SHOT_SIZE, shootScene, TOLERANCE } from '../../testing/lift-views.ts';
import type { SceneShot } from '../../testing/lift-views.ts';
import { makePhoto } from '../../../match/testing/stage.ts';
import { LiftDepthPass } from '../depth/gpu.ts';
import { createForward, ForwardWarpPass } from '../forward-warp/gpu.ts';
import { createMesh, LiftMeshPass } from '../mesh/gpu.ts';
import { createView, LiftRenderPass } from './gpu.ts';

let gpu: TestGpu;
let passes: { depth: LiftDepthPass; mesh: LiftMeshPass; render: LiftRenderPass; forward: ForwardWarpPass };
beforeAll(async () => {
  gpu = await TestGpu.open();
  const { device, scope } = gpu;
  passes = {
    depth: new LiftDepthPass(device, scope),
    mesh: new LiftMeshPass(device, scope),
    render: new LiftRenderPass(device, scope),
    forward: new ForwardWarpPass(device, scope),
  };
});
afterAll(() => gpu.close());

/** Everything that the GPU makes of a shot, read back. */
async function liftOnGpu({ photo, depth, disparity, mesh, cameras }: SceneShot) {
  const { size } = mesh;
  const points = size.width * size.height;
  const viewPoints = cameras.b.width * cameras.b.height;
  const scope = gpu.scope.child('shot');
  const meshBuffers = createMesh(scope, size);
  gpu.device.queue.writeBuffer(meshBuffers.depth, 0, depth as Float32Array<ArrayBuffer>);
  const texture = gpu.uploadTexture('photo', photo.data, photo.width, photo.height);
  const view = createView(scope, cameras.b);
  const forward = createForward(scope, size);
  const disparityBuffer = gpu.upload('disparity', disparity);
  await gpu.submit((encoder) => {
    passes.mesh.run(encoder, meshBuffers, disparityBuffer, EDGE);
    passes.render.run(encoder, meshBuffers, texture, cameras, view);
    passes.forward.run(encoder, meshBuffers, view, cameras, TOLERANCE, forward);
  });
  const found = {
    indices: await gpu.readUints(meshBuffers.indices, mesh.indices.length),
    view: {
      colour: await gpu.readTexture(view.colour),
      depth: await gpu.readFloats(view.depth, viewPoints),
      warp: await gpu.readFloats(view.warp, 2 * viewPoints),
      visible: await gpu.readUints(view.visible, viewPoints),
    },
    forward: {
      warp: await gpu.readFloats(forward.warp, 2 * points),
      visible: await gpu.readUints(forward.visible, points),
      places: await gpu.readUints(forward.places, points),
    },
  };
  scope.destroy();
  return found;
}

describe.each(Object.keys(SCENES) as SceneName[])('%s', (name) => {
  test.each(['aside', 'turned'] as const)('the view “%s” is that of ray tracing', async (key) => {
    const shot = shootScene(name, MOTIONS[key], SHOT_SIZE);
    const { view, forward } = await liftOnGpu(shot);
    const margin = name === 'sphere' ? 2.5 : 1;
    for (const [direction, found] of [
      ['view-to-photo', view],
      ['photo-to-view', forward],
    ] as const) {
      const report = compareWithTruth(SCENES[name], shot.cameras, direction, found, margin);
      expect(report.wrong, direction).toBe(0);
      expect(report.worst, direction).toBeLessThan(0.05);
      expect(report.compared, direction).toBeGreaterThan(0.45 * SHOT_SIZE.width * SHOT_SIZE.height);
    }
  });
});

/** Share of the places at which two maps differ by more than `tolerance`. */
function shareApart(found: ArrayLike<number>, reference: ArrayLike<number>, tolerance = 0): number {
  let apart = 0;
  for (let i = 0; i < reference.length; i++) if (!(Math.abs(found[i] - reference[i]) <= tolerance)) apart++;
  return apart / reference.length;
}

describe('against the reference', () => {
  const sizes: [number, number][] = [
    [121, 87],
    [37, 64],
    [2, 9],
    [1, 1],
  ];
  test.each(sizes)('%i × %i', async (width, height) => {
    await compareWithReference(shootScene('sphere', MOTIONS.turned, { width, height }));
  });

  test('a photo larger than the mesh and a view of yet another size', async () => {
    const shot = shootScene('sphere', MOTIONS.aside, SHOT_SIZE);
    const { cameras } = shot;
    const b = pinhole({ width: 75, height: 99 }, 0.8 * cameras.b.fx);
    await compareWithReference({
      ...shot,
      photo: makePhoto({ width: 251, height: 170 }, 4),
      cameras: { ...cameras, b },
    });
  });

  async function compareWithReference(shot: SceneShot) {
    const found = await liftOnGpu(shot);
    const view = renderView(shot.photo, shot.mesh, shot.cameras);
    const forward = forwardWarp(shot.depth, shot.mesh, view.depth, shot.cameras, TOLERANCE);
    expect([...found.indices]).toEqual([...shot.mesh.indices]);
    // A rasteriser may draw a pixel at an outline that the other leaves to what lies behind.
    const outline = 0.01;
    expect(shareApart(found.view.visible, view.visible)).toBeLessThan(outline);
    expect(shareApart(found.view.depth, view.depth, 1e-3)).toBeLessThan(outline);
    expect(shareApart(found.view.warp, view.warp, 1e-4)).toBeLessThan(outline);
    expect(shareApart(found.view.colour, view.colour, 1)).toBeLessThan(outline);
    expect(shareApart(found.forward.warp, forward.warp, 1e-5)).toBe(0);
    expect(shareApart(found.forward.visible, forward.visible)).toBeLessThan(outline);
    expect(shareApart(found.forward.places, forward.places)).toBeLessThan(outline);
  }

  test.each(FAR_MOTIONS)('%s', async (_, motion) => {
    const shot = shootScene('sphere', motion, SHOT_SIZE);
    const found = await liftOnGpu(shot);
    const view = renderView(shot.photo, shot.mesh, shot.cameras);
    for (const map of [found.view.depth, found.view.warp, found.forward.warp]) {
      expect(map.every(Number.isFinite)).toBe(true);
    }
    expect(shareApart(found.view.visible, view.visible)).toBeLessThan(0.03);
  });

  test('the same input gives the same bits', async () => {
    const shot = shootScene('sphere', MOTIONS.turned, SHOT_SIZE);
    expect(await liftOnGpu(shot)).toEqual(await liftOnGpu(shot));
  });

  test.each([1, 63, 65, 1001])('depth of %i places, with and without sky', async (points) => {
    const random = randomNumbers(points);
    const disparity = Float32Array.from({ length: points }, () => (random() < 0.1 ? 0 : 0.001 + random()));
    const sky = { map: Float32Array.from({ length: points }, random), threshold: 0.6 };
    const range = { scale: 1.2, shift: -0.05, near: 0.9, far: 20 };
    const buffers = { disparity: gpu.upload('disparity', disparity), sky: gpu.upload('sky', sky.map) };
    const depth = gpu.scope.storage('depth', 4 * points);
    for (const mask of [sky, null]) {
      const onGpu = mask && { map: buffers.sky, threshold: mask.threshold };
      await gpu.submit((encoder) => passes.depth.run(encoder, points, buffers.disparity, onGpu, range, depth));
      const reference = disparityToDepth(disparity, range, mask);
      (await gpu.readFloats(depth, points)).forEach((z, i) => {
        expect(Math.abs(z - reference[i])).toBeLessThanOrEqual(2e-5 * reference[i]);
      });
    }
  });
});
