import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Size } from '../../core/geometry.ts';
import { PCK_THRESHOLDS, PLACE } from '../../core/match-score.ts';
import { measureField, NO_ERROR, SCORED_LONG_SIDE, summariseScore } from './cpu.ts';
import type { ScoreTruth } from './cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { makeFields, randomNumbers } from '../../pages/match/testing/fields.ts';
import { ScorePass } from './gpu.ts';

let gpu: TestGpu;
let pass: ScorePass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new ScorePass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

/** A truth near the made-up field's warp: from a hundredth of a pixel away to far off; a third of it hidden or none. */
function makeTruth(size: Size, other: Size) {
  const field = makeFields({ a: { width: 31, height: 22 }, b: { width: 9, height: 9 } }).a;
  const random = randomNumbers(size.width);
  const points = size.width * size.height;
  const truth: ScoreTruth = {
    size,
    other,
    warp: new Float32Array(2 * points),
    places: Uint32Array.from({ length: points }, () => {
      const draw = random();
      return draw < 0.7 ? PLACE.visible : draw < 0.9 ? PLACE.hidden : PLACE.none;
    }),
  };
  for (let i = 0; i < points; i++) {
    const x = (2 * (i % size.width) + 1) / size.width - 1;
    const y = (2 * Math.floor(i / size.width) + 1) / size.height - 1;
    const away = 0.00005 * 2000 ** random();
    truth.warp[i] = 1.1 * (Math.cos(0.2) * x - Math.sin(0.2) * y) + away;
    truth.warp[points + i] = 1.1 * (Math.sin(0.2) * x + Math.cos(0.2) * y) - away;
  }
  return { field, truth };
}

const sizes: [number, number][] = [
  [96, 64],
  [131, 77],
  [1, 1],
  [3, 200],
];

test.each(sizes)('%i × %i: the pass measures what the reference measures', async (width, height) => {
  const { field, truth } = makeTruth({ width, height }, { width: 100, height: 160 });
  const points = width * height;
  const error = gpu.scope.storage('error', 4 * points);
  const counters = gpu.scope.storage('counters', ScorePass.bytes);
  const buffers = {
    grid: field.grid,
    warp: gpu.upload('warp', field.warp),
    certainty: gpu.upload('certainty', field.certainty),
  };
  const onGpu = {
    ...truth,
    warp: gpu.upload('truth', truth.warp),
    places: gpu.upload('places', truth.places as Uint32Array),
  };
  await gpu.submit((encoder) => pass.run(encoder, buffers, onGpu, error, counters));
  const reference = measureField(field, truth);
  (await gpu.readFloats(error, points)).forEach((e, i) => {
    expect(Math.abs(e - reference.error[i])).toBeLessThan(1e-3 + 1e-5 * Math.abs(reference.error[i]));
  });
  const words = await gpu.readUints(counters, ScorePass.bytes / 4);
  const found = ScorePass.parse(words.buffer as ArrayBuffer);
  const expected = reference.counters;
  expect([found.visible, found.hidden]).toEqual([expected.visible, expected.hidden]);
  const sum = (histogram: Uint32Array) => histogram.reduce((total, count) => total + count, 0);
  expect([found.errors, found.visibleCertainty, found.hiddenCertainty].map(sum)).toEqual(
    [expected.errors, expected.visibleCertainty, expected.hiddenCertainty].map(sum),
  );
  const score = summariseScore(found);
  const wanted = summariseScore(expected);
  if (!wanted.places) return expect(score.epe).toBeNaN();
  expect(Math.abs(score.epe / wanted.epe - 1)).toBeLessThan(1e-4);
  expect(Math.abs(score.medianError / wanted.medianError - 1)).toBeLessThan(5e-3);
  score.pck.forEach((share, k) => expect(Math.abs(share - wanted.pck[k])).toBeLessThan(2e-3));
  score.curve.forEach(({ places, error: mean }, bin) => {
    expect(Math.abs(places - wanted.curve[bin].places)).toBeLessThanOrEqual(2);
    if (places > 50) expect(Math.abs(mean! / wanted.curve[bin].error! - 1)).toBeLessThan(0.05);
  });
  if (wanted.auroc === null) expect(score.auroc).toBeNull();
  else expect(Math.abs(score.auroc! - wanted.auroc)).toBeLessThan(1e-3);
});

test('the measures are those of the plain definitions', () => {
  const { field, truth } = makeTruth({ width: 120, height: 90 }, { width: 320, height: 200 });
  const { error, counters } = measureField(field, truth);
  const score = summariseScore(counters);
  const errors = [...error].filter((e) => e !== NO_ERROR).sort((a, b) => a - b);
  expect(errors.length).toBe(score.places);
  expect(score.epe).toBeCloseTo(errors.reduce((sum, e) => sum + e, 0) / errors.length, 4);
  expect(Math.abs(score.medianError / errors[errors.length >> 1] - 1)).toBeLessThan(0.022);
  PCK_THRESHOLDS.forEach((limit, k) => {
    expect(score.pck[k]).toBeCloseTo(errors.filter((e) => e <= limit).length / errors.length, 9);
  });
  expect(score.curve.reduce((sum, { places }) => sum + places, 0)).toBe(score.places);
  // On the match's own grid certainties are read as they are: all pairs of a visible and a hidden place, compared.
  const own = makeTruth(field.grid, { width: 320, height: 200 }).truth;
  const [visible, hidden] = [PLACE.visible, PLACE.hidden].map((kind) =>
    field.certainty.filter((_, i) => own.places[i] === kind),
  );
  let wins = 0;
  for (const v of visible) for (const h of hidden) wins += v > h ? 1 : v === h ? 0.5 : 0;
  const auroc = summariseScore(measureField(field, own).counters).auroc!;
  expect(Math.abs(auroc - wins / (visible.length * hidden.length))).toBeLessThan(2e-3);
});

test('pixels are those of a 640 px long side; the grid of the match is its own', () => {
  const size = { width: 4, height: 2 };
  const grid = { width: 1, height: 1 };
  const other = { width: 100, height: 50 };
  const truth = { size, other, warp: new Float32Array(16), places: new Uint8Array(8).fill(PLACE.visible) };
  const off = (x: number, y: number) =>
    measureField({ grid, warp: Float32Array.of(x, y), certainty: Float32Array.of(0.95) }, truth).error[0];
  expect(off(0.5, 0)).toBeCloseTo(SCORED_LONG_SIDE / 4, 4);
  expect(off(0, 0.5)).toBeCloseTo(SCORED_LONG_SIDE / 8, 4);
  expect(off(NaN, 0)).toBe(1e6);
});

test('certainty that tells visible from hidden has an AUROC of 1, its opposite 0, a constant one half', () => {
  const size = { width: 8, height: 8 };
  const places = Uint8Array.from({ length: 64 }, (_, i) => (i % 3 ? PLACE.visible : PLACE.hidden));
  const truth = { size, other: size, warp: new Float32Array(128), places };
  const auroc = (certainty: (isVisible: boolean) => number) => {
    const field = {
      grid: size,
      warp: new Float32Array(128),
      certainty: Float32Array.from(places, (place) => certainty(place === PLACE.visible)),
    };
    return summariseScore(measureField(field, truth).counters).auroc;
  };
  expect(auroc((isVisible) => (isVisible ? 0.9 : 0.1))).toBe(1);
  expect(auroc((isVisible) => (isVisible ? 1e-4 : 3e-4))).toBe(0);
  expect(auroc(() => 0.4)).toBe(0.5);
  const field = { grid: size, warp: truth.warp, certainty: new Float32Array(64) };
  const { counters } = measureField(field, { ...truth, places: new Uint8Array(64) });
  expect(summariseScore(counters)).toMatchObject({ places: 0, epe: NaN, auroc: null });
});
