import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Size } from '../../core/geometry.ts';
import { invert3, multiply3, type Matrix3, project } from '../../core/matrix3.ts';
import { median } from '../../geometry/measures.ts';
import { seededRandom } from '../../geometry/random.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { type Planes, refineWarp } from './cpu.ts';
import { followMotion } from './follow-motion.ts';
import { FollowMotionPass, LucasKanadePass } from './gpu.ts';

let gpu: TestGpu;
let pass: LucasKanadePass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new LucasKanadePass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

/** Normalised own to normalised other. */
const TRUE: Matrix3 = [0.92, -0.14, 0.06, 0.12, 0.95, -0.03, 0.02, -0.03, 1];

const random = seededRandom(4);
const WAVES = Array.from({ length: 14 }, () => [70 * (random() - 0.5), 70 * (random() - 0.5), 7 * random(), random()]);

/** Brightness of the scene at a normalised place of the other photo: texture, and a flat part below. */
function scene(u: number, v: number): number {
  if (v > 0.45) return 0.5;
  return 0.5 + WAVES.reduce((sum, [fu, fv, phase, height]) => sum + height * Math.sin(fu * u + fv * v + phase), 0) / 20;
}

/** The photos: `own` shows the scene through TRUE, darker and with less contrast. */
function photo({ width, height }: Size, through: Matrix3 | null): Planes {
  const values = new Float32Array(3 * width * height);
  for (let k = 0; k < width * height; k++) {
    const x = (2 * (k % width) + 1) / width - 1;
    const y = (2 * Math.floor(k / width) + 1) / height - 1;
    const brightness = through ? 0.6 * scene(...(project(through, x, y) as [number, number])) + 0.1 : scene(x, y);
    for (let c = 0; c < 3; c++) values[c * width * height + k] = brightness * (1 + 0.1 * (c - 1));
  }
  return { size: { width, height }, values };
}

const own = photo({ width: 203, height: 149 }, TRUE);
const other = photo({ width: 191, height: 161 }, null);

/** TRUE on a grid, smoothly off by up to `by` pixels of the other photo, as networks are. */
function warpOff({ width, height }: Size, by: number): Float32Array {
  const points = width * height;
  const warp = new Float32Array(2 * points);
  for (let k = 0; k < points; k++) {
    const [x, y] = [(2 * (k % width) + 1) / width - 1, (2 * Math.floor(k / width) + 1) / height - 1];
    const [u, v] = project(TRUE, x, y);
    warp[k] = u + (2 * by * Math.sin(4 * x + 3 * y)) / other.size.width;
    warp[points + k] = v + (2 * by * Math.cos(3 * x - 5 * y)) / other.size.height;
  }
  return warp;
}

/** Distances from the truth, pixels of the other photo, of places that it shows, in its textured or its flat part. */
function errorsOf({ width, height }: Size, warp: Float32Array, isFlat: boolean): number[] {
  const truth = warpOff({ width, height }, 0);
  const points = width * height;
  const errors: number[] = [];
  for (let k = 0; k < points; k++) {
    const [u, v] = [truth[k], truth[points + k]];
    // Not at the border, and not where a window shows both parts.
    if (Math.abs(u) > 0.85 || Math.abs(v) > 0.85 || Math.abs(v - 0.45) < 0.15 || v > 0.45 !== isFlat) continue;
    errors.push(Math.hypot(((warp[k] - u) * other.size.width) / 2, ((warp[points + k] - v) * other.size.height) / 2));
  }
  return errors;
}

test('finds a fraction of a pixel through gain and offset; what shows nothing follows the corners near it', () => {
  const grid = { width: 37, height: 29 };
  const before = warpOff(grid, 1.2);
  const after = refineWarp(own, other, grid, before);
  expect(median(errorsOf(grid, before, false))).toBeGreaterThan(0.7);
  expect(median(errorsOf(grid, after, false))).toBeLessThan(0.15);
  const flat = [before, after].map((warp) => errorsOf(grid, warp, true));
  expect(flat[0].length).toBeGreaterThan(50);
  expect(median(flat[1])).toBeLessThan(0.5 * median(flat[0]));
});

test('photos of nothing, and a warp that shows a speck, stay as they are', () => {
  const grid = { width: 9, height: 7 };
  const grey = { size: own.size, values: new Float32Array(own.values.length).fill(0.5) };
  const warp = warpOff(grid, 1);
  expect(refineWarp(grey, other, grid, warp)).toEqual(warp);
  const speck = warp.map((value) => 0.1 * value);
  expect(refineWarp(own, other, grid, speck)).toEqual(speck);
});

test.each([
  { width: 37, height: 29 },
  { width: 20, height: 33 },
])('WGSL moves places as the reference does, on odd grids: %o', async (grid) => {
  const points = grid.width * grid.height;
  const warp = warpOff(grid, 1.2);
  const expected = refineWarp(own, other, grid, warp);
  const upload = (name: string, { size, values }: Planes) => ({ size, buffer: gpu.upload(name, values) });
  const photos = { own: upload('own', own), other: upload('other', other) };
  const field = { grid, warp: gpu.upload('warp', warp) };
  const target = gpu.scope.storage('moved', 8 * points);
  await gpu.submit((encoder) => void pass.run(encoder, photos.own, photos.other, field, target));
  const found = await gpu.readFloats(target, 2 * points);
  const away = Array.from({ length: points }, (_, k) =>
    Math.hypot(
      ((found[k] - expected[k]) * other.size.width) / 2,
      ((found[points + k] - expected[points + k]) * other.size.height) / 2,
    ),
  );
  // A place at a threshold may fall on either side of it.
  expect(away.filter((distance) => distance > 0.01).length).toBeLessThan(0.02 * points);
});

/** A field of which nothing is sure but every third column, and that is off by up to `by` pixels. */
function doubtful(grid: Size, by: number) {
  const points = grid.width * grid.height;
  const certainty = Float32Array.from({ length: points }, (_, k) => ((k % grid.width) % 3 === 0 ? 0.9 : 0.1));
  return { grid, photo: own.size, warp: warpOff(grid, by), certainty, cycle: new Float32Array(points).fill(0.5) };
}

const SURE = { certainty: 0.3, cycle: 2, apart: 0.02 };

test('what shows nothing follows the one motion, and what agrees there; but for what is sure of another place', () => {
  const field = doubtful({ width: 37, height: 29 }, 8);
  const after = followMotion(own, other, field, TRUE, SURE);
  const points = field.certainty.length;
  const truth = warpOff(field.grid, 0);
  const kinds = { followed: 0, stayed: 0, alike: 0 };
  for (let k = 0; k < points; k++) {
    const [u, v] = [truth[k], truth[points + k]];
    if (Math.abs(u) > 0.85 || Math.abs(v) > 0.85 || Math.abs(v - 0.45) < 0.15) continue;
    const off = Math.hypot(((field.warp[k] - u) * 191) / 2, ((field.warp[points + k] - v) * 161) / 2);
    const isKept = field.certainty[k] > 0.3 && off > 0.02 * 191;
    // A pattern may agree as well where a place lies by chance.
    const isFollowing = Math.abs(after[k] - u) < 1e-5;
    if (isKept || v > 0.45 || !isFollowing) expect(after[k]).toBeCloseTo(isKept || v < 0.45 ? field.warp[k] : u, 5);
    kinds[isKept ? 'stayed' : isFollowing ? 'followed' : 'alike']++;
  }
  expect(kinds.followed).toBeGreaterThan(400);
  expect(kinds.stayed).toBeGreaterThan(50);
  expect(kinds.alike).toBeLessThan(0.05 * kinds.followed);
});

test('what shows something stays where the photos agree less by the motion', () => {
  const field = doubtful({ width: 37, height: 29 }, 0);
  const beside = multiply3([1, 0, 0.08, 0, 1, -0.06, 0, 0, 1], TRUE);
  const after = followMotion(own, other, field, beside, SURE);
  const points = field.certainty.length;
  let [all, moved] = [0, 0];
  for (let k = 0; k < points; k++) {
    if (field.warp[points + k] > 0.25) continue;
    all++;
    if (after[k] !== field.warp[k]) moved++;
  }
  expect(moved).toBeLessThan(0.02 * all);
});

test('WGSL follows the motion as the reference does, both ways', async () => {
  const pass = new FollowMotionPass(gpu.device, gpu.scope);
  const upload = (name: string, { size, values }: Planes) => ({ size, buffer: gpu.upload(name, values) });
  const photos = { own: upload('own', own), other: upload('other', other) };
  for (const [here, there, motion] of [
    ['own', 'other', TRUE],
    ['other', 'own', invert3(TRUE)!],
  ] as const) {
    const field = doubtful({ width: 23, height: 31 }, 6);
    const planes = { own, other };
    const expected = followMotion(planes[here], planes[there], field, motion, SURE);
    expect(expected).not.toEqual(field.warp);
    const points = field.certainty.length;
    const [warp, certainty, cycle] = (['warp', 'certainty', 'cycle'] as const).map((name) =>
      gpu.upload(name, field[name]),
    );
    const onGpu = { grid: field.grid, photo: field.photo, warp, certainty, cycle, logit: certainty };
    const target = gpu.scope.storage('followed', 8 * points);
    await gpu.submit((encoder) => pass.run(encoder, photos[here], photos[there], onGpu, motion, SURE, target));
    const found = await gpu.readFloats(target, 2 * points);
    const apart = Array.from({ length: 2 * points }, (_, k) => Math.abs(found[k] - expected[k])).filter(
      (d) => d > 1e-4,
    );
    expect(apart.length).toBeLessThan(0.01 * points);
  }
});
