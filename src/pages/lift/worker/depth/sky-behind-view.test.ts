import { afterAll, beforeAll, expect, test } from 'vitest';
import { shadersReady } from '../../../../platform/gpu/shader.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import type { HoleFill, LiftSettings } from '../../contract/settings.ts';
import { CpuRenderer } from '../drawing/cpu-renderer.ts';
import type { FrameRequest, PlainFrame, Scene } from '../drawing/frame.ts';
import { LiftPasses } from '../drawing/gpu-passes.ts';
import { GpuRenderer } from '../drawing/gpu-renderer.ts';
import { liftedPhoto, NO_FILLER, NO_SKY_MODEL, smallSettings } from '../lift-scene.test-helper.ts';
import type { HoleFiller, LiftRenderer } from '../drawing/renderer.ts';
import { sceneSky } from './scene-sky.ts';
import { Scenes } from '../scenes.ts';

const SKY = [40, 90, 220] as const;
/** What a network would put in holes. */
const MADE_UP = 7;

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());

/** The photo's upper 40 % are sky of one colour. */
async function skyScene(settings: LiftSettings): Promise<Scene> {
  const { photo, depth } = liftedPhoto({ width: 121, height: 93 });
  const scene = await new Scenes(NO_SKY_MODEL).get(photo, depth, settings);
  const { width, height } = scene.size;
  const rows = Math.round(0.4 * height);
  const sky = new Float32Array(width * height).fill(1, 0, rows * width);
  const data = scene.photo.data.slice();
  for (let i = 0; i < rows * width; i++) data.set([...SKY, 255], 4 * i);
  return { ...scene, key: `${scene.key}/sky`, sky, photo: { ...scene.photo, data } };
}

async function request(fill: HoleFill, change?: (settings: LiftSettings) => void): Promise<FrameRequest> {
  const settings = smallSettings(121);
  settings.motion = { rotation: [0, 0, 0], translation: [-0.2, 0.05, 0], zoom: 1 };
  settings.render = { ...settings.render, fill };
  change?.(settings);
  return { scene: await skyScene(settings), settings, seed: 1 };
}

async function gpuRenderer(filler: HoleFiller): Promise<LiftRenderer> {
  const renderer = new GpuRenderer(gpu.scope, new LiftPasses(gpu.scope), null, filler);
  await shadersReady(gpu.device);
  return renderer;
}

const RENDERERS: [string, (filler: HoleFiller) => Promise<LiftRenderer>][] = [
  ['CPU', async (filler) => new CpuRenderer(null, filler)],
  ['GPU', gpuRenderer],
];

const colourAt = ({ size, colour }: PlainFrame, x: number, y: number) => {
  const at = 4 * (y * size.width + x);
  return [...colour.b.subarray(at, at + 4)];
};

/** A place amid the sky of both views. */
const IN_SKY = [60, 10] as const;

test('the sky is made once a mask and threshold', async () => {
  const asked = await request('push-pull');
  const plate = sceneSky(asked)!;
  const { settings } = asked;
  expect(sceneSky({ ...asked, settings: { ...settings, depth: { ...settings.depth, shift: 0.4 } } })).toBe(plate);
  expect(sceneSky({ ...asked, settings: { ...settings, sky: { ...settings.sky, threshold: 0.6 } } })).not.toBe(plate);
  expect(sceneSky(await request('none'))).toBeNull();
  expect(sceneSky({ ...asked, scene: { ...asked.scene, sky: null } })).toBeNull();
});

test.each(RENDERERS)('%s: the sky is drawn, and stays a hole for truth and counts', async (_, open) => {
  const renderer = await open(NO_FILLER);
  const bareFacts = await renderer.render(await request('none'));
  const bare = (await renderer.read())!;
  expect(colourAt(bare, ...IN_SKY)).toEqual([0, 0, 0, 0]);
  const facts = await renderer.render(await request('push-pull'));
  const filled = (await renderer.read())!;
  expect(colourAt(filled, ...IN_SKY)).toEqual([...SKY, 255]);
  for (const key of ['visible', 'depth', 'warp'] as const) expect(filled[key]).toEqual(bare[key]);
  expect(filled.places).toEqual(bare.places);
  expect([facts.covered, facts.visible]).toEqual([bareFacts.covered, bareFacts.visible]);
  expect(filled.visible.b[IN_SKY[1] * filled.size.width + IN_SKY[0]]).toBe(0);
  // Back again: nothing of the sky is left over.
  await renderer.render(await request('none'));
  expect((await renderer.read())!.colour.b).toEqual(bare.colour.b);
  renderer.destroy();
});

test.each(RENDERERS)('%s: under lights the view’s sky is the photo’s', async (_, open) => {
  const renderer = await open(NO_FILLER);
  const lit = (settings: LiftSettings) => {
    settings.light = { ...settings.light, ambient: 0.6, on: { a: true, b: true } };
  };
  await renderer.render(await request('push-pull', lit));
  const frame = (await renderer.read())!;
  const at = 4 * (IN_SKY[1] * frame.size.width + IN_SKY[0]);
  expect(colourAt(frame, ...IN_SKY)).toEqual([...frame.colour.a.subarray(at, at + 4)]);
  expect(frame.colour.b[at + 2]).toBeLessThan(SKY[2]);
  renderer.destroy();
});

test.each(RENDERERS)('%s: a network fills what is no sky', async (_, open) => {
  let asked: { sky: number; holes: number } | null = null;
  const renderer = await open({
    inpaint: async ({ data, width }, holes) => {
      asked = { sky: holes[IN_SKY[1] * width + IN_SKY[0]], holes: holes.reduce((sum, v) => sum + v, 0) };
      return data.map((v, i) => (holes[i >> 2] && i % 4 < 3 ? MADE_UP : v));
    },
  });
  await renderer.render(await request('model'));
  const frame = (await renderer.read())!;
  expect(asked!.sky).toBe(0);
  expect(asked!.holes).toBeGreaterThan(100);
  expect(colourAt(frame, ...IN_SKY)).toEqual([...SKY, 255]);
  expect(frame.visible.b[IN_SKY[1] * frame.size.width + IN_SKY[0]]).toBe(0);
  renderer.destroy();
});
