import { expect, test } from 'vitest';
import { CpuRenderer } from './cpu-renderer.ts';
import type { FrameRequest } from './frame.ts';
import { inpaintingPlan } from '../depth/inpainting-network.ts';
import { liftedPhoto, NO_FILLER, NO_SKY_MODEL, smallSettings } from '../lift-scene.test-helper.ts';
import { Scenes } from '../scenes.ts';

async function requestOf(part: Partial<FrameRequest['settings']>): Promise<FrameRequest> {
  const { photo, depth } = liftedPhoto({ width: 80, height: 60 });
  const settings = { ...smallSettings(80), ...part };
  return { scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 };
}

test('without its network holes are filled smoothly, the frame is held, and the lack is told', async () => {
  const renderer = new CpuRenderer(null, NO_FILLER);
  const { render } = smallSettings(80);
  const asked = await requestOf({ render: { ...render, fill: 'model' } });
  await expect(renderer.render(asked)).rejects.toThrow('no inpainting network');
  expect(renderer.request).toBe(asked);
  const frame = (await renderer.read())!;
  await renderer.render(await requestOf({ render: { ...render, fill: 'push-pull' } }));
  expect((await renderer.read())!.colour.b).toEqual(frame.colour.b);
  renderer.clear();
  expect(renderer.request).toBe(null);
  expect(await renderer.read()).toBe(null);
});

test('holes that are to be seen stay transparent, whatever the camera does', async () => {
  const { render, photometric } = smallSettings(80);
  const look = { ...photometric.b, exposure: 1, blur: 1 };
  const renderer = new CpuRenderer(null, NO_FILLER);
  await renderer.render(await requestOf({ render: { ...render, fill: 'none' }, photometric: { a: look, b: look } }));
  const { colour, visible, facts } = (await renderer.read())!;
  visible.b.forEach((seen, i) => expect(colour.b[4 * i + 3]).toBe(seen ? 255 : 0));
  expect(facts.covered).toBeCloseTo(visible.b.filter((seen) => seen).length / visible.b.length, 6);
});

test('inputs of open shapes are told by their names', () => {
  const open = [null, null, null, null];
  const inputs = ['mask', 'image'].map((name) => ({ name, shape: open }));
  const plan = inpaintingPlan({ inputs, outputs: [{ name: 'output', shape: open }] }, 'lama.onnx');
  expect(plan).toEqual({ image: 'image', mask: 'mask', output: 'output', fixed: null });
});
