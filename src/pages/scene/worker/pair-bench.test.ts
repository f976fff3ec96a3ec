import { beforeAll, describe, expect, it } from 'vitest';
import type { PlainField } from '../../../compute/field/cpu.ts';
import type { MatchScore } from '../../../core/match-score.ts';
import { summariseScore } from '../../../compute/score/cpu.ts';
import { activate } from '../../../gaussians/activate.ts';
import type { SplatCamera } from '../../../gaussians/camera.ts';
import { STATE } from '../../../gaussians/pairs/labels.ts';
import { aside, PROOF_SCENES, proofCamera } from '../../../gaussians/pairs/proof-scenes.test-helper.ts';
import { pairOf, type ScenePair } from '../../../gaussians/pairs/scene-pair.ts';
import { renderSplats } from '../../../gaussians/raster/render.ts';
import type { TrueViews } from '../../../matching/scoring/measure.ts';
import type { ViewScorer } from '../../../matching/scoring/view-scorer.ts';
import { readTexture } from '../../../platform/gpu/read-texture.ts';
import { TestGpu } from '../../../platform/gpu/testing/dawn.ts';
import { readTruth } from '../../compare/worker/truth/read-truth.ts';
import { PairBench } from './pair-bench.ts';
import { pairViews } from './pair-views.ts';
import { paintScore } from './paint-score.ts';

const gaussians = activate(PROOF_SCENES.coarseSphere().table);
const render = async (camera: SplatCamera) => renderSplats(gaussians, camera);
const model = { id: 'still', manifestUrl: 'https://site.test/m.json' };

/** A match that says that nothing moves, as far as `by` (normalised) to the right. */
function stillField({ width, height }: SplatCamera, by = 0): PlainField {
  const points = width * height;
  const warp = new Float32Array(2 * points);
  for (let i = 0; i < points; i++) {
    warp[i] = (2 * (i % width) + 1) / width - 1 + by;
    warp[points + i] = (2 * Math.floor(i / width) + 1) / height - 1;
  }
  const size = { width, height };
  return {
    grid: size,
    photo: size,
    warp,
    certainty: new Float32Array(points).fill(0.9),
    cycle: new Float32Array(points),
  };
}

async function measured(views: TrueViews, camera: SplatCamera, by = 0) {
  const { counters, maps } = await views.measure({
    plain: async () => stillField(camera, by),
    onGpu: () => {
      throw new Error('There is no GPU.');
    },
  });
  const score: MatchScore = { modelId: 'still', modelName: 'Still', milliseconds: 1, ...summariseScore(counters) };
  return { score, maps };
}

/** A scorer whose matcher never sees a motion. */
const stillScorer = (camera: SplatCamera) => {
  const forgotten: string[] = [];
  const scorer = {
    provider: 'wasm',
    forget: (key: string) => void forgotten.push(key),
    measure: (_: unknown, views: TrueViews) => measured(views, camera),
  } as unknown as ViewScorer;
  return { scorer, forgotten };
};

describe('a pair of a scene as matchers are measured on it', () => {
  const camera = proofCamera();
  let still: ScenePair;
  let turned: ScenePair;
  beforeAll(async () => {
    const view = async (one: SplatCamera) => ({ camera: one, maps: await render(one) });
    still = pairOf(await view(camera), await view(camera), 'plane');
    turned = pairOf(await view(camera), await view(aside(camera, 20)), 'plane');
  });

  it('counts visible places alone, in pixels at a long side of 640', async () => {
    const views = pairViews(still, { a: 'a', b: 'b' }, null);
    const visible = still.a.labels.state.filter((state) => state === STATE.visible).length;
    // A hundredth of the width: 6.4 px.
    const { score, maps } = await measured(views, camera, 0.02);
    expect(score.places).toBe(visible);
    expect(score.epe).toBeCloseTo(6.4, 2);
    expect(score.pck).toEqual([0, 0, 0, 1]);
    if (maps.on !== 'cpu') throw new Error('Not on the CPU.');
    const painted = paintScore(views.photos.a.pixels().data, maps.sides.a, { picture: 'error', maxError: 10 });
    const grey = (i: number) => painted[4 * i] === painted[4 * i + 1] && painted[4 * i] === painted[4 * i + 2];
    for (let i = 0; i < still.a.labels.state.length; i += 3) {
      expect(grey(i)).toBe(still.a.labels.state[i] !== STATE.visible);
    }
  });

  it('tells hidden and outside places from visible ones by certainty, and leaves out what is not to be trusted', async () => {
    const { score } = await measured(pairViews(turned, { a: 'a', b: 'b' }, null), camera);
    const count = (state: number) => turned.a.labels.state.filter((value) => value === state).length;
    expect(count(STATE.hidden) + count(STATE.outside)).toBeGreaterThan(0);
    // The same certainty everywhere tells nothing.
    expect(score.auroc).toBeCloseTo(0.5, 6);
    expect(score.places).toBe(count(STATE.visible));
  });

  it('lies on the GPU as it lies in memory, and is gone with the pair', async () => {
    const gpu = await TestGpu.open();
    try {
      const before = gpu.scope.bytes;
      const views = pairViews(turned, { a: 'a', b: 'b' }, gpu.scope);
      for (const side of ['a', 'b'] as const) {
        const read = await readTexture(gpu.device, views.photos[side].texture());
        expect(Buffer.compare(Buffer.from(read), Buffer.from(views.photos[side].pixels().data))).toBe(0);
      }
      expect(gpu.scope.bytes).toBeGreaterThan(before);
      views.release();
      expect(gpu.scope.bytes).toBe(before);
    } finally {
      gpu.close();
    }
  });

  it('gives Compare a truth with just the angle of the cameras', async () => {
    const bench = new PairBench(stillScorer(camera).scorer, null);
    const id = bench.keep(turned);
    const bytes = new Uint8Array(await (await bench.truth(id)).arrayBuffer());
    const size = { width: camera.width, height: camera.height };
    const truth = await readTruth([{ name: 'truth.npz', bytes }], { a: size, b: size });
    expect(truth).toMatchObject({ kind: 'warp', viewpoint: expect.closeTo(20, 4) });
    bench.drop();
    expect(() => bench.truth(id)).toThrow(expect.objectContaining({ code: 'scene-no-pair' }));
  });

  it('sweeps the second view away: who sees no motion is right at 0° and wrong at 40°', async () => {
    const { scorer, forgotten } = stillScorer(camera);
    const bench = new PairBench(scorer, null);
    const told: number[] = [];
    const context = {
      signal: new AbortController().signal,
      onProgress: ({ point }: { point?: { value: number } }) => void (point && told.push(point.value)),
    };
    const options = {
      kind: 'angle',
      from: 0,
      to: 40,
      steps: 3,
      view: camera,
      rule: 'plane',
      models: [model],
      longSide: null,
    } as const;
    const points = await bench.sweep({ ...options, models: [model] }, camera, render, context);
    expect(points.map(({ value }) => value)).toEqual([0, 20, 40]);
    expect(told).toEqual([0, 20, 40]);
    expect(points[0].score.epe).toBeLessThan(0.1);
    expect(points[2].score.epe).toBeGreaterThan(points[1].score.epe);
    expect(points[1].score.epe).toBeGreaterThan(5);
    expect(forgotten).toHaveLength(1);
    const stopped = AbortSignal.abort();
    await expect(
      bench.sweep({ ...options, models: [model] }, camera, render, { ...context, signal: stopped }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    await expect(
      bench.sweep({ ...options, models: [model], kind: 'focal' }, camera, render, context),
    ).rejects.toMatchObject({ code: 'sweep-options' });
  });
});
