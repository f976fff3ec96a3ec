import { describe, expect, it } from 'vitest';
import { poseError } from '../../../../geometry/measures.ts';
import { KA, KB, POSE, type SceneOptions, twoViews } from '../../../../geometry/scene.test-helper.ts';
import { ROW_FLOATS } from '../../../../compute/sample-matches/cpu.ts';
import { epipolarLine } from '../../../../core/epipolar-lines.ts';
import { focalOfFov, fovOfFocal } from '../../../../core/focal.ts';
import type { FitRequest } from '../../contract/geometry-fit.ts';
import { FIT_MODELS } from '../../contract/fit-models.ts';
import type { FitSettings } from '../../params.ts';
import { DEFAULT_FIT } from '../../params.ts';
import { isInlier } from '../../../../core/inlier-test.ts';
import { type Matrix3, project } from '../../../../core/matrix3.ts';
import { densePairs, makeCloud } from './cloud.ts';
import { cloudComments, fitAsJson } from './fit-files.ts';
import { type FitSource, fitMatch } from './fit-match.ts';
import { unitHomography } from './measured-pairs.ts';

/** Files of different sizes and shapes; the scene itself is at 640 × 480. */
const PHOTOS = { a: { width: 1280, height: 960 }, b: { width: 1920, height: 1440 } };
const H: Matrix3 = [0.8, -0.3, 40, 0.25, 0.9, -15, 3e-4, -2e-4, 1];
const OUTLIERS = 300;

/** Normalised rows of a scene, B's camera with its principal point moved to the centre and square pixels. */
function sceneRows(options: Partial<SceneOptions>): Float32Array {
  const { pairs } = twoViews({ outliers: OUTLIERS, noise: 0.4, ...options, points: 600 });
  const rows = new Float32Array(600 * ROW_FLOATS);
  for (let i = 0; i < 600; i++) {
    const x = 320 + (500 * (pairs.xb[i] - KB[2])) / KB[0];
    const y = 240 + (500 * (pairs.yb[i] - KB[5])) / KB[4];
    rows.set([pairs.xa[i] / 320 - 1, pairs.ya[i] / 240 - 1, x / 320 - 1, y / 240 - 1, 0.9, i % 2], ROW_FLOATS * i);
  }
  return rows;
}

function planeRows(): Float32Array {
  const rows = sceneRows({});
  for (let i = OUTLIERS; i < 600; i++) {
    const [x, y] = project(H, 320 * (rows[ROW_FLOATS * i] + 1), 240 * (rows[ROW_FLOATS * i + 1] + 1));
    rows.set([x / 320 - 1, y / 240 - 1], ROW_FLOATS * i + 2);
  }
  return rows;
}

function sourceOf(rows: Float32Array, changes: Partial<FitSource> = {}): FitSource {
  const grid = { width: 4, height: 3 };
  const field = (cycle: number) => ({
    grid,
    warp: new Float32Array(24),
    certainty: new Float32Array(12),
    cycle: new Float32Array(12).fill(cycle),
  });
  return {
    photos: PHOTOS,
    exifFocal: { a: null, b: null },
    verdict: 'good',
    sample: async () => rows,
    readField: async (side) => field(side === 'a' ? 2 : 3),
    ...changes,
  };
}

const request = (settings: Partial<FitSettings>): FitRequest => ({
  settings: { ...DEFAULT_FIT, ...settings },
  certainty: 0.3,
  cycleLimit: 0,
});
const FOV = { a: fovOfFocal(640, KA[0]), b: fovOfFocal(640, 500) };

/** How many flags of the first, wrong half and of the second, right half say inlier. */
function counts(inliers: Uint8Array): [wrong: number, right: number] {
  const sum = (part: Uint8Array) => part.reduce((total, one) => total + one, 0);
  return [sum(inliers.subarray(0, OUTLIERS)), sum(inliers.subarray(OUTLIERS))];
}

describe('matches of which the network knows how sure they are', () => {
  /** All on a plane; the first half off by some 5 px of the 640, and known to be so. */
  const rows = planeRows();
  for (let i = 0; i < OUTLIERS; i++) {
    const [u, v] = [320 * (rows[ROW_FLOATS * i] + 1), 240 * (rows[ROW_FLOATS * i + 1] + 1)];
    const [x, y] = project(H, u, v);
    const [dx, dy] = [4 * Math.sin(7 * i) + 3, 4 * Math.cos(11 * i)];
    rows.set([(x + dx) / 320 - 1, (y + dy) / 240 - 1, 0.9, 0], ROW_FLOATS * i + 2);
  }
  for (let i = OUTLIERS; i < 600; i++) rows[ROW_FLOATS * i + 5] = 0;
  // Where a row was asked says how sure it is: A's upper rows of cells are the unsure ones.
  const order = [...rows.keys()].filter((k) => k % ROW_FLOATS === 0);
  const isUnsure = (k: number) => k < OUTLIERS * ROW_FLOATS;

  /** A field over A whose cells hold one place each, so that every row has a precision of its own. */
  const fieldOf = (variances: readonly [unsure: number, sure: number] | null) => {
    const grid = { width: 512, height: 512 };
    const points = grid.width * grid.height;
    const precision = new Float32Array(3 * points).fill(0);
    if (variances) {
      const inFilePixels = (variance: number) => 9 * variance;
      for (const k of order) {
        const column = Math.floor(((rows[k] + 1) / 2) * grid.width);
        const row = Math.floor(((rows[k + 1] + 1) / 2) * grid.height);
        const cell = row * grid.width + column;
        precision[cell] = precision[2 * points + cell] = 1 / inFilePixels(variances[isUnsure(k) ? 0 : 1]);
      }
    }
    return {
      grid,
      warp: new Float32Array(0),
      certainty: new Float32Array(0),
      cycle: new Float32Array(points),
      precision,
    };
  };

  /** Mean corner error in pixels of the 640, weights or none. */
  const errorOf = async (variances: readonly [number, number] | null) => {
    const field = fieldOf(variances);
    const known = variances ? field : { ...field, precision: undefined };
    const { result } = await fitMatch(request({ threshold: 8 }), sourceOf(rows, { readField: async () => known }), {});
    const corners = [
      [0, 0],
      [640, 0],
      [640, 480],
      [0, 480],
    ];
    const errors = corners.map(([x, y]) => {
      const [u, v] = project(result.matrix, 2 * x, 2 * y);
      const [s, t] = project(H, x, y);
      return Math.hypot(u / 3 - s, v / 3 - t);
    });
    return { error: errors.reduce((sum, error) => sum + error, 0) / 4, result };
  };

  it('a model follows the sure ones', async () => {
    const [plain, weighted] = [await errorOf(null), await errorOf([25, 0.1])];
    expect(weighted.error).toBeLessThan(0.6 * plain.error);
    expect(weighted.result.matches.covariance!.values[0]).toBeCloseTo(225, 1);
    // Equally sure matches are weighed alike: as if nothing was known.
    expect((await errorOf([4, 4])).error).toBeCloseTo(plain.error, 5);
  });
});

describe('half of the matches wrong, files of other sizes than the network saw', () => {
  it('a homography comes in pixels of the files, with the canvas of both photos', async () => {
    const { result, test } = await fitMatch(request({}), sourceOf(planeRows()), {});
    const [wrong, right] = counts(result.inliers);
    expect(right).toBeGreaterThan(290);
    expect(wrong).toBeLessThan(15);
    for (const [x, y] of [
      [0, 0],
      [1280, 0],
      [1280, 960],
      [0, 960],
    ]) {
      const [u, v] = project(result.matrix, x, y);
      const [s, t] = project(H, x / 2, y / 2);
      expect(Math.hypot(u - 3 * s, v - 3 * t)).toBeLessThan(3);
      const [unitX, unitY] = project(unitHomography(result.matrix, PHOTOS.a, PHOTOS.b), x / 1280, y / 960);
      expect([unitX * 1920, unitY * 1440].map((c, k) => Math.abs(c - [u, v][k])).every((d) => d < 1e-6)).toBe(true);
    }
    expect(result.matrix[8]).toBe(1);
    expect(result.canvas!.x).toBeLessThanOrEqual(0);
    expect(result.canvas!.width).toBeGreaterThan(1280);
    // A's cycle is 2 px of its file; B's 3 px of a file 1.5 times as large are the same.
    expect(result.medianCycle).toBe(2);
    expect(result.coverage.a).toBeGreaterThan(0.5);
    expect(result.fundamental).toBeNull();
    expect(test.threshold).toBe(3);
  });

  it('a fundamental matrix comes in pixels of the files', async () => {
    const { result } = await fitMatch(request({ model: 'fundamental' }), sourceOf(sceneRows({})), {});
    const [wrong, right] = counts(result.inliers);
    expect(right).toBeGreaterThan(270);
    expect(wrong).toBeLessThan(30);
    expect(result.planarShare).toBeLessThan(0.5);
    const distances = Array.from({ length: 300 }, (_, k) => {
      const [xa, ya, xb, yb] = result.matches.rows.subarray(5 * (OUTLIERS + k));
      const [a, b, c] = epipolarLine(result.fundamental!, 'a', { x: xa, y: ya })!;
      return Math.abs(a * xb + b * yb + c);
    }).sort((p, q) => p - q);
    // 0.4 px of noise at 640 px are 1.2 px of B's file.
    expect(distances[150]).toBeLessThan(1.5);
  });

  it('an essential matrix gives the pose, its fundamental matrix the same lines, and a cloud', async () => {
    const source = sourceOf(sceneRows({}));
    const fitted = await fitMatch(request({ model: 'essential', fov: FOV }), source, {});
    const { result } = fitted;
    const cameras = result.cameras!;
    expect(poseError(cameras, POSE)).toBeLessThan(0.7);
    expect(cameras.intrinsics.a).toMatchObject({ source: 'set' });
    expect(cameras.intrinsics.b.focal).toBeCloseTo(1500, 3);
    expect(cameras.turn).toBeGreaterThan(15);
    expect(result.verdict.kind).toBe('partial');
    const [, right] = counts(result.inliers);
    expect(right).toBeGreaterThan(270);
    const pixels = () => ({ data: new Uint8ClampedArray(16).fill(77), width: 2, height: 2 });
    const ask = { density: 'sparse', step: 1, certainty: 0, cycleLimit: 0 } as const;
    const cloud = await makeCloud(ask, fitted, { photos: PHOTOS, field: () => source.readField('a'), pixels }, {});
    expect(cloud.info.count).toBeGreaterThan(265);
    expect(cloud.colors.every((value) => value === 77)).toBe(true);
    expect(cloud.info.centre[2] * Math.hypot(...POSE.translation)).toBeGreaterThan(3);
    expect(cloudComments(result, named).join('\n')).toMatch(/1 = distance between the cameras.*\n.*camera A/);
  });

  it.each(FIT_MODELS)('drawn matches are judged as the fit judged them: %s', async (model) => {
    const rows = model === 'homography' ? planeRows() : sceneRows({});
    const { result, test } = await fitMatch(request({ model, fov: FOV }), sourceOf(rows), {});
    const judged = Array.from(result.inliers, (_, i) => {
      const [xa, ya, xb, yb] = rows.subarray(ROW_FLOATS * i);
      return Number(isInlier(test, xa, ya, xb, yb));
    });
    expect(judged.filter((one, i) => one !== result.inliers[i]).length).toBeLessThanOrEqual(1);
  });
});

const named = { a: { name: 'left.jpg', size: PHOTOS.a }, b: { name: 'right.jpg', size: PHOTOS.b } };

describe('a fit', () => {
  it('uses what the file tells of the lens, else assumes', async () => {
    const source = sourceOf(sceneRows({}), { exifFocal: { a: 1200, b: null } });
    const { result } = await fitMatch(request({ model: 'essential' }), source, {});
    expect(result.cameras!.intrinsics.a).toMatchObject({ source: 'exif', focal: 1200 });
    expect(result.cameras!.intrinsics.b).toMatchObject({ source: 'assumed', focal: 1920 });
    expect(focalOfFov(1920, result.cameras!.intrinsics.b.fov)).toBeCloseTo(1920, 6);
  });

  it('is the same for the same seed', async () => {
    const again = () => fitMatch(request({ model: 'fundamental' }), sourceOf(sceneRows({})), {});
    expect((await again()).result.matrix).toEqual((await again()).result.matrix);
  });

  it('is refused, with the remedy, where too few matches are there or agree', async () => {
    const few = sceneRows({}).subarray(0, 10 * ROW_FLOATS);
    await expect(fitMatch(request({}), sourceOf(few), {})).rejects.toMatchObject({
      code: 'geometry-no-model',
      message: expect.stringContaining('only 10 places'),
      remedy: expect.stringContaining('certainty threshold'),
    });
  });

  it('stops soon after it is cancelled, with progress before', async () => {
    const noise = sceneRows({ outliers: 600 });
    const controller = new AbortController();
    const shares: number[] = [];
    const onProgress = (share: number) => {
      shares.push(share);
      if (shares.length === 2) controller.abort();
    };
    const run = { signal: controller.signal, onProgress };
    const settings = { model: 'essential', fov: FOV, iterations: 100_000 } as const;
    await expect(fitMatch(request(settings), sourceOf(noise), run)).rejects.toMatchObject({ code: 'cancelled' });
    expect(shares).toHaveLength(2);
    expect(shares[1]).toBeGreaterThan(0);
  });

  it('says what its numbers mean as JSON', async () => {
    const { result } = await fitMatch(request({ model: 'essential', fov: FOV }), sourceOf(sceneRows({})), {});
    const json = JSON.parse(fitAsJson(result, named)) as Record<string, never>;
    expect(json).toMatchObject({
      model: 'essential',
      photos: { a: { name: 'left.jpg', width: 1280 } },
      conventions: { coordinates: expect.stringContaining('(0.5, 0.5)'), pose: expect.stringContaining('R x_a + t') },
    });
    const { matrix, matches, cameras } = json as unknown as {
      matrix: number[][];
      matches: number[][];
      cameras: { K: { a: number[][] } };
    };
    expect(matrix.flat()).toEqual([...result.matrix]);
    expect(matches).toHaveLength(600);
    expect(matches.map((row) => row[5])).toEqual([...result.inliers]);
    expect(cameras.K.a[0]).toEqual([expect.closeTo(1200, 3), 0, 640]);
  });
});

it('a dense cloud takes every k-th certain place that lands on B', () => {
  const grid = { width: 8, height: 6 };
  const warp = new Float32Array(96);
  warp[2] = 1.4;
  const certainty = new Float32Array(48).fill(0.8);
  certainty[3] = 0.1;
  const cycle = new Float32Array(48).fill(1);
  cycle[4] = 9;
  const field = { grid, warp, certainty, cycle };
  const count = (changes: object) =>
    densePairs(field, PHOTOS, { step: 1, certainty: 0.3, cycleLimit: 0, ...changes }).xa.length;
  expect(count({})).toBe(46);
  expect(count({ certainty: 0 })).toBe(47);
  expect(count({ cycleLimit: 2 })).toBe(45);
  expect(count({ step: 2, certainty: 0 })).toBe(12);
});

describe('photos through a lens that bends', () => {
  const K1 = -0.25;

  /** Rows as such a lens shows them: both cameras of the scene have their focal length in pixels of the 640. */
  function bentRows(): Float32Array {
    const rows = sceneRows({});
    const bend = (at: number, focal: number) => {
      const [x, y] = [320 * rows[at], 240 * rows[at + 1]];
      const factor = 1 + (K1 * (x * x + y * y)) / focal ** 2;
      rows.set([(x * factor) / 320, (y * factor) / 240], at);
    };
    for (let i = 0; i < 600; i++) {
      bend(ROW_FLOATS * i, KA[0]);
      bend(ROW_FLOATS * i + 2, 500);
    }
    return rows;
  }
  const fitWith = (k1: number) => fitMatch(request({ model: 'essential', fov: FOV, k1 }), sourceOf(bentRows()), {});

  it('are straightened before the fit where k1 is said', async () => {
    const [blind, told] = [await fitWith(0), await fitWith(K1)];
    const right = ({ result }: typeof told) => counts(result.inliers)[1];
    expect(right(told)).toBeGreaterThan(280);
    expect(right(told)).toBeGreaterThan(1.15 * right(blind));
    const { rotation, translation } = told.result.cameras!;
    expect(poseError({ rotation, translation }, POSE)).toBeLessThan(1);
  });
});
