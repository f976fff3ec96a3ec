import { expect, test } from 'vitest';
import type { PlainMatchField } from '../../gpu/reference/field.ts';
import { CpuBackend } from '../cpu-backend.ts';
import { CpuRenderer } from './cpu-renderer.ts';
import type { PlainFrame } from './frame.ts';
import { liftedPhoto, NO_FILLER, NO_SKY_MODEL, smallSettings } from './lift-scene.test-helper.ts';
import type { ViewMatcher } from './matchers.ts';
import { measure } from './measure.ts';
import { Scenes } from './scenes.ts';

async function renderedViews() {
  const { photo, depth } = liftedPhoto({ width: 160, height: 120 });
  const settings = smallSettings(160);
  const renderer = new CpuRenderer(null, NO_FILLER);
  await renderer.render({ scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 });
  return { renderer, views: (await renderer.pin())! };
}

/** A matcher that answers with the truth moved by (dx, dy) pixels, and is certain of what is visible. */
function knowingMatcher({ size, warp, visible }: PlainFrame, [dx, dy]: readonly [number, number]): ViewMatcher {
  const points = size.width * size.height;
  const side = (name: 'a' | 'b') => ({
    grid: size,
    photo: size,
    warp: warp[name].map((place, i) => place + (i < points ? (2 * dx) / size.width : (2 * dy) / size.height)),
    certainty: Float32Array.from(visible[name], (seen) => (seen ? 0.9 : 0.1)),
    cycle: new Float32Array(points),
  });
  const field: PlainMatchField = { a: side('a'), b: side('b') };
  const matcher = { manifest: { id: 'knowing', name: 'Knowing' } };
  return { matcher, backend: new CpuBackend(null), match: async () => ({ field }) } as unknown as ViewMatcher;
}

test('a match that is wrong by a known way has just that error, at a long side of 640 px', async () => {
  const { views } = await renderedViews();
  const { score, maps } = await measure(knowingMatcher(views.frame, [0.6, -0.8]), views, { longSide: null });
  // One pixel at 160 px is four at 640.
  expect(score.epe).toBeCloseTo(4, 2);
  expect(score.medianError).toBeCloseTo(4, 0);
  expect(score.pck).toEqual([0, 0, 1, 1]);
  expect(score.auroc).toBe(1);
  expect(score.places).toBe(views.frame.visible.a.reduce((sum, seen) => sum + seen, 0));
  expect(score.curve.reduce((sum, { places }) => sum + places, 0)).toBe(score.places);
  for (const side of ['a', 'b'] as const) {
    const measured = maps[side].error.filter((error) => error >= 0);
    expect(measured.length).toBe(views.frame.visible[side].reduce((sum, seen) => sum + seen, 0));
    expect(Math.max(...measured)).toBeCloseTo(4, 1);
  }
});

test('the truth itself has no error', async () => {
  const { views } = await renderedViews();
  const { score } = await measure(knowingMatcher(views.frame, [0, 0]), views, { longSide: null });
  expect(score.epe).toBeLessThan(1e-3);
  expect(score.pck).toEqual([1, 1, 1, 1]);
});

test('views keep their pictures while others are rendered; the photo has the same key, the view another', async () => {
  const { renderer, views } = await renderedViews();
  const before = views.photos.b.pixels().data.slice();
  const { photo, depth } = liftedPhoto({ width: 160, height: 120 });
  const settings = smallSettings(160);
  settings.motion = { ...settings.motion, rotation: [0, -25, 0] };
  await renderer.render({ scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 });
  expect(views.isShown()).toBe(false);
  expect(views.photos.b.pixels().data).toEqual(before);
  const next = (await renderer.pin())!;
  expect(next.photos.a.key).toBe(views.photos.a.key);
  expect(next.photos.b.key).not.toBe(views.photos.b.key);
});
