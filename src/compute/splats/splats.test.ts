import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { float16ToFloat32, float32ToFloat16 } from '../../formats/arrays/half.ts';
import { activate } from '../../gaussians/activate.ts';
import type { SplatCamera } from '../../gaussians/camera.ts';
import { cloudCamera, randomScene } from '../../gaussians/random-scene.test-helper.ts';
import type { CameraGradient } from '../../gaussians/gradient/chain.ts';
import { movedCamera } from '../../gaussians/gradient/moved-camera.ts';
import { type DifferentiableRasteriser, plainRasteriser } from '../../gaussians/gradient/rasteriser.ts';
import { Refiner } from '../../gaussians/gradient/refine.ts';
import { renderView, SCREEN_STRIDE, screenGradients } from '../../gaussians/gradient/screen.ts';
import { DEPTH_KINDS, renderSplats, type SplatMaps } from '../../gaussians/raster/render.ts';
import { createTable, type GaussianTable, type ShDegree } from '../../gaussians/table.ts';
import { seededRandom } from '../../geometry/random.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { GradientKernels, SplatGradients } from './gradient/gpu.ts';
import { GpuRasteriser } from './gradient/rasteriser.ts';
import { PresentPass, SplatLook } from './look/gpu.ts';
import { SplatMeasure } from './measure/gpu.ts';
import { requireRoom, SplatScene } from './scene.ts';
import { paintMaps } from './show/cpu.ts';
import { depthRange, PANE_KINDS, type SplatPane } from './show/pane.ts';
import { SplatKernels, SplatViewer } from './viewer.ts';

// One file for all passes: compiling them for the software adapter takes longer than running them.

let gpu: TestGpu;
let kernels: SplatKernels;
let gradient: GradientKernels;
let present: PresentPass;
let viewer: SplatViewer;
beforeAll(async () => {
  gpu = await TestGpu.open();
  kernels = new SplatKernels(gpu.device);
  gradient = new GradientKernels(gpu.device);
  present = new PresentPass(gpu.device, gpu.scope, 'rgba8unorm');
  viewer = new SplatViewer(kernels, gpu.scope, { format: 'rgba8unorm' });
  await viewer.ready();
}, 60_000);
afterAll(() => gpu.close());

function open(table: GaussianTable, orderOn: 'cpu' | 'gpu') {
  const scope = gpu.scope.child('scene');
  const scene = new SplatScene(kernels.project, scope, table);
  const look = new SplatLook(kernels.look, kernels.sort, scene, table, orderOn);
  return {
    scene,
    close: () => scope.destroy(),
    async picture(camera: SplatCamera, background: readonly [number, number, number] = [0, 0, 0]) {
      const { width, height } = camera;
      const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
      const stage = scope.texture('stage', { size: [width, height], format: 'rgba8unorm', usage });
      scene.setView(camera);
      await gpu.submit((encoder) => {
        const picture = look.record(encoder, camera);
        const rect = { x: 0, y: 0, width, height };
        present.record(encoder, stage.createView(), picture, rect, { background, ground: [0, 0, 0] });
      });
      return { data: await gpu.readTexture(stage), width, height };
    },
  };
}

/** Largest difference of any channel from the judge's picture, in steps of 255. */
function pictureError(
  { data }: { data: Uint8ClampedArray },
  table: GaussianTable,
  camera: SplatCamera,
  background: [number, number, number],
): number {
  const { colour, width, height } = renderSplats(activate(table), camera, { background, colourOnly: true });
  const points = width * height;
  let largest = 0;
  for (let k = 0; k < 3 * points; k++) {
    const expected = 255 * Math.min(1, Math.max(0, colour[k]));
    largest = Math.max(largest, Math.abs(data[4 * (k % points) + Math.floor(k / points)] - expected));
  }
  return largest;
}

describe('SplatLook', () => {
  it.each([
    [0, 'cpu', 61, 43],
    [2, 'gpu', 129, 17],
  ] as [ShDegree, 'cpu' | 'gpu', number, number][])(
    'degree %d, sorted on the %s, %d×%d: the judge’s picture',
    async (degree, orderOn, width, height) => {
      const table = randomScene(1501, degree, 7 + degree);
      const view = open(table, orderOn);
      const background: [number, number, number] = [0.2, 0.5, 0.9];
      // A second view, so that nothing of the first one's order may stay.
      for (const eye of [[0.2, -0.1, 0] as const, [1.5, 0.3, 7.5] as const]) {
        const camera = cloudCamera(width, height, [...eye]);
        const picture = await view.picture(camera, background);
        // One step, and half of one for the rounding to bytes.
        expect(pictureError(picture, table, camera, background)).toBeLessThan(1.5);
      }
      view.close();
    },
  );

  it('hides what it is told to, and shows it again', async () => {
    const table = randomScene(300, 0, 3);
    const camera = cloudCamera(40, 30);
    const view = open(table, 'gpu');
    const before = await view.picture(camera);
    view.scene.uploadCentres(new Uint8Array(300));
    expect((await view.picture(camera)).data.every((byte, i) => byte === (i % 4 === 3 ? 255 : 0))).toBe(true);
    view.scene.uploadCentres(null);
    expect(await view.picture(camera)).toEqual(before);
    view.close();
  });

  it('draws an empty scene', async () => {
    for (const orderOn of ['cpu', 'gpu'] as const) {
      const view = open(createTable(0, 0), orderOn);
      const { data } = await view.picture(cloudCamera(20, 10), [1, 0, 0]);
      expect([...data.slice(0, 4)]).toEqual([255, 0, 0, 255]);
      view.close();
    }
  });
});

describe('requireRoom', () => {
  const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 };

  it('refuses before the upload what the adapter has no room for', () => {
    expect(() => requireRoom(limits, { count: 1_398_101, shDegree: 3 })).not.toThrow();
    expect(() => requireRoom(limits, { count: 1_398_102, shDegree: 3 })).toThrow(/1,398,102 Gaussians.*128 MiB/);
    const large = { maxBufferSize: 2 ** 32, maxStorageBufferBindingSize: 2 ** 32 };
    expect(() => requireRoom(large, { count: 3_000_000, shDegree: 3 })).not.toThrow();
    expect(() => requireRoom(large, { count: 3_000_001, shDegree: 0 })).toThrow(/takes 3,000,000/);
  });
});

async function measured(table: GaussianTable, cameras: SplatCamera[], firstPairs?: number): Promise<SplatMaps[]> {
  const scope = gpu.scope.child('scene');
  const scene = new SplatScene(kernels.project, scope, table);
  const measure = new SplatMeasure(kernels.measure, kernels.sort, scene, firstPairs);
  const maps: SplatMaps[] = [];
  for (const camera of cameras) maps.push(await measure.measure(camera));
  await gpu.submit(() => {});
  scope.destroy();
  return maps;
}

/** Share of the pixels that are further than `bound` from the judge, relative where `relative`. */
function beyond(actual: ArrayLike<number>, expected: ArrayLike<number>, bound: number, relative = false): number {
  expect(actual.length).toBe(expected.length);
  let count = 0;
  for (let i = 0; i < expected.length; i++) {
    const unit = relative ? Math.max(1e-6, Math.abs(expected[i])) : 1;
    if (!(Math.abs(actual[i] - expected[i]) <= bound * unit)) count++;
  }
  return count / expected.length;
}

/**
 * Pixels (and one in any picture) on which float32 may choose another Gaussian, where T comes that close to ½ or two
 * share the most, or sees a thin disc so exactly edge-on that where it is densest cannot be told.
 */
const flips = ({ alpha }: SplatMaps) => Math.max(0.002, 1 / alpha.length);

function compare(actual: SplatMaps, expected: SplatMaps): void {
  // A Gaussian of α about 1/255 may be in or out.
  expect(beyond(actual.colour, expected.colour, 1 / 255)).toBe(0);
  expect(beyond(actual.alpha, expected.alpha, 1 / 255)).toBe(0);
  for (const kind of DEPTH_KINDS) {
    // Where the blended plane is seen edge-on its depth is ill-conditioned, and no label is made of it.
    const isFit = expected.facing.map((cosine) => (kind !== 'plane' || Math.abs(cosine) > 0.1 ? 1 : 0));
    const wellSeen = (depth: SplatMaps['alpha']) => depth.map((z, i) => z * isFit[i]);
    expect(beyond(wellSeen(actual.depth[kind]), wellSeen(expected.depth[kind]), 1e-4, true), kind).toBeLessThanOrEqual(
      flips(expected),
    );
  }
  expect(beyond(actual.normal, expected.normal, 1e-3)).toBeLessThanOrEqual(flips(expected));
  expect(beyond(actual.facing, expected.facing, 1e-3)).toBeLessThanOrEqual(flips(expected));
  expect(beyond(actual.flatness, expected.flatness, 1e-3)).toBeLessThanOrEqual(flips(expected));
  expect(beyond(actual.dominant, expected.dominant, 0)).toBeLessThanOrEqual(flips(expected));
  expect(beyond(actual.contributors, expected.contributors, 0)).toBeLessThanOrEqual(flips(expected));
}

describe('SplatMeasure', () => {
  it.each([
    [1, 61, 43],
    [3, 129, 17],
  ] as [ShDegree, number, number][])(
    'degree %d, %d×%d: the judge’s maps, the same on every run',
    async (degree, width, height) => {
      const table = randomScene(1501, degree, 7 + degree);
      const cameras = [cloudCamera(width, height), cloudCamera(width + 3, height, [1.5, 0.3, 7.5])];
      const maps = await measured(table, [...cameras, cameras[0]]);
      cameras.forEach((camera, k) => compare(maps[k], renderSplats(activate(table), camera)));
      expect(maps[2]).toEqual(maps[0]);
    },
  );

  it('grows where a view has more pairs than there was room for', async () => {
    const table = randomScene(300, 0, 4);
    const camera = cloudCamera(70, 50);
    const [maps] = await measured(table, [camera], 50);
    compare(maps, renderSplats(activate(table), camera));
  });

  it('draws an empty scene, and one that is all behind', async () => {
    for (const table of [createTable(0, 0), createTable(5, 0)]) {
      const [maps] = await measured(table, [cloudCamera(20, 10)]);
      expect(Math.max(...maps.alpha)).toBe(0);
      expect(maps.dominant.every((index) => index === -1)).toBe(true);
    }
  });
});

describe('SplatGradients', () => {
  it.each([
    [1, 61, 43, undefined],
    [0, 47, 33, 60],
  ] as const)('degree %d, %d×%d: the judge’s derivatives', async (degree, width, height, room) => {
    const table = randomScene(400, degree, 21 + degree);
    for (let i = 0; i < table.logScales.length; i++) table.logScales[i] = Math.max(-3.5, table.logScales[i]);
    // The GPU keeps colours in 16 bits.
    for (const values of [table.sh0, table.shRest]) values.set(float16ToFloat32(float32ToFloat16(values)));
    const camera = cloudCamera(width, height);
    const random = seededRandom(5);
    const byColour = Float32Array.from({ length: 3 * width * height }, () => random() - 0.5);
    const scope = gpu.scope.child('scene');
    const scene = new SplatScene(kernels.project, scope, table);
    const measure = new SplatMeasure(kernels.measure, kernels.sort, scene, room);
    const gradients = new SplatGradients(gradient, scene, measure);
    const actual = await gradients.of(camera, byColour);
    if (!degree) expect(await gradients.of(camera, byColour)).toEqual(actual);
    scope.destroy();

    const view = renderView(activate(table), camera);
    const judge = new Float64Array(SCREEN_STRIDE * table.count);
    const screen = screenGradients(view, { colour: byColour });
    for (const [k, i] of [...view.projected.indices.subarray(0, view.projected.count)].entries()) {
      judge.set(screen.subarray(SCREEN_STRIDE * k, SCREEN_STRIDE * (k + 1)), SCREEN_STRIDE * i);
    }
    for (let kind = 0; kind < SCREEN_STRIDE; kind++) {
      const of = (values: ArrayLike<number>) =>
        Array.from({ length: table.count }, (_, i) => values[SCREEN_STRIDE * i + kind]);
      const [found, expected] = [of(actual), of(judge)];
      const scale = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / table.count);
      expect(scale).toBeGreaterThan(0);
      const off = found.filter(
        (value, i) => !(Math.abs(value - expected[i]) <= 1e-4 * Math.max(scale, Math.abs(expected[i]))),
      );
      // A Gaussian of α about 1/255 on some pixel may be in or out.
      expect(off.length / table.count, `component ${kind}`).toBeLessThan(0.01);
    }
  });
});

describe('GpuRasteriser', () => {
  it('refines a pose, a focal length and colours as the judge does, step by step', async () => {
    const truth = randomScene(150, 0, 31);
    for (let i = 0; i < truth.logScales.length; i++) truth.logScales[i] = Math.max(-3, truth.logScales[i]);
    truth.sh0.set(float16ToFloat32(float32ToFloat16(truth.sh0)));
    const cameras = [cloudCamera(45, 37), movedCamera(cloudCamera(45, 37), { ...STILL, turn: [0, 0.1, 0] })];
    const targets = cameras.map(({ width, height, ...lens }) => {
      const { colour } = renderView(activate(truth), { width, height, ...lens });
      return { width, height, colour };
    });
    const off = movedCamera(cameras[1], { ...STILL, turn: [0.004, -0.006, 0.003], fx: 0.5, fy: 0.5 });
    const shown = Float64Array.from({ length: truth.count }, (_, i) => (i % 3 ? 1 : 0.5));
    const refinedBy = async (rasteriser: DifferentiableRasteriser) => {
      const views = [
        { camera: cameras[0], target: targets[0], moves: false },
        { camera: off, target: targets[1], moves: true, shown },
      ];
      const rates = { turn: 5e-4, shift: 5e-4, focal: 5e-4, colour: 5e-3, depth: 1e-3 };
      const refiner = new Refiner(truth, views, { steps: 2, rates, rasteriser });
      const losses: number[] = [];
      while (!refiner.isDone) losses.push(await refiner.step());
      rasteriser.destroy();
      return { losses, camera: refiner.result().cameras[1] };
    };
    const judge = await refinedBy(plainRasteriser());
    const before = gpu.scope.bytes;
    const found = await refinedBy(new GpuRasteriser({ ...kernels, gradient }, gpu.scope, truth));
    expect(gpu.scope.bytes).toBe(before);
    expect(found.losses.at(-1)).toBeLessThan(found.losses[0]);
    found.losses.forEach((loss, k) => expect(Math.abs(loss / judge.losses[k] - 1)).toBeLessThan(2e-3));
    const apart = found.camera.rotation.map((value, k) => Math.abs(value - judge.camera.rotation[k]));
    // A step of Adam is 5e-4 whatever its gradient: two of them go the same way.
    expect(Math.max(...apart)).toBeLessThan(1e-4);
    expect(Math.abs(found.camera.fx / judge.camera.fx - 1)).toBeLessThan(1e-4);
  });
});

const STILL = { turn: [0, 0, 0], shift: [0, 0, 0], fx: 0, fy: 0, cx: 0, cy: 0 } satisfies CameraGradient;
const SIZE = [53, 38] as const;
const GROUND = { background: [0.25, 0.5, 0.125], ground: [1, 0, 1] } as const;

function stage() {
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  return gpu.scope.texture('stage', { size: [SIZE[0] + 4, SIZE[1] + 2], format: 'rgba8unorm', usage });
}

describe('SplatViewer', () => {
  it('draws every pane as the CPU paints it, around it the ground', async () => {
    const table = randomScene(800, 1, 11);
    viewer.setScene(table);
    const camera = cloudCamera(...SIZE);
    const maps = renderSplats(activate(table), camera);
    const { near, far } = depthRange(maps, 'rayMedian');
    expect(near).toBeGreaterThan(1);
    expect(far).toBeLessThan(7);
    const panes: Record<SplatPane['kind'], SplatPane> = {
      colour: { kind: 'colour' },
      alpha: { kind: 'alpha' },
      normal: { kind: 'normal' },
      dominant: { kind: 'dominant' },
      flatness: { kind: 'flatness' },
      facing: { kind: 'facing' },
      contributors: { kind: 'contributors', most: 30 },
      depth: { kind: 'depth', rule: 'rayMedian', near, far },
      difference: { kind: 'difference', rules: ['centre', 'plane'], most: 0.1 },
    };
    const target = stage();
    const rect = { x: 1, y: 2, width: SIZE[0], height: SIZE[1] };
    const looks = new Set<string>();
    for (const kind of PANE_KINDS) {
      viewer.draw(camera, panes[kind], { view: target.createView(), rect, ...GROUND });
      const bytes = await gpu.readTexture(target);
      const expected = paintMaps(maps, panes[kind], [...GROUND.background]);
      expect([...bytes.subarray(0, 4)]).toEqual([255, 0, 255, 255]);
      let off = 0;
      for (let i = 0; i < SIZE[0] * SIZE[1]; i++) {
        const at = 4 * (target.width * (2 + Math.floor(i / SIZE[0])) + 1 + (i % SIZE[0]));
        const difference = [0, 1, 2].map((c) => Math.abs(bytes[at + c] - expected.data[4 * i + c]));
        if (Math.max(...difference) > 2) off++;
      }
      // Pixels on which float32 chooses another Gaussian.
      expect(off / (SIZE[0] * SIZE[1]), kind).toBeLessThan(0.005);
      looks.add(bytes.join());
    }
    expect(looks.size).toBe(PANE_KINDS.length);
  });

  it('keeps the scene where a larger one is refused, and lets go of all when closed', async () => {
    viewer.setScene(randomScene(100));
    const before = viewer.bytes;
    const huge = { ...randomScene(1), count: 4_000_000 };
    expect(() => viewer.setScene(huge)).toThrow(/4,000,000 Gaussians/);
    expect(viewer.bytes).toBe(before);
    const maps = await viewer.measure(cloudCamera(20, 20));
    expect(Math.max(...maps.alpha)).toBeGreaterThan(0);
    viewer.setScene(null);
    expect(viewer.bytes).toBeLessThan(before);
    const target = stage();
    const rect = { x: 0, y: 0, width: 10, height: 10 };
    viewer.draw(cloudCamera(10, 10), { kind: 'colour' }, { view: target.createView(), rect, ...GROUND });
    expect([...(await gpu.readTexture(target)).subarray(0, 4)]).toEqual([255, 0, 255, 255]);
  });

  it('asks to be drawn again where a pane had too little room', async () => {
    const table = randomScene(200, 0, 2);
    let stale = 0;
    const other = new SplatViewer(kernels, gpu.scope, {
      format: 'rgba8unorm',
      firstPairs: 50,
      onStale: () => void stale++,
    });
    other.setScene(table);
    const camera = cloudCamera(50, 50);
    const view = stage().createView();
    const rect = { x: 0, y: 0, width: 10, height: 10 };
    const draw = () => other.draw(camera, { kind: 'alpha' }, { view, rect, ...GROUND });
    draw();
    await expect.poll(() => stale, { timeout: 20_000 }).toBe(1);
    draw();
    await gpu.submit(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stale).toBe(1);
    other.destroy();
  });
});
