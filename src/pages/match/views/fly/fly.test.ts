import { afterAll, beforeAll, expect, test } from 'vitest';
import { activate } from '../../../../gaussians/activate.ts';
import { renderSplats } from '../../../../gaussians/raster/render.ts';
import { fadedOpacities, flyCamera } from '../../../../gaussians/two-view/path.ts';
import { buildTwoViewScene } from '../../../../gaussians/two-view/build.ts';
import { cameraAt, photoOf } from '../../../../gaussians/two-view/two-planes.test-helper.ts';
import { relativePose } from '../../../../gaussians/camera.ts';
import { STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';
import type { Size } from '../../../../core/geometry.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import type { Pane } from '../../contract/layout.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { contrast, pictureError, renderStage } from '../../testing/stage.ts';
import { FlyKernels, gpuDrawer } from '../../worker/fly/gpu-drawer.ts';
import { plainDrawer } from '../../worker/fly/plain-drawer.ts';
import { PaneBindings } from '../pane/bindings.ts';
import { type Frame, paneUniforms } from '../pane/frame.ts';
import type { DrawnPair } from '../pane/gpu.ts';
import { flyColor } from './cpu.ts';
import type { FlyDrawer, FlyPicture } from './drawer.ts';
import { FlyPainter } from './gpu.ts';

const STAGE: Size = { width: 131, height: 97 };
const [A, B] = [cameraAt(0), cameraAt(1)];
const PHOTO: Size = { width: A.width, height: A.height };
const raw = relativePose(A, B);
const length = Math.hypot(...raw.translation);
const pose = {
  rotation: raw.rotation,
  translation: raw.translation.map((v) => v / length) as [number, number, number],
};
const grid = { width: 27, height: 21 };
const scene = buildTwoViewScene({ photos: { a: photoOf(A, B, grid), b: photoOf(B, A, grid) }, pose, side: 60 });

let gpu: TestGpu;
let painter: FlyPainter;
let drawer: FlyDrawer;
beforeAll(async () => {
  gpu = await TestGpu.open();
  painter = new FlyPainter(new PaneBindings(gpu.device, gpu.scope), gpu.scope, 'rgba8unorm');
  drawer = gpuDrawer(scene, new FlyKernels(gpu.device), gpu.scope);
  // Many pipelines on an emulated adapter.
}, 60_000);
afterAll(() => gpu.close());

const pane: Pane = { side: 'a', kind: 'fly', rect: { x: 0, y: 0, ...STAGE } };
const pair: DrawnPair = {
  photo: () => PHOTO,
  grid: () => ({ width: 1, height: 1 }),
  source: () => {
    throw new Error('a scene needs no photo');
  },
};
const frameOf = (fly: FlyDrawer, at: number, theme: 'light' | 'dark' = 'light', yaw = 0): Frame => ({
  settings: { ...DEFAULT_VIEW, view: 'fly', flyAt: at, flyYaw: yaw },
  ground: STAGE_COLORS[theme],
  stage: STAGE,
  pixelRatio: 1,
  linesShown: false,
  fly,
  now: 0,
});

async function draw(frame: Frame) {
  await gpu.submit((encoder) => painter.prepare(encoder, frame, pane, pair));
  return renderStage(gpu, STAGE, frame.ground, (pass) => painter.draw(pass, frame, pane, pair));
}

test.each(['light', 'dark'] as const)(
  'a picture of the processor, and its holes, equal the twin in the %s theme',
  async (theme) => {
    const size = { width: 37, height: 29 };
    const data = new Uint8ClampedArray(4 * size.width * size.height);
    for (let i = 0; i < data.length / 4; i++) {
      // From a hole on the left to opaque on the right.
      const a = Math.min(1, (i % size.width) / 30);
      data.set([200 * a, (180 * a * (i % 5)) / 4, 90 * a, 255 * a], 4 * i);
    }
    const picture: FlyPicture = { ...size, data };
    const still: FlyDrawer = { on: 'cpu', picture: () => picture, render: async () => picture, destroy: () => {} };
    const frame = frameOf(still, 0.5, theme);
    const drawn = await draw(frame);
    const uniforms = paneUniforms(frame, pane, PHOTO, { width: 1, height: 1 });
    // Texels lie between steps of 1/256, of which the twin knows nothing.
    expect(pictureError(drawn, (x, y) => flyColor({ pane: uniforms }, picture, x, y))).toBeLessThanOrEqual(6);
    expect(contrast(drawn)).toBeGreaterThan(20);
  },
);

test.each([
  [-0.1, 0],
  [0.4, 0],
  [1, 9],
])('the scene by WebGPU at %d of the way, %d° aside, is that of the rasteriser in float64', async (at, yaw) => {
  const frame = frameOf(drawer, at, 'light', yaw);
  const drawn = await draw(frame);
  const { rect } = paneUniforms(frame, pane, PHOTO, { width: 1, height: 1 });
  const size = { width: Math.round(rect[2]), height: Math.round(rect[3]) };
  const active = activate(scene.table);
  const opacities = fadedOpacities(active.opacities, scene.fade, at);
  const maps = renderSplats({ ...active, opacities }, flyCamera(scene, { at, yaw, pitch: 0 }, size), {
    colourOnly: true,
  });
  const points = size.width * size.height;
  let [off, known, worst] = [0, 0, 0];
  for (let i = 0; i < points; i++) {
    if (maps.alpha[i] < 0.7) continue;
    const x = Math.floor(rect[0] + (i % size.width) + 0.5);
    const y = Math.floor(rect[1] + Math.floor(i / size.width) + 0.5);
    if (x < 1 || y < 1 || x >= STAGE.width - 1 || y >= STAGE.height - 1) continue;
    known++;
    for (let c = 0; c < 3; c++) {
      const error = Math.abs(
        drawn.data[4 * (y * STAGE.width + x) + c] - (255 * maps.colour[c * points + i]) / maps.alpha[i],
      );
      off += error / 3;
      worst = Math.max(worst, error);
    }
  }
  expect(known / points).toBeGreaterThan(0.6);
  expect(off / known).toBeLessThan(1.5);
});

test('without a graphics card a small picture comes at once and a larger one after it; what is over draws no more', async () => {
  let pictures = 0;
  const drawer = plainDrawer(scene, () => pictures++);
  if (drawer.on !== 'cpu') throw new Error('drawn by the processor');
  const [place, size] = [
    { at: 0.5, yaw: 0, pitch: 0 },
    { width: 640, height: 480 },
  ];
  expect(drawer.picture(place, size)).toBeNull();
  await expect.poll(() => pictures).toBe(2);
  expect(drawer.picture(place, size)).toMatchObject({ width: 320, height: 240 });
  expect(pictures).toBe(2);
  const whole = await drawer.render({ at: 1, yaw: 0, pitch: 0 }, size);
  expect(whole.data.some((v) => v > 0)).toBe(true);
  drawer.destroy();
  expect(drawer.picture({ at: 0, yaw: 0, pitch: 0 }, size)).toBeNull();
});
