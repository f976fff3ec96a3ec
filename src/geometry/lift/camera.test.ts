import { describe, expect, test } from 'vitest';
import { inDegrees, inRadians } from '../pinhole.ts';
import { LIFT_LIMITS, VIEWPOINT_BINS } from '../../pages/lift/contract/settings.ts';
import type { CameraMotion } from '../pinhole.ts';
import { multiply3 } from '../../core/matrix3.ts';
import { apply3, axisAngleOf, rotationOf } from '../../core/rotation.ts';
import type { Vector3 } from '../../core/rotation.ts';
import {
  camerasOf,
  drawL2mView,
  drawViewpoint,
  intrinsicMatrix,
  L2M_VIEWS,
  orbit,
  poseMatrix,
  project,
  transfer,
  unproject,
  viewpointAngle,
} from './camera.ts';
import { transpose3 } from '../linear-algebra.ts';

const SIZE = { width: 640, height: 427 };
const STILL: CameraMotion = { rotation: [0, 0, 0], translation: [0, 0, 0], zoom: 1 };
const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);
const cameras = (motion: CameraMotion, medianDepth = 1, focal = 0.6) =>
  camerasOf({ depth: { focal }, motion }, SIZE, medianDepth);

describe('rotations', () => {
  test.each<Vector3>([
    [0, 0, 0],
    [1e-9, 0, 0],
    [12, -34, 5],
    [0, 179.9, 0],
    [0, 0, -180],
    [100, 100, 100],
  ])('axis-angle (%s, %s, %s) survives the way there and back', (...axis) => {
    const m = rotationOf(inRadians(axis));
    const back = rotationOf(axisAngleOf(m));
    for (let k = 0; k < 9; k++) expect(back[k]).toBeCloseTo(m[k], 12);
    const product = multiply3(m, transpose3(m));
    for (let k = 0; k < 9; k++) expect(product[k]).toBeCloseTo(k % 4 ? 0 : 1, 12);
  });

  test('signs: the scene moves up with x, to the right with y, clockwise with z', () => {
    const turn = (axis: Vector3, v: Vector3) => apply3(rotationOf(inRadians(axis)), v);
    expect(turn([10, 0, 0], [0, 0, 1])[1]).toBeLessThan(0);
    expect(turn([0, 10, 0], [0, 0, 1])[0]).toBeGreaterThan(0);
    expect(turn([0, 0, 10], [1, 0, 0])[1]).toBeGreaterThan(0);
  });
});

describe('cameras of settings', () => {
  const motion: CameraMotion = { rotation: [3, -8, 20], translation: [0.1, -0.2, 0.3], zoom: 1.5 };
  const pair = cameras(motion, 4);

  test('K, pose and units', () => {
    expect(intrinsicMatrix(pair.a)).toEqual([384, 0, 320, 0, 384, 213.5, 0, 0, 1]);
    expect(pair.b.fx).toBeCloseTo(576);
    const pose = poseMatrix(pair);
    expect([pose[3], pose[7], pose[11]].map((t) => t / 4)).toEqual([...motion.translation]);
    expect(viewpointAngle(cameras({ ...STILL, rotation: [0, 0, 70] }).rotation)).toBeCloseTo(0);
    expect(viewpointAngle(cameras({ ...STILL, rotation: [0, -25, 0] }).rotation)).toBeCloseTo(25);
  });

  test('transfer is unprojection, motion, projection', () => {
    const [x, y, z] = unproject(pair.a, 100.5, 300.5, 7);
    project(pair.a, [x, y, z])!.forEach((v, k) => expect(v).toBeCloseTo([100.5, 300.5][k], 9));
    const [k, p] = [intrinsicMatrix(pair.b), poseMatrix(pair)];
    const inB = [0, 4, 8].map((row) => p[row] * x + p[row + 1] * y + p[row + 2] * z + p[row + 3]);
    const place = transfer(pair, 100.5, 300.5, 7)!;
    expect(place[0]).toBeCloseTo((k[0] * inB[0]) / inB[2] + k[2], 9);
    expect(place[1]).toBeCloseTo((k[4] * inB[1]) / inB[2] + k[5], 9);
    expect(place[2]).toBeCloseTo(inB[2], 12);
    expect(transfer(cameras({ ...STILL, translation: [0, 0, -2] }), 10, 10, 1)).toBeNull();
  });
});

describe('views by seed', () => {
  test('L2M’s ranges are kept and used up, with every sign', () => {
    const draws = SEEDS.map(drawL2mView);
    const columns = [0, 1, 2].flatMap((axis) => [
      { values: draws.map(({ motion }) => motion.translation[axis]), range: L2M_VIEWS.translation[axis] },
      { values: draws.map(({ motion }) => motion.rotation[axis]), range: L2M_VIEWS.rotation },
    ]);
    columns.push({ values: draws.flatMap(({ focal }) => [focal, -focal]), range: L2M_VIEWS.focal as never });
    for (const { values, range } of columns) {
      const sizes = values.map(Math.abs);
      const width = range[1] - range[0];
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(range[0]);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(range[1]);
      expect(Math.min(...sizes)).toBeLessThan(range[0] + 0.1 * width);
      expect(Math.max(...sizes)).toBeGreaterThan(range[1] - 0.1 * width);
      const positive = values.filter((v) => v > 0).length / values.length;
      expect(Math.abs(positive - 0.5)).toBeLessThan(0.15);
    }
    expect(drawL2mView(7)).toEqual(drawL2mView(7));
    expect(drawL2mView(7)).not.toEqual(drawL2mView(8));
  });

  test.each(VIEWPOINT_BINS)('the bin %i–%i° is kept, the pivot stays in the middle, sliders reach it', (low, high) => {
    for (const seed of SEEDS) {
      const motion = drawViewpoint([low, high], seed);
      const pair = cameras(motion, 3);
      const angle = viewpointAngle(pair.rotation);
      expect(angle).toBeGreaterThanOrEqual(low - 1e-9);
      expect(angle).toBeLessThan(high + 1e-9);
      const [x, y, z] = transfer(pair, SIZE.width / 2, SIZE.height / 2, 3)!;
      expect([x, y, z].map((v) => +v.toFixed(6))).toEqual([SIZE.width / 2, SIZE.height / 2, 3]);
      for (const v of motion.translation) expect(Math.abs(v)).toBeLessThanOrEqual(LIFT_LIMITS.translation[1]);
      for (const v of motion.rotation) expect(Math.abs(v)).toBeLessThanOrEqual(LIFT_LIMITS.rotation[1] + 1e-9);
    }
    expect(drawViewpoint([low, high], 3)).toEqual(drawViewpoint([low, high], 3));
  });

  test('an orbit leaves its pivot alone and can be taken back', () => {
    const start: CameraMotion = { rotation: [4, -7, 2], translation: [0.1, 0.05, -0.2], zoom: 1.2 };
    const swung = orbit(start, 20, 0);
    const at = (motion: CameraMotion) => transfer(cameras(motion), SIZE.width / 2, SIZE.height / 2, 1)!;
    at(swung).forEach((v, k) => expect(v).toBeCloseTo(at(start)[k], 9));
    const back = orbit(swung, -20, 0);
    back.rotation.forEach((v, k) => expect(v).toBeCloseTo(start.rotation[k], 9));
    back.translation.forEach((v, k) => expect(v).toBeCloseTo(start.translation[k], 9));
    expect(inDegrees(axisAngleOf(rotationOf(inRadians(orbit(STILL, 15, 0).rotation))))[1]).toBeCloseTo(15);
  });
});
