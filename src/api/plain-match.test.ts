import { expect, test } from 'vitest';
import type * as Declared from '../../public/api.d.ts';
import type { PlainField } from '../compute/field/cpu.ts';
import { pixelToNormalised } from '../core/coordinates.ts';
import type { Size } from '../core/geometry.ts';
import { invert3, type Matrix3, project } from '../core/matrix3.ts';
import type * as Real from './matcher.ts';
import { PlainMatch, type Sampler } from './plain-match.ts';

/** Pixels of A (800 × 600) to pixels of B (1280 × 960). */
const H: Matrix3 = [1.5, 0.05, 20, -0.04, 1.55, 12, 0.00005, -0.00002, 1];
const SIZES = { a: { width: 800, height: 600 }, b: { width: 1280, height: 960 } };
const GRID = { width: 60, height: 45 };

function field(photo: Size, other: Size, motion: Matrix3, certainty: number): PlainField {
  const points = GRID.width * GRID.height;
  const warp = new Float32Array(2 * points);
  const sure = new Float32Array(points);
  for (let k = 0; k < points; k++) {
    const x = (((k % GRID.width) + 0.5) * photo.width) / GRID.width;
    const y = ((Math.floor(k / GRID.width) + 0.5) * photo.height) / GRID.height;
    const [u, v] = project(motion, x, y);
    const place = pixelToNormalised({ x: u, y: v }, other);
    [warp[k], warp[points + k]] = [place.x, place.y];
    sure[k] = Math.abs(place.x) <= 1 && Math.abs(place.y) <= 1 ? certainty : 0;
  }
  return { grid: GRID, photo, warp, certainty: sure, cycle: new Float32Array(points) };
}

function made(certainty = 0.9, sampler?: Sampler): PlainMatch {
  const verdict = {
    kind: 'good',
    sentence: 'They match.',
    overlap: { a: 1, b: 1 },
    meanCertainty: { a: 1, b: 1 },
    medianCycle: { a: 0, b: 0 },
  } as const;
  const fields = { a: field(SIZES.a, SIZES.b, H, certainty), b: field(SIZES.b, SIZES.a, invert3(H)!, certainty) };
  const rescue = { tried: false, rotation: 0, scale: 1 };
  return new PlainMatch({ fields, verdict, rescue, exifFocal: { a: 900, b: null } }, sampler);
}

test('matches and models are in pixels of the files', async () => {
  const match = made();
  expect(match.sizes).toEqual(SIZES);
  expect(match.warp).toBe(match.a.warp);
  const { count, rows } = await match.matches({ count: 500 });
  expect(count).toBe(500);
  for (let i = 0; i < count; i += 50) {
    const [u, v] = project(H, rows[5 * i], rows[5 * i + 1]);
    expect(Math.hypot(u - rows[5 * i + 2], v - rows[5 * i + 3])).toBeLessThan(0.01);
  }
  const homography = (await match.homography({ count: 800 }))!;
  expect(homography.inlierRatio).toBeGreaterThan(0.99);
  for (const [x, y] of [
    [10, 10],
    [790, 20],
    [400, 590],
  ]) {
    const [u, v] = project(homography.matrix, x, y);
    const [p, q] = project(H, x, y);
    expect(Math.hypot(u - p, v - q)).toBeLessThan(0.05);
  }
  const { matrix: F, matches } = (await match.fundamental({ count: 800 }))!;
  for (let i = 0; i < 800; i += 97) {
    const [x, y, u, v] = matches.rows.subarray(5 * i);
    const line = [F[0] * x + F[1] * y + F[2], F[3] * x + F[4] * y + F[5], F[6] * x + F[7] * y + F[8]];
    expect(Math.abs(u * line[0] + v * line[1] + line[2]) / Math.hypot(line[0], line[1])).toBeLessThan(0.1);
  }
  // The same seed, the same matches.
  expect(await match.matches({ count: 500, seed: undefined })).toEqual({ count, rows });
});

test('a pose says which cameras it was made with', async () => {
  const given = { fx: 1300, cx: 650 };
  const pose = (await made().pose({ count: 800, cameras: { b: given } }))!;
  expect(pose.focalFrom).toEqual({ a: 'exif', b: 'given' });
  expect(pose.cameras).toEqual({
    a: { fx: 900, fy: 900, cx: 400, cy: 300 },
    b: { fx: 1300, fy: 1300, cx: 650, cy: 480 },
  });
  expect(pose.planarShare).toBeGreaterThan(0.9);
  expect(Math.hypot(...pose.translation)).toBeCloseTo(1, 6);
});

test('where nothing is certain there is no model', async () => {
  const match = made(0);
  expect((await match.matches()).count).toBe(0);
  expect(await match.homography()).toBeNull();
  expect(await match.pose()).toBeNull();
});

test('samples come from elsewhere where they can', async () => {
  const table = { count: 1, rows: new Float32Array(5) };
  const asked: unknown[] = [];
  const match = made(0.9, async (_, options) => {
    asked.push(options);
    return asked.length === 1 ? table : null;
  });
  expect(await match.matches({ count: 7 })).toBe(table);
  expect((await match.matches({ count: 7 })).count).toBe(7);
  expect(asked[0]).toEqual({ count: 7, seed: 1, threshold: 0.05, cycleLimit: 0 });
});

test('the declarations that are published are those of the module', () => {
  // Compiled: the hand-written declarations must be no wider than what the module takes and gives.
  const typed = (real: typeof Real.createMatcher): typeof Declared.createMatcher => real;
  expect(typed).toBeTypeOf('function');
});
