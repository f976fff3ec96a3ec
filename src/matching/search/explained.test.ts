import { expect, it } from 'vitest';
import type { PlainField, PlainMatchField } from '../../compute/field/cpu.ts';
import { certainty, shiftedLogits } from '../../compute/certainty/cpu.ts';
import type { Side } from '../../core/geometry.ts';
import { IDENTITY3, type Matrix3 } from '../../core/matrix3.ts';
import { seededRandom } from '../../geometry/random.ts';
import { shiftsOf } from './explained.ts';
import { geometryOf, isUnexplained } from './one-geometry.ts';

const GRID = { width: 64, height: 48 };
const PHOTO = { width: 640, height: 480 };
const POINTS = GRID.width * GRID.height;
const SURE = { certainty: 0.3, cycle: 9.6, apart: 0.015 };
const BOTH = { a: SURE, b: SURE };

interface Place {
  /** Pixels from where it lies to where it lies in the other photo. */
  dx: number;
  dy: number;
  certainty: number;
}

/** Both sides alike but for the direction, with half a pixel of noise. */
function fieldsOf(place: (x: number, y: number) => Place): PlainMatchField {
  const random = seededRandom(4);
  const side = (sign: 1 | -1): PlainField => {
    const warp = new Float32Array(2 * POINTS);
    const certain = new Float32Array(POINTS);
    for (let k = 0; k < POINTS; k++) {
      const [x, y] = [((k % GRID.width) + 0.5) * 10, (Math.floor(k / GRID.width) + 0.5) * 10];
      const { dx, dy, certainty } = place(x, y);
      const at = (value: number, size: number) =>
        Math.min(1, Math.max(-1, (2 * (value + 0.5 * (random() - 0.5))) / size - 1));
      warp[k] = at(x + sign * dx, PHOTO.width);
      warp[POINTS + k] = at(y + sign * dy, PHOTO.height);
      certain[k] = certainty;
    }
    return { grid: GRID, photo: PHOTO, warp, certainty: certain, cycle: new Float32Array(POINTS) };
  };
  return { a: side(1), b: side(-1) };
}

const flatWhere = (is: (x: number, y: number) => boolean): Record<Side, Uint8Array> => {
  const map = Uint8Array.from({ length: POINTS }, (_, k) =>
    is(((k % GRID.width) + 0.5) * 10, (Math.floor(k / GRID.width) + 0.5) * 10) ? 1 : 0,
  );
  return { a: map, b: map };
};
const shown = flatWhere(() => false);

/** A scene with depth seen from a camera further right: places move along rows, the nearer the more. */
const depth = (x: number, y: number) => -8 - 30 * (y / 480) - (x > 320 && y > 200 ? 25 : 0) - 6 * Math.sin(x / 60);
const scene = (x: number, y: number): Place => ({ dx: depth(x, y), dy: 0, certainty: 0.85 });

/** Share of the places of A for which `is` holds that are drawn, before and after. */
function drawn(
  fields: PlainMatchField,
  is: (x: number, y: number) => boolean,
  flat = shown,
  motion: Matrix3 | null = null,
) {
  const geometry = geometryOf(fields, flat, BOTH, motion)!;
  const shifts = shiftsOf(fields, flat, geometry);
  const after = certainty(fields.a.warp, shiftedLogits(fields.a.certainty, shifts.a));
  let [all, was, left] = [0, 0, 0];
  for (let k = 0; k < POINTS; k++) {
    const [x, y] = [((k % GRID.width) + 0.5) * 10, (Math.floor(k / GRID.width) + 0.5) * 10];
    if (!is(x, y) || Math.abs(fields.a.warp[k]) === 1) continue;
    all++;
    if (fields.a.certainty[k] >= SURE.certainty) was++;
    if (after[k] >= SURE.certainty) left++;
  }
  return { before: was / all, after: left / all, geometry };
}

it('what lies off the epipolar lines of the rest is not certain any more, the rest is', () => {
  const isWrong = (x: number, y: number) => x > 80 && x < 240 && y > 60 && y < 220;
  // A window taken for the next one, up and to the right.
  const fields = fieldsOf((x, y) => (isWrong(x, y) ? { dx: 60, dy: -40, certainty: 0.55 } : scene(x, y)));
  expect(drawn(fields, isWrong)).toMatchObject({ before: 1, after: 0 });
  const right = drawn(fields, (x, y) => !isWrong(x, y));
  expect(right.after).toBeGreaterThan(0.99);
  expect(right.geometry.isPlane).toBe(false);
  expect(right.geometry.explained).toBeGreaterThan(0.85);
  expect(isUnexplained(right.geometry)).toBe(false);
});

it('something that walks through the scene stays, where the network is very certain of it', () => {
  const moves = (x: number, y: number) => x > 420 && x < 500 && y > 180 && y < 420;
  const fields = fieldsOf((x, y) => (moves(x, y) ? { dx: -20, dy: 25, certainty: 0.95 } : scene(x, y)));
  expect(drawn(fields, moves).after).toBe(1);
});

it('takes nothing from a match that is one motion, its blank places included', () => {
  const fields = fieldsOf(() => ({ dx: 0, dy: 0, certainty: 0.6 }));
  const sky = (_: number, y: number) => y < 160;
  expect(drawn(fields, () => true, flatWhere(sky), IDENTITY3)).toMatchObject({ before: 1, after: 1 });
});

it('is not certain of a sky where the rest has depth, but of a small blank patch amid texture', () => {
  const sky = (_: number, y: number) => y < 150;
  const patch = (x: number, y: number) => x > 300 && x < 340 && y > 300 && y < 330;
  const flat = flatWhere((x, y) => sky(x, y) || patch(x, y));
  const fields = fieldsOf((x, y) => ({ ...scene(x, y), certainty: 0.8 }));
  expect(drawn(fields, (x, y) => y < 120 && sky(x, y), flat).after).toBe(0);
  expect(drawn(fields, patch, flat).after).toBe(1);
  expect(drawn(fields, (_, y) => y > 180, flat).after).toBe(1);
});

it('says so where no geometry explains most of it, and is less certain of all of it', () => {
  const random = seededRandom(9);
  const steps = Array.from({ length: 12 }, () => [200 * (random() - 0.5), 160 * (random() - 0.5)]);
  const fields = fieldsOf((x, y) => {
    const [dx, dy] = steps[4 * Math.floor(y / 161) + Math.floor(x / 161)];
    return { dx, dy, certainty: 0.6 };
  });
  const { after, geometry } = drawn(fields, () => true);
  expect(isUnexplained(geometry)).toBe(true);
  expect(after).toBeLessThan(0.5);
});

it('says nothing of a match with few sure places', () => {
  const fields = fieldsOf((x, y) => ({ ...scene(x, y), certainty: y < 20 && x < 300 ? 0.9 : 0.05 }));
  fields.b.certainty.fill(0);
  expect(geometryOf(fields, shown, BOTH, null)).toBeNull();
});
