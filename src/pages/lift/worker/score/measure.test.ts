import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shadersReady } from '../../../../platform/gpu/shader.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { CpuRenderer } from '../drawing/cpu-renderer.ts';
import type { FrameRequest } from '../drawing/frame.ts';
import { LiftPasses } from '../drawing/gpu-passes.ts';
import { GpuRenderer } from '../drawing/gpu-renderer.ts';
import { knowingMatcher } from './knowing-matcher.test-helper.ts';
import { liftedPhoto, NO_FILLER, NO_SKY_MODEL, smallSettings } from '../lift-scene.test-helper.ts';
import { measure } from '../../../../matching/scoring/measure.ts';
import { Scenes } from '../scenes.ts';
import type { ScoreMaps } from '../../../../matching/scoring/score-maps.ts';

async function requestOf(yaw: number): Promise<FrameRequest> {
  const { photo, depth } = liftedPhoto({ width: 160, height: 120 });
  const settings = smallSettings(160);
  settings.motion = { ...settings.motion, rotation: [0, yaw, 0] };
  return { scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 };
}

async function renderedViews() {
  const renderer = new CpuRenderer(null, NO_FILLER);
  await renderer.render(await requestOf(12));
  return { renderer, frame: (await renderer.read())!, views: (await renderer.pin())! };
}

test('a match that is wrong by a known way has just that error, at a long side of 640 px', async () => {
  const { frame, views } = await renderedViews();
  const { score, maps } = await measure(knowingMatcher(frame, [0.6, -0.8]), views, { longSide: null });
  // One pixel at 160 px is four at 640.
  expect(score.epe).toBeCloseTo(4, 2);
  expect(score.medianError).toBeCloseTo(4, 0);
  expect(score.pck).toEqual([0, 0, 1, 1]);
  expect(score.auroc).toBe(1);
  expect(score.places).toBe(frame.visible.a.reduce((sum, seen) => sum + seen, 0));
  expect(score.curve.reduce((sum, { places }) => sum + places, 0)).toBe(score.places);
  for (const side of ['a', 'b'] as const) {
    const measured = plainMaps(maps)[side].error.filter((error) => error >= 0);
    expect(measured.length).toBe(frame.visible[side].reduce((sum, seen) => sum + seen, 0));
    expect(Math.max(...measured)).toBeCloseTo(4, 1);
  }
});

test('the truth itself has no error', async () => {
  const { frame, views } = await renderedViews();
  const { score } = await measure(knowingMatcher(frame, [0, 0]), views, { longSide: null });
  expect(score.epe).toBeLessThan(1e-3);
  expect(score.pck).toEqual([1, 1, 1, 1]);
});

test('views keep their pictures while others are rendered; the photo has the same key, the view another', async () => {
  const { renderer, views } = await renderedViews();
  const before = views.photos.b.pixels().data.slice();
  await renderer.render(await requestOf(-25));
  expect(views.isShown()).toBe(false);
  expect(views.photos.b.pixels().data).toEqual(before);
  const next = (await renderer.pin())!;
  expect(next.photos.a.key).toBe(views.photos.a.key);
  expect(next.photos.b.key).not.toBe(views.photos.b.key);
});

describe('on the GPU', () => {
  let gpu: TestGpu;
  beforeAll(async () => (gpu = await TestGpu.open()));
  afterAll(() => gpu.close());

  test('the score and its pictures are those of the CPU, and nothing stays behind', async () => {
    const onGpu = new GpuRenderer(gpu.scope, new LiftPasses(gpu.scope), null, NO_FILLER);
    await shadersReady(gpu.device);
    const onCpu = new CpuRenderer(null, NO_FILLER);
    const request = await requestOf(12);
    await onGpu.render(request);
    await onCpu.render(request);
    const before = gpu.scope.bytes;
    const matcher = knowingMatcher((await onCpu.read())!, [1.5, 0.5], gpu.scope);
    const [views, plainViews] = [(await onGpu.pin('wasm'))!, (await onCpu.pin())!];
    expect(views.photos.b.pixels()).toMatchObject({ width: 160, height: 120 });
    const found = await measure(matcher, views, { longSide: null });
    const expected = await measure(matcher, plainViews, { longSide: null });
    expect(found.score.epe).toBeCloseTo(expected.score.epe, 2);
    expect(found.score.places / expected.score.places).toBeCloseTo(1, 2);
    expect(found.score.auroc).toBeCloseTo(expected.score.auroc!, 2);
    onGpu.setScore(found.maps);
    onCpu.setScore(expected.maps);
    for (const picture of ['error', 'certainty'] as const) {
      const appearance = { display: { pictures: { a: picture, b: picture }, maxError: 10 }, theme: 'light' } as const;
      onGpu.show(appearance);
      onCpu.show(appearance);
      for (const side of ['a', 'b'] as const) {
        const [drawn, wanted] = [(await onGpu.paint(side))!.data, (await onCpu.paint(side))!.data];
        expect(drawn.filter((value, at) => Math.abs(value - wanted[at]) > 6).length / drawn.length).toBeLessThan(0.02);
      }
    }
    views.release();
    onGpu.setScore(null);
    expect(gpu.scope.bytes).toBe(before);
  });
});

function plainMaps(maps: ScoreMaps) {
  if (maps.on !== 'cpu') throw new Error('These maps are on the GPU.');
  return maps.sides;
}
