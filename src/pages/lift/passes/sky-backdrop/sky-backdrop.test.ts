import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Size } from '../../../../core/geometry.ts';
import { type CameraPair, camerasOf, type Pinhole, pinhole } from '../../../../geometry/pinhole.ts';
import type { CameraMotion } from '../../../../geometry/pinhole.ts';
import type { Vector3 } from '../../../../core/rotation.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { drawSkyBackdrop } from './cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../../match/testing/fields.ts';
import { makePhoto } from '../../../match/testing/stage.ts';
import { SkyBackdropPass } from './gpu.ts';

const TURNED: CameraMotion = { rotation: [-7, 9, 14], translation: [0, 0, 0], zoom: 0.9 };
const THRESHOLD = 0.5;

let gpu: TestGpu;
let pass: SkyBackdropPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new SkyBackdropPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

const camerasFor = (size: Size, motion = TURNED): CameraPair => camerasOf({ depth: { focal: 0.8 }, motion }, size, 2);

const blank = ({ width, height }: Size): Pixels => ({ data: new Uint8ClampedArray(4 * width * height), width, height });

const allSky = ({ width, height }: Size) => ({
  map: new Float32Array(width * height).fill(1),
  threshold: THRESHOLD,
});

/** What a camera sees of a smooth panorama that is infinitely far; `turn` takes its rays to the panorama's frame. */
function panorama(camera: Pinhole, turn: (ray: Vector3) => Vector3): Pixels {
  const picture = blank(camera);
  for (let i = 0; i < camera.width * camera.height; i++) {
    const x = (i % camera.width) + 0.5;
    const y = Math.floor(i / camera.width) + 0.5;
    const ray = turn([(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, 1]);
    const length = Math.hypot(...ray);
    const colour = [0, 1, 2].map((c) => 128 + 100 * Math.sin((5 * ray[c]) / length + c));
    picture.data.set([...colour, 255], 4 * i);
  }
  return picture;
}

test('a photo of nothing but sky, turned, is the panorama seen from there; a step aside changes nothing', () => {
  const size = { width: 161, height: 97 };
  const cameras = camerasFor(size);
  const r = cameras.rotation;
  const photo = panorama(cameras.a, (ray) => ray);
  const expected = panorama(cameras.b, ([x, y, z]) => [
    r[0] * x + r[3] * y + r[6] * z,
    r[1] * x + r[4] * y + r[7] * z,
    r[2] * x + r[5] * y + r[8] * z,
  ]);
  const nothing = new Uint8Array(161 * 97);
  const { colour, known } = drawSkyBackdrop(blank(size), nothing, photo, allSky(size), cameras);
  const seen = known.reduce((sum, v) => sum + v, 0) / known.length;
  expect(seen).toBeGreaterThan(0.6);
  expect(seen).toBeLessThan(0.95);
  colour.data.forEach((v, i) => expect(Math.abs(v - (known[i >> 2] ? expected.data[i] : 0))).toBeLessThanOrEqual(2));
  const aside = camerasFor(size, { ...TURNED, translation: [0.5, -0.3, 1] });
  expect(drawSkyBackdrop(blank(size), nothing, photo, allSky(size), aside)).toEqual({ colour, known });
});

test('without a turn the sky stays where it is, to the byte; what was rendered stays too', () => {
  const size = { width: 41, height: 23 };
  const photo = makePhoto(size, 5);
  const visible = Uint8Array.from({ length: 41 * 23 }, (_, i) => (i % 3 ? 0 : 1));
  const rendered = { ...photo, data: photo.data.map((v, i) => (visible[i >> 2] ? 255 - v : 0)) };
  const still = camerasFor(size, { rotation: [0, 0, 0], translation: [0.3, 0, 0], zoom: 1 });
  const { colour, known } = drawSkyBackdrop(rendered, visible, photo, allSky(size), still);
  expect(known.every((v) => v === 1)).toBe(true);
  colour.data.forEach((v, i) => expect(v).toBe(visible[i >> 2] ? rendered.data[i] : photo.data[i]));
});

test('nothing that is no sky is drawn', () => {
  const size = { width: 203, height: 60 };
  const plate = panorama(camerasFor(size).a, (ray) => ray);
  const sky = allSky(size);
  for (let i = 0; i < sky.map.length; i++) if (i % 203 >= 120) sky.map[i] = 0.3;
  const zoomed = camerasFor(size, { rotation: [0, 0, 0], translation: [0, 0, 0.5], zoom: 1.9 });
  const { known } = drawSkyBackdrop(blank(size), new Uint8Array(sky.map.length), plate, sky, zoomed);
  // The middle, at 101.5, stays; the mask's end is 18.5 pixels right of it, and 1.9 times as far in the view.
  known.forEach((v, i) => expect(v).toBe((i % 203) + 0.5 < 101.5 + 1.9 * 18.5 ? 1 : 0));
});

test('behind camera a there is no sky', () => {
  const size = { width: 31, height: 17 };
  const cameras = camerasFor(size, { rotation: [0, 170, 0], translation: [0, 0, 0], zoom: 1 });
  const { known } = drawSkyBackdrop(blank(size), new Uint8Array(31 * 17), makePhoto(size, 1), allSky(size), cameras);
  expect(known.some(Boolean)).toBe(false);
});

test.each([
  [
    { width: 133, height: 87 },
    { width: 133, height: 87 },
  ],
  [
    { width: 37, height: 64 },
    { width: 75, height: 41 },
  ],
  [
    { width: 5, height: 1 },
    { width: 9, height: 3 },
  ],
])('WGSL equals the reference: photo %o, view %o', async (size, viewSize) => {
  const cameras = { ...camerasFor(size), b: pinhole(viewSize, 0.7 * viewSize.width) };
  const photo = makePhoto(size, 2);
  const random = randomNumbers(size.width);
  const points = viewSize.width * viewSize.height;
  const map = Float32Array.from({ length: size.width * size.height }, (_, i) => {
    const skyline = 0.6 + 0.2 * Math.sin((9 * (i % size.width)) / size.width);
    return Math.floor(i / size.width) < skyline * size.height && random() > 0.002 ? 0.8 : 0.2;
  });
  const visible = Uint32Array.from({ length: points }, () => (random() < 0.2 ? 1 : 0));
  const rendered = makePhoto(viewSize, 7);
  visible.forEach((seen, i) => seen || rendered.data.fill(0, 4 * i, 4 * i + 4));
  const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC | GPUTextureUsage.COPY_DST;
  const extent = [viewSize.width, viewSize.height];
  const colour = gpu.scope.texture('view', { size: extent, format: 'rgba8unorm', usage });
  gpu.device.queue.writeTexture(
    { texture: colour },
    rendered.data as Uint8ClampedArray<ArrayBuffer>,
    { bytesPerRow: 4 * viewSize.width },
    extent,
  );
  const known = gpu.scope.storage('known', 4 * points);
  const sky = {
    plate: gpu.uploadTexture('plate', photo.data, size.width, size.height),
    sky: gpu.upload('sky', map),
    threshold: THRESHOLD,
  };
  const view = { colour, visible: gpu.upload('visible', visible) };
  await gpu.submit((encoder) => pass.run(encoder, sky, cameras, view, known));
  const expected = drawSkyBackdrop(rendered, visible, photo, { map, threshold: THRESHOLD }, cameras);
  const foundKnown = await gpu.readUints(known, points);
  const found = await gpu.readTexture(colour);
  // A place on the border of two pixels may count to the other one by rounding.
  const apart = foundKnown.filter((v, i) => v !== expected.known[i]).length;
  expect(apart).toBeLessThanOrEqual(0.001 * points);
  found.forEach((v, i) => {
    if (foundKnown[i >> 2] === expected.known[i >> 2]) {
      expect(Math.abs(v - expected.colour.data[i])).toBeLessThanOrEqual(1);
    }
  });
  if (points > 100) expect(expected.known.filter((v, i) => v && !visible[i]).length).toBeGreaterThan(0.05 * points);
});
