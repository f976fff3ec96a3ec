import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Size } from '../../../../core/geometry.ts';
import { project } from '../../../../core/matrix3.ts';
import type { InlierTest } from '../../../../core/inlier-test.ts';
import { isInlier } from '../../../../core/inlier-test.ts';
import { drawMatches, positionColor } from './cpu.ts';
import type { Rgb } from '../pane/cpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../testing/fields.ts';
import { renderStage } from '../../testing/stage.ts';
import { DrawMatches, matchStyle } from './gpu.ts';
import type { MatchUniforms } from './gpu.ts';
import { PaneBindings } from '../pane/bindings.ts';

const STAGE: Size = { width: 161, height: 93 };
const GROUND: Rgb = [0.2, 0.3, 0.4];

let gpu: TestGpu;
let pass: DrawMatches;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new DrawMatches(new PaneBindings(gpu.device, gpu.scope), gpu.scope, 'rgba8unorm');
});
afterAll(() => gpu.close());

const BASE: MatchUniforms = {
  stage: [STAGE.width, STAGE.height],
  photoA: [2.5, 8.2, 72.4, 70.7],
  photoB: [86.1, 4.9, 70.2, 81.3],
  paneA: [0, 0, 78, 93],
  paneB: [83, 0, 78, 93],
  lineWidth: 1.7,
  lineAlpha: 0.8,
  dotRadius: 3.1,
  dotAlpha: 0.9,
  ring: 0.8,
  colorBy: 'position',
  colorMap: 0,
  model: null,
};

const HALF = { a: [320, 240], b: [320, 213] } as const;
/** A turn by a few degrees with some perspective: of random places hardly any fits, of those moved by it all do. */
const PLANE: InlierTest = {
  kind: 'homography',
  matrix: [0.97, -0.1, 12, 0.1, 0.95, -7, 2e-4, -1e-4, 1],
  half: HALF,
  threshold: 30,
};
const CAMERAS: InlierTest = {
  kind: 'epipolar',
  matrix: [2e-7, -3e-6, 8e-4, 4e-6, 1e-7, -1e-2, -3e-4, 9e-3, 0.2],
  half: HALF,
  threshold: 25,
};

/** Random matches as rows of 8 floats. */
function makeRows(count: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  const rows = new Float32Array(count * 8);
  for (let i = 0; i < count; i++) {
    const place = () => 1.9 * (random() - 0.5);
    rows.set([place(), place(), place(), place(), random(), i % 2, 0, 0], i * 8);
  }
  return rows;
}

function draw(rows: Float32Array, values: MatchUniforms, points = false, count = rows.length / 8): Promise<Pixels> {
  const indirect = gpu.scope.buffer('indirect', 16, GPUBufferUsage.INDIRECT | GPUBufferUsage.COPY_DST);
  gpu.device.queue.writeBuffer(indirect, 0, new Uint32Array([4, count, 0, 0]));
  const matches = { rows: gpu.upload('rows', rows), indirect };
  return renderStage(gpu, STAGE, [...GROUND, 1], (encoder) => pass.draw(encoder, matches, values, points));
}

/** Share of pixels further than 2 steps of 255 from the reference. */
function wrongShare({ data }: Pixels, rows: Float32Array, values: MatchUniforms, points = false): number {
  let wrong = 0;
  for (let y = 0; y < STAGE.height; y++) {
    for (let x = 0; x < STAGE.width; x++) {
      const color = drawMatches(values, rows, points, GROUND, x + 0.5, y + 0.5);
      const at = (y * STAGE.width + x) * 4;
      if (color.some((c, i) => Math.abs(data[at + i] - 255 * c) > 2)) wrong++;
    }
  }
  return wrong / (STAGE.width * STAGE.height);
}

describe('the pass equals its reference', () => {
  // Pixels at a line's flat ends may fall to either side in single precision.
  test.each([
    ['one line', 1, {}, false],
    ['lines by position', 12, {}, false],
    ['lines by certainty', 12, { colorBy: 'certainty' as const, colorMap: 2 }, false],
    ['lines by a model that is not there', 12, { colorBy: 'inliers' as const }, false],
    ['lines by a homography', 30, { colorBy: 'inliers' as const, model: PLANE }, false],
    ['points by epipolar geometry', 40, { colorBy: 'inliers' as const, model: CAMERAS }, true],
    ['points only', 40, { dotRadius: 2.2 }, true],
    ['without rings', 40, { ring: 0, dotRadius: 1.2 }, true],
    ['zoomed', 30, { photoA: [-60, -70, 210, 230], photoB: [30, -80, 205, 250] }, false],
  ] as [string, number, Partial<MatchUniforms>, boolean][])('%s', async (_, count, changes, points) => {
    const values = { ...BASE, ...changes };
    const rows = makeRows(count, count);
    const picture = await draw(rows, values, points);
    expect(wrongShare(picture, rows, values, points)).toBeLessThan(0.001);
    expect(wrongShare(picture, rows.subarray(0, 0), values, points)).toBeGreaterThan(0.005);
  });
});

test.each([
  ['a homography', PLANE],
  ['epipolar geometry', CAMERAS],
])('inliers and outliers of %s are both there, each in its colour', async (_, model) => {
  const rows = makeRows(60, 60);
  // Every second match obeys the homography.
  for (let i = 0; i < 60; i += 2) {
    const [x, y] = project(PLANE.matrix, rows[8 * i] * HALF.a[0], rows[8 * i + 1] * HALF.a[1]);
    rows.set([x / HALF.b[0], y / HALF.b[1]], 8 * i + 2);
  }
  const inliers = Array.from({ length: 60 }, (_, i) => isInlier(model, ...place4(rows, i))).filter(Boolean).length;
  expect(inliers).toBeGreaterThan(5);
  expect(inliers).toBeLessThan(55);
  const values = { ...BASE, colorBy: 'inliers' as const, dotRadius: 2.2, model };
  const picture = await draw(rows, values, true);
  expect(wrongShare(picture, rows, values, true)).toBeLessThan(0.001);
  expect(wrongShare(picture, rows, { ...values, model: { ...model, threshold: 1e4 } }, true)).toBeGreaterThan(0.005);
});

const place4 = (rows: Float32Array, i: number) =>
  [...rows.subarray(8 * i, 8 * i + 4)] as [number, number, number, number];

test('as many are drawn as the indirect arguments say', async () => {
  const rows = makeRows(6, 5);
  expect(wrongShare(await draw(rows, BASE, false, 2), rows.subarray(0, 16), BASE)).toBeLessThan(0.001);
});

test('a line whose other end is scrolled away is left out, its visible dot stays', async () => {
  const rows = new Float32Array([0, 0, 0, 0, 1, 0, 0, 0]);
  const values: MatchUniforms = { ...BASE, photoB: [86, 300, 70, 80] };
  const { data } = await draw(rows, values);
  const differs = (x: number, y: number) => Math.abs(data[(y * STAGE.width + x) * 4] - 255 * GROUND[0]) > 10;
  expect(differs(38, 43)).toBe(true);
  for (let x = 46; x < STAGE.width; x++) for (let y = 0; y < STAGE.height; y++) expect(differs(x, y)).toBe(false);
});

describe('style', () => {
  const AREA = 600 * 450;

  test('as many on a smaller photo are drawn finer', () => {
    const [small, large] = [AREA / 3, AREA * 3].map((area) => matchStyle(400, area, 1, false));
    expect(small.dotRadius).toBeLessThan(large.dotRadius);
    expect(small.lineAlpha).toBeLessThan(large.lineAlpha);
  });

  test('grows finer and fainter with the number', () => {
    const [few, some, many] = [10, 400, 10_000].map((count) => matchStyle(count, AREA, 1, false));
    expect(few.lineAlpha).toBeGreaterThan(some.lineAlpha);
    expect(some.lineAlpha).toBeGreaterThan(many.lineAlpha);
    expect(few.lineWidth).toBeGreaterThan(many.lineWidth);
    expect(few.dotRadius).toBeGreaterThan(many.dotRadius);
    expect(many.lineAlpha).toBeGreaterThan(0.02);
  });

  test('is in CSS pixels', () => {
    const [once, twice] = [1, 2].map((ratio) => matchStyle(400, AREA, ratio, true));
    expect(twice.lineWidth).toBe(2 * once.lineWidth);
    expect(twice.dotRadius).toBe(2 * once.dotRadius);
    expect(twice.lineAlpha).toBe(once.lineAlpha);
  });
});

test('places far apart on A have distinct colours, neighbours nearly the same', () => {
  const distance = (a: Rgb, b: Rgb) => Math.hypot(...a.map((c, i) => c - b[i]));
  const corners = [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
    [0, 0],
  ].map(([x, y]) => positionColor(x, y));
  for (let i = 0; i < corners.length; i++) {
    for (let j = 0; j < i; j++) expect(distance(corners[i], corners[j])).toBeGreaterThan(0.2);
  }
  expect(distance(positionColor(0.5, 0.5), positionColor(0.51, 0.49))).toBeLessThan(0.02);
});
