import { expect, test } from 'vitest';
import { readPng } from '../../../../formats/images/png-reader.ts';
import { readTruth, summarise } from '../../../compare/worker/truth/read-truth.ts';
import { CpuRenderer } from '../drawing/cpu-renderer.ts';
import { liftedPhoto, NO_FILLER, NO_SKY_MODEL, smallSettings } from '../lift-scene.test-helper.ts';
import { truthNpz } from '../../../../exports/dataset/truth-npz.ts';
import { encodePicture } from './pair-files.ts';
import { probeFrame } from '../score/probe-frame.ts';
import { Scenes } from '../scenes.ts';

async function frame() {
  const { photo, depth } = liftedPhoto({ width: 90, height: 60 });
  const settings = smallSettings(90);
  const renderer = new CpuRenderer(null, NO_FILLER);
  await renderer.render({ scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 });
  return (await renderer.read())!;
}

test('Compare reads the truth of a pair as it was rendered', async () => {
  const rendered = await frame();
  const { size, warp, visible, facts } = rendered;
  const bytes = new Uint8Array(await (await truthNpz({ ...rendered, cameras: facts.cameras })).arrayBuffer());
  const truth = await readTruth([{ name: 'truth.npz', bytes }], { a: size, b: size });
  expect(truth.kind).toBe('warp');
  expect(truth.viewpoint).toBeCloseTo(facts.viewpoint, 3);
  expect(summarise(truth).seen).toBeCloseTo(facts.visible, 1);
  let compared = 0;
  for (let i = 0; i < visible.a.length; i += 7) {
    const [x, y] = [((i % 90) + 0.5) / 90, (Math.floor(i / 90) + 0.5) / 60];
    const place = truth.warp(x, y);
    if (!place) continue;
    compared++;
    expect(place.x).toBeCloseTo((warp.a[i] + 1) / 2, 4);
    expect(place.y).toBeCloseTo((warp.a[5400 + i] + 1) / 2, 4);
  }
  expect(compared).toBeGreaterThan(300);
});

test('pictures are lossless', async () => {
  const { colour, size } = await frame();
  const file = await encodePicture(colour.b, size);
  const { samples, channels } = await readPng(new Uint8Array(await file.arrayBuffer()));
  expect(channels).toBe(3);
  samples.forEach((value, at) => expect(value).toBe(colour.b[4 * Math.floor(at / 3) + (at % 3)]));
});

test('a probed place comes back from the other side', async () => {
  const rendered = await frame();
  const there = probeFrame(rendered, 'a', { x: 50.5, y: 33.5 })!;
  expect(there.visible).toBe(true);
  const back = probeFrame(rendered, 'b', there)!;
  expect(Math.hypot(back.x - 50.5, back.y - 33.5)).toBeLessThan(0.2);
  expect(probeFrame(rendered, 'a', { x: -1, y: 5 })).toBe(null);
  const hole = rendered.visible.b.indexOf(0);
  expect(probeFrame(rendered, 'b', { x: (hole % 90) + 0.5, y: Math.floor(hole / 90) + 0.5 })).toBe(null);
});
