import { expect, it } from 'vitest';
import type { PlainField } from '../../compute/field/cpu.ts';
import { type Matrix3, project } from '../../core/matrix3.ts';
import { seededRandom } from '../../geometry/random.ts';
import { oneMotion } from './one-motion.ts';

const GRID = { width: 56, height: 40 };
const PHOTO = { width: 640, height: 460 };
const OTHER = { width: 500, height: 620 };
const SURE = { certainty: 0.3, cycle: 9 };
const MOTION: Matrix3 = [-0.8, 0.1, 0.05, 0.12, -0.85, -0.04, 0.02, 0.03, 1];

/** The motion with noise, pixels of the other photo; `from` the left on, as a share, another thing is nearer by `pixels`. */
function field(from: number, pixels: number, noise = 0.3): PlainField {
  const random = seededRandom(3);
  const points = GRID.width * GRID.height;
  const warp = new Float32Array(2 * points);
  for (let k = 0; k < points; k++) {
    const [x, y] = [
      (2 * (k % GRID.width) + 1) / GRID.width - 1,
      (2 * Math.floor(k / GRID.width) + 1) / GRID.height - 1,
    ];
    const [u, v] = project(MOTION, x, y);
    const by = (k % GRID.width) / GRID.width >= from ? pixels : 0;
    warp[k] = u + (2 * (by + noise * (random() - 0.5))) / OTHER.width;
    warp[points + k] = v + (2 * noise * (random() - 0.5)) / OTHER.height;
  }
  const certainty = new Float32Array(points).fill(0.8);
  return { grid: GRID, photo: PHOTO, warp, certainty, cycle: new Float32Array(points) };
}

const shown = () => false;

it('finds the motion that explains all, as near as the places are', () => {
  const found = oneMotion(field(1, 0), OTHER, SURE, shown)!;
  for (const [x, y] of [
    [-0.9, -0.9],
    [0, 0],
    [0.9, 0.7],
  ]) {
    const [u, v] = project(found, x, y);
    const [p, q] = project(MOTION, x, y);
    expect(Math.hypot(((u - p) * OTHER.width) / 2, ((v - q) * OTHER.height) / 2)).toBeLessThan(0.1);
  }
});

it('finds none where a sixth of the places is nearer by some pixels, or too few are sure', () => {
  expect(oneMotion(field(5 / 6, 6), OTHER, SURE, shown)).toBeNull();
  const unsure = field(1, 0);
  unsure.certainty.fill(0.2, 80);
  expect(oneMotion(unsure, OTHER, SURE, shown)).toBeNull();
});

it('asks only places that show something: where sky lies says nothing', () => {
  const sky = field(5 / 6, 6);
  const isFlat = (x: number) => x > 0.6;
  expect(oneMotion(sky, OTHER, SURE, isFlat)).not.toBeNull();
});

it('takes what lies a little aside for the motion, too, where the photos agree there: never the most part', () => {
  const may = () => () => true;
  expect(oneMotion(field(0.75, 5), OTHER, SURE, shown)).toBeNull();
  expect(oneMotion(field(0.75, 5), OTHER, SURE, shown, may)).not.toBeNull();
  expect(oneMotion(field(0.75, 5), OTHER, SURE, shown, () => () => false)).toBeNull();
  expect(oneMotion(field(0.75, 9), OTHER, SURE, shown, may)).toBeNull();
  const scattered = field(1, 0);
  const random = seededRandom(5);
  scattered.warp.forEach((place, k) => {
    if (k % 5 < 3) scattered.warp[k] = place + 0.3 * (random() - 0.5);
  });
  expect(oneMotion(scattered, OTHER, SURE, shown, may)).toBeNull();
});

it('of a turned or mirrored photo finds the turn, which holds far from what can be seen', () => {
  for (const flip of [1, -1]) {
    // A quarter turn of the photo, normalised: sides change places.
    const turn: Matrix3 = [0, -flip, 0, 1, 0, 0, 0, 0, 1];
    const random = seededRandom(8);
    const seen = field(1, 0);
    const points = GRID.width * GRID.height;
    for (let k = 0; k < points; k++) {
      const [i, j] = [k % GRID.width, Math.floor(k / GRID.width)];
      const [u, v] = project(turn, (2 * i + 1) / GRID.width - 1, (2 * j + 1) / GRID.height - 1);
      seen.warp[k] = u + (2 * (random() - 0.5)) / 460;
      seen.warp[points + k] = v + (2 * (random() - 0.5)) / 640;
      seen.certainty[k] = i < 16 && j > 22 ? 0.9 : 0.1;
    }
    const found = oneMotion(seen, { width: 460, height: 640 }, SURE, shown)!;
    const [u, v] = project(found, 0.95, -0.95);
    const [p, q] = project(turn, 0.95, -0.95);
    expect(Math.hypot((u - p) * 230, (v - q) * 320)).toBeLessThan(0.5);
  }
});
