import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { camerasOf, pinhole } from '../../../../geometry/pinhole.ts';
import type { Pinhole } from '../../../../geometry/pinhole.ts';
import type { DEFAULT_LIFT } from '../../contract/settings.ts';
import type { LightSettings } from '../../../../geometry/lift/lights.ts';
import { normalsOf } from '../normals/cpu.ts';
import { lightsForView, relight } from './cpu.ts';
import type { ViewLights } from './cpu.ts';
import { decodeSrgb, encodeSrgb, encodeSrgbQuickly } from '../srgb.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { makePhoto } from '../../../match/testing/stage.ts';
import { NormalsPass } from '../normals/gpu.ts';
import { RelightPass } from './gpu.ts';

let gpu: TestGpu;
let normalsPass: NormalsPass;
let relightPass: RelightPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  normalsPass = new NormalsPass(gpu.device, gpu.scope);
  relightPass = new RelightPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

/** Depth of every pixel of a camera by the ray through it. */
function depthOf(camera: Pinhole, depth: (u: number, v: number) => number): Float32Array {
  return Float32Array.from({ length: camera.width * camera.height }, (_, i) => {
    const x = i % camera.width;
    const y = (i - x) / camera.width;
    return depth((x + 0.5 - camera.cx) / camera.fx, (y + 0.5 - camera.cy) / camera.fy);
  });
}

/** The plane n·X = d. */
const plane = (n: readonly number[], d: number) => (u: number, v: number) => d / (n[0] * u + n[1] * v + n[2]);

/** A ball in front of a slanted wall, with a hole: jumps, borders and places without depth. */
function scene(camera: Pinhole): Float32Array {
  return depthOf(camera, (u, v) => {
    if (Math.hypot(u - 0.3, v + 0.2) < 0.05) return 0;
    const [dz, dd] = [2, u * u + v * v + 1];
    const root = dz * dz - dd * (dz * dz - 0.5 ** 2);
    return root > 0 ? (dz - Math.sqrt(root)) / dd : plane([0.3, -0.2, -1], -4)(u, v);
  });
}

const normalAt = (normals: Float32Array, { width, height }: Pinhole, x: number, y: number) =>
  [0, 1, 2].map((c) => normals[c * width * height + y * width + x]);

describe('normals', () => {
  const camera = pinhole({ width: 61, height: 43 }, 50);

  test('of a plane are the plane’s, at the border too, and face the camera', () => {
    const length = Math.hypot(0.3, -0.2, -1);
    const expected = [0.3, -0.2, -1].map((v) => v / length);
    const normals = normalsOf(depthOf(camera, plane([0.3, -0.2, -1], -4)), camera);
    for (const [x, y] of [
      [30, 20],
      [5, 40],
    ]) {
      // A plane is no linear function of the pixel, so that differences are exact only in the limit.
      normalAt(normals, camera, x, y).forEach((v, c) => expect(Math.abs(v - expected[c])).toBeLessThan(0.001));
    }
    normalAt(normals, camera, 0, 0).forEach((v, c) => expect(Math.abs(v - expected[c])).toBeLessThan(0.02));
  });

  test('a step edge leaves both sides as they are', () => {
    const normals = normalsOf(
      depthOf(camera, (u) => (u < 0 ? 2 : 3)),
      camera,
    );
    for (const x of [0, 29, 30, 31, 60]) {
      normalAt(normals, camera, x, 20).forEach((v, c) => expect(v).toBeCloseTo([0, 0, -1][c], 5));
    }
  });

  test('a ball’s point away from its middle', () => {
    const depth = scene(camera);
    const normals = normalsOf(depth, camera);
    const [x, y] = [34, 24];
    const z = depth[y * 61 + x];
    const point = [((x + 0.5 - camera.cx) / 50) * z, ((y + 0.5 - camera.cy) / 50) * z, z - 2];
    const expected = point.map((v) => v / 0.5);
    normalAt(normals, camera, x, y).forEach((v, c) => expect(Math.abs(v - expected[c])).toBeLessThan(0.02));
  });

  test('places without depth have none; a lone place faces the camera', () => {
    const depth = new Float32Array(61 * 43);
    depth[10 * 61 + 50] = 2;
    const normals = normalsOf(depth, camera);
    expect(normalAt(normals, camera, 3, 3)).toEqual([0, 0, 0]);
    const ray = [(50.5 - camera.cx) / 50, (10.5 - camera.cy) / 50, 1];
    const length = Math.hypot(...ray);
    normalAt(normals, camera, 50, 10).forEach((v, c) => expect(v).toBeCloseTo(-ray[c] / length, 5));
  });

  test.each([
    [61, 43],
    [1, 1],
    [7, 90],
  ])('WGSL equals the reference: %i × %i', async (width, height) => {
    const view = pinhole({ width, height }, 50);
    const depth = scene(view);
    const target = gpu.scope.storage('normals', 3 * depth.byteLength);
    await gpu.submit((encoder) => normalsPass.run(encoder, view, gpu.upload('depth', depth), target));
    const normals = await gpu.readFloats(target, 3 * depth.length);
    const expected = normalsOf(depth, view);
    normals.forEach((v, i) => expect(Math.abs(v - expected[i])).toBeLessThan(1e-4));
  });
});

test('the sRGB curve: there and back, and its table', () => {
  for (let i = 0; i <= 1000; i++) {
    const v = (i / 1000) ** 3;
    expect(decodeSrgb(encodeSrgb(v))).toBeCloseTo(v, 7);
    expect(Math.abs(encodeSrgbQuickly(v) - encodeSrgb(v))).toBeLessThan(2e-5);
  }
  expect([-1, 0, 1, 7].map(encodeSrgbQuickly)).toEqual([0, 0, 1, 1]);
});

describe('relighting', () => {
  const camera = pinhole({ width: 61, height: 43 }, 50);
  const lights: LightSettings = {
    on: { a: true, b: true },
    ambient: 0.4,
    lights: [
      { position: [-0.6, -0.5, 0.1], color: [1, 0.9, 0.5], power: 0.8 },
      { position: [0.4, 0.3, 0.6], color: [0.3, 0.6, 1], power: 0.2 },
    ],
    shadows: false,
  };

  test('ambient 1 without lights leaves the picture', () => {
    const colour = makePhoto(camera, 3);
    const depth = scene(camera);
    const view: ViewLights = { ambient: 1, lights: [], shadows: true, unit: 3 };
    const lit = relight({ colour, depth, normals: normalsOf(depth, camera), camera }, view);
    lit.data.forEach((v, i) => expect(Math.abs(v - colour.data[i])).toBeLessThanOrEqual(0));
  });

  test('a light at the camera on a wall follows the closed form', () => {
    const colour = { ...makePhoto(camera, 3), data: new Uint8ClampedArray(4 * 61 * 43).fill(120) };
    const depth = depthOf(camera, () => 2);
    const settings = { ...lights, ambient: 0.1, lights: [{ position: [0, 0, 0], color: [1, 0.5, 2], power: 0.7 }] };
    const view = lightsForView(settings as LightSettings, 2, null);
    const lit = relight({ colour, depth, normals: normalsOf(depth, camera), camera }, view).data;
    for (const [x, y] of [
      [30, 21],
      [3, 40],
    ]) {
      const tangent = Math.hypot((x + 0.5 - camera.cx) / 50, (y + 0.5 - camera.cy) / 50);
      const cosine = 1 / Math.hypot(1, tangent);
      // Distance 2 / cosine in scene units is 1 / cosine in units of the median depth.
      const received = 0.7 * cosine ** 3;
      [1, 0.5, 2].forEach((c, k) => {
        const expected = 255 * encodeSrgb(decodeSrgb(120 / 255) * (0.1 + c * received));
        expect(Math.abs(lit[4 * (y * 61 + x) + k] - expected)).toBeLessThan(0.6);
      });
    }
  });

  test('lights stay where they are in the scene when the camera moves', () => {
    const motion = { rotation: [5, -20, 8], translation: [0.2, -0.1, 0.4], zoom: 1 } as typeof DEFAULT_LIFT.motion;
    const cameras = camerasOf({ depth: { focal: 0.8 }, motion }, camera, 2.5);
    const [light] = lightsForView(lights, 2.5, cameras).lights;
    const r = cameras.rotation;
    // Back to camera a: Rᵀ(X_b − t).
    const away = light.position.map((v, i) => v - cameras.translation[i]);
    [0, 1, 2].forEach((i) => {
      const back = r[i] * away[0] + r[3 + i] * away[1] + r[6 + i] * away[2];
      expect(back).toBeCloseTo(2.5 * lights.lights[0].position[i], 5);
    });
  });

  test('a board between light and wall throws its shadow where the rays say', () => {
    // A wall at 2, a board at 1.7 on the left; the light is left of it at the board's height.
    const board = (u: number) => (u < -0.2 ? 1.7 : 2);
    const depth = depthOf(camera, board);
    const colour = { ...makePhoto(camera, 3), data: new Uint8ClampedArray(4 * 61 * 43).fill(200) };
    const settings = { ...lights, ambient: 0, shadows: true };
    settings.lights = [{ position: [-1.2, 0, 1.2 / 2], color: [1, 1, 1], power: 1 }];
    const view = lightsForView(settings, 2, null);
    const input = { colour, depth, normals: normalsOf(depth, camera), camera };
    const shaded = relight(input, view).data;
    const open = relight(input, { ...view, shadows: false }).data;
    const row = 21 * 61;
    // The light is at x −2.4, z 1.2, the board's edge at x −0.34, z 1.7: their ray goes on to the wall.
    const end = -0.34 + (2.06 * 0.3) / 0.5;
    // The bias and the steps eat some pixels of the shadow's end.
    const column = (x: number) => Math.floor((x / 2) * 50 + camera.cx);
    expect(open[4 * (row + column(end) - 15)]).toBeGreaterThan(20);
    expect(shaded[4 * (row + column(end) - 15)]).toBe(0);
    expect(shaded[4 * (row + Math.min(60, column(end) + 4))]).toBe(open[4 * (row + Math.min(60, column(end) + 4))]);
    expect(shaded[4 * (row + 10)]).toBe(open[4 * (row + 10)]);
  });

  test.each([
    [61, 43, false],
    [61, 43, true],
    [9, 31, true],
  ])('WGSL equals the reference: %i × %i, shadows %s', async (width, height, shadows) => {
    const view = pinhole({ width, height }, 50);
    const colour = makePhoto(view, 4);
    const depth = scene(view);
    const normals = normalsOf(depth, view);
    const source = gpu.uploadTexture('colour', colour.data, width, height);
    const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC;
    const target = gpu.scope.texture('lit', { size: [width, height], format: 'rgba8unorm', usage });
    const buffers = {
      colour: source,
      depth: gpu.upload('depth', depth),
      normals: gpu.upload('normals', normals),
      camera: view,
    };
    const settings = lightsForView({ ...lights, shadows }, 3, null);
    await gpu.submit((encoder) => relightPass.run(encoder, buffers, settings, target));
    const lit = await gpu.readTexture(target);
    const expected = relight({ colour, depth, normals, camera: view }, settings).data;
    // A shadow's ray may cross a pixel's border a rounding apart; everything else differs by rounding alone.
    const wrong = lit.filter((v, i) => Math.abs(v - expected[i]) > 1).length;
    expect(wrong).toBeLessThanOrEqual(shadows ? 0.005 * lit.length : 0);
  });
});
