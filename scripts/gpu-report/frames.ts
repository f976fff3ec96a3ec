import type { SplatPane } from '../../src/compute/splats/show/pane.ts';
import { SplatKernels, SplatViewer } from '../../src/compute/splats/viewer.ts';
import type { SplatCamera } from '../../src/gaussians/camera.ts';
import { createTable, type GaussianTable } from '../../src/gaussians/table.ts';
import { seededRandom } from '../../src/geometry/random.ts';
import { FillPass } from '../../src/pages/lift/passes/fill/gpu.ts';
import { createForward, ForwardWarpPass } from '../../src/pages/lift/passes/forward-warp/gpu.ts';
import { createMesh, LiftMeshPass } from '../../src/pages/lift/passes/mesh/gpu.ts';
import { createView, LiftRenderPass } from '../../src/pages/lift/passes/render/gpu.ts';
import { EDGE, MOTIONS, shootScene, TOLERANCE } from '../../src/pages/lift/testing/lift-views.ts';
import { TestGpu } from '../../src/platform/gpu/testing/dawn.ts';
import { type FrameTime, timed } from './report.ts';

const PICTURE = { width: 1280, height: 720 } as const;
/** A large object, and a captured room: the second's colour is to be there within 8 ms on a graphics card. */
const GAUSSIANS = [200_000, 1_000_000];
/** A processor draws so many in the time of a card's. */
const EMULATED_GAUSSIANS = [2_000];
const LIFTED = { width: 512, height: 512 } as const;

/** Pictures of a scene of Gaussians, and of a lifted photo from a new view. */
export async function reportFrames(runs: number, isFallback: boolean): Promise<FrameTime[]> {
  const gpu = await TestGpu.open();
  try {
    const splats: FrameTime[] = [];
    for (const count of isFallback ? EMULATED_GAUSSIANS : GAUSSIANS) {
      splats.push(...(await splatFrames(gpu, runs, count, isFallback)));
    }
    return [...splats, await liftFrame(gpu, runs)];
  } finally {
    gpu.close();
  }
}

async function splatFrames(gpu: TestGpu, runs: number, count: number, isFallback: boolean): Promise<FrameTime[]> {
  const { width, height } = PICTURE;
  const viewer = new SplatViewer(new SplatKernels(gpu.device), gpu.scope, { format: 'rgba8unorm' });
  await viewer.ready();
  viewer.setScene(ballOfGaussians(count));
  const stage = gpu.scope.texture('stage', {
    size: [width, height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT,
  });
  const camera: SplatCamera = {
    width,
    height,
    fx: 0.8 * width,
    fy: 0.8 * width,
    cx: width / 2,
    cy: height / 2,
    rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    translation: [0, 0, 0],
  };
  const target = {
    view: stage.createView(),
    rect: { x: 0, y: 0, width, height },
    background: [0, 0, 0] as const,
    ground: [0, 0, 0] as const,
  };
  const what = `${count.toLocaleString('en')} Gaussians at ${width} × ${height}`;
  const panes: [string, SplatPane][] = [
    ['colour', { kind: 'colour' }],
    // Minutes on a processor.
    ...(isFallback ? [] : [['normals, by the tile rasteriser', { kind: 'normal' }] as [string, SplatPane]]),
  ];
  const times: FrameTime[] = [];
  let turn = 0;
  for (const [name, pane] of panes) {
    const draw = async () => {
      // Another view each time: one that was drawn is not computed again.
      viewer.draw({ ...camera, translation: [0.001 * turn++, 0, 0] }, pane, target);
      await gpu.device.queue.onSubmittedWorkDone();
    };
    times.push({ what: `${what}, ${name}`, ...(await timed(runs, draw)) });
  }
  viewer.destroy();
  gpu.scope.release(stage);
  return times;
}

async function liftFrame(gpu: TestGpu, runs: number): Promise<FrameTime> {
  const { device, scope } = gpu;
  const { photo, depth, disparity, cameras } = shootScene('sphere', MOTIONS.aside, LIFTED);
  const mesh = createMesh(scope, LIFTED);
  device.queue.writeBuffer(mesh.depth, 0, depth as Float32Array<ArrayBuffer>);
  const view = createView(scope, LIFTED);
  const forward = createForward(scope, LIFTED);
  const pyramid = FillPass.createPyramid(scope, LIFTED);
  const texture = gpu.uploadTexture('photo', photo.data, LIFTED.width, LIFTED.height);
  const filled = scope.texture('filled', {
    size: [LIFTED.width, LIFTED.height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC,
  });
  const passes = {
    mesh: new LiftMeshPass(device, scope),
    render: new LiftRenderPass(device, scope),
    forward: new ForwardWarpPass(device, scope),
    fill: new FillPass(device, scope),
  };
  const buffer = gpu.upload('disparity', disparity);
  await gpu.submit((encoder) => passes.mesh.run(encoder, mesh, buffer, EDGE));
  const frame = () =>
    gpu.submit((encoder) => {
      passes.render.run(encoder, mesh, texture, cameras, view);
      passes.forward.run(encoder, mesh, view, cameras, TOLERANCE, forward);
      passes.fill.run(encoder, view.colour, view.visible, pyramid, filled);
    });
  const what = `lifted photo at ${LIFTED.width} × ${LIFTED.height}: view, warp, filled holes`;
  return { what, ...(await timed(runs, frame)) };
}

/** Discs of a few pixels all over a ball of space, as a captured scene has them. */
export function ballOfGaussians(count: number): GaussianTable {
  const random = seededRandom(1);
  const table = createTable(count, 0);
  const size = 2.5 / Math.cbrt(count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      table.positions[3 * i + k] = (k === 2 ? 4 : 0) + 3 * (random() - 0.5);
      table.logScales[3 * i + k] = Math.log(size * (0.2 + 0.5 * random()));
      table.sh0[3 * i + k] = 3 * (random() - 0.5);
    }
    const q = [0, 1, 2, 3].map(() => random() - 0.5);
    const length = Math.hypot(...q);
    for (let k = 0; k < 4; k++) table.quaternions[4 * i + k] = q[k] / length;
    table.opacityLogits[i] = 4 * (random() - 0.3);
  }
  return table;
}
