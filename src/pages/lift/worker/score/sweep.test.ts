import type { MatchScore } from '../../../../core/match-score.ts';
import { expect, test } from 'vitest';
import { viewpointAngle } from '../../../../geometry/pinhole.ts';
import type { LiftProgress, SweepOptions } from '../../contract/api.ts';
import { CpuRenderer } from '../drawing/cpu-renderer.ts';
import type { FrameRequest } from '../drawing/frame.ts';
import { liftedPhoto, NO_FILLER, NO_SKY_MODEL, smallSettings } from '../lift-scene.test-helper.ts';
import { Scenes } from '../scenes.ts';
import { settingsAt, sweep, valueAt } from './sweep.ts';

const model = (id: string) => ({ id, manifestUrl: `https://models.test/${id}/manifest.json` });
const OPTIONS: SweepOptions = {
  kind: 'yaw',
  from: 0,
  to: 40,
  steps: 5,
  models: [model('one'), model('two')],
  longSide: null,
  seed: 7,
};

async function baseRequest(): Promise<FrameRequest> {
  const { photo, depth } = liftedPhoto({ width: 96, height: 64 });
  const settings = smallSettings(96);
  return { scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 };
}

/** Runs a sweep whose score is a checksum of the view: what is drawn decides it. */
async function run(options: SweepOptions, signal?: AbortSignal, onPoint?: () => void) {
  const renderer = new CpuRenderer(null, NO_FILLER);
  const progress: LiftProgress[] = [];
  const points = await sweep(await baseRequest(), options, {
    renderer,
    signal,
    onProgress: (report) => {
      progress.push(report);
      if (report.point) onPoint?.();
    },
    measure: async () => {
      const frame = (await renderer.read())!;
      const epe = frame.colour.b.reduce((sum, value, i) => (sum * 31 + value + i) % 65_521, 7);
      return { epe, places: frame.facts.visible } as unknown as MatchScore;
    },
  });
  return { points, progress };
}

test('every model at every step, told as they come; the same options give the same points', async () => {
  const first = await run(OPTIONS);
  expect(first.points.map(({ model: id, value }) => [id, value])).toEqual(
    ['one', 'two'].flatMap((id) => [0, 10, 20, 30, 40].map((value) => [id, value])),
  );
  expect(first.progress.flatMap(({ point }) => point ?? [])).toEqual(first.points);
  expect(first.progress.at(-1)!.fraction).toBe(1);
  expect((await run(OPTIONS)).points).toEqual(first.points);
  expect(first.points.slice(5).map(({ score }) => score)).toEqual(first.points.slice(0, 5).map(({ score }) => score));
});

test('noise hangs on the seed', async () => {
  const noise: SweepOptions = { ...OPTIONS, kind: 'noise', from: 0.05, to: 0.1, steps: 2, models: [model('one')] };
  const scores = async (options: SweepOptions) => (await run(options)).points.map(({ score }) => score.epe);
  expect(await scores(noise)).toEqual(await scores(noise));
  expect(await scores({ ...noise, seed: 8 })).not.toEqual(await scores(noise));
});

test('cancelled between two points', async () => {
  const controller = new AbortController();
  let points = 0;
  const cancelling = run(OPTIONS, controller.signal, () => ++points === 3 && controller.abort());
  await expect(cancelling).rejects.toMatchObject({ code: 'cancelled' });
  expect(points).toBe(3);
});

test('what cannot be swept is said', async () => {
  const wrong: Partial<SweepOptions>[] = [{ steps: 0 }, { models: [] }, { to: NaN }, { kind: 'zoom', from: 0, to: 1 }];
  for (const part of wrong) {
    await expect(run({ ...OPTIONS, ...part })).rejects.toMatchObject({ code: 'sweep-options' });
  }
});

test('only the swept thing moves', async () => {
  const { settings, scene } = await baseRequest();
  const renderer = new CpuRenderer(null, NO_FILLER);
  const frameAt = async (kind: SweepOptions['kind'], value: number) => {
    await renderer.render({ scene, settings: settingsAt(settings, kind, value), seed: 1 });
    return (await renderer.read())!;
  };
  for (const kind of ['yaw', 'pitch'] as const) {
    const { cameras, medianDepth } = await frameAt(kind, 30);
    expect(viewpointAngle(cameras.rotation)).toBeCloseTo(30);
    // The point around which the camera swings stays where it is.
    const [, , r02, , , r12, , , r22] = cameras.rotation;
    const [x, y, z] = cameras.translation;
    expect([r02 * medianDepth + x, r12 * medianDepth + y, r22 * medianDepth + z]).toEqual([
      expect.closeTo(0),
      expect.closeTo(0),
      expect.closeTo(medianDepth),
    ]);
  }
  expect((await frameAt('roll', 45)).facts.viewpoint).toBeCloseTo(0);
  expect((await frameAt('zoom', 2)).cameras.b.fx).toBeCloseTo(2 * (await frameAt('zoom', 1)).cameras.b.fx);
  const { light, motion } = settingsAt(settings, 'light', 3);
  expect(light.lights.every(({ power }) => power === 3) && light.on.b && !light.on.a).toBe(true);
  expect(motion).toEqual(settings.motion);
  expect(valueAt({ ...OPTIONS, steps: 1 }, 0)).toBe(0);
});
