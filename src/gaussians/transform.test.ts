import { describe, expect, it, test } from 'vitest';
import { IDENTITY3, type Matrix3, multiply3 } from '../core/matrix3.ts';
import { apply3, rotationOf, type Vector3 } from '../core/rotation.ts';
import { activate, colourOf, harmonics } from './activate.ts';
import { cameraCentre, type SplatCamera, transpose3 } from './camera.ts';
import { seededRandom } from '../geometry/random.ts';
import { createTable, type GaussianTable, rotationMatrix, type ShDegree } from './table.ts';
import {
  axisVector,
  inverseTransform,
  quaternionOf,
  type SceneTransform,
  transformCamera,
  transformScene,
  UP_AXES,
  upAxisRotation,
} from './transform.ts';

const MOVE: SceneTransform = { scale: 2.5, rotation: rotationOf([0.4, -1.1, 0.7]), translation: [3, -1, 0.5] };

function randomScene(count: number, degree: ShDegree): GaussianTable {
  const random = seededRandom(count + degree);
  const table = createTable(count, degree);
  for (const values of [table.positions, table.logScales, table.quaternions, table.sh0, table.shRest]) {
    values.forEach((_, i) => (values[i] = random() - 0.5));
  }
  for (let i = 0; i < 4 * count; i += 4) {
    const length = Math.hypot(...table.quaternions.subarray(i, i + 4));
    for (let k = 0; k < 4; k++) table.quaternions[i + k]! /= length;
  }
  return table;
}

describe('a scene moved as a whole', () => {
  it('takes positions, axes and sizes along', () => {
    const table = randomScene(40, 3);
    const moved = transformScene(table, MOVE);
    for (let i = 0; i < table.count; i++) {
      const [x, y, z] = apply3(MOVE.rotation, [...table.positions.subarray(3 * i, 3 * i + 3)] as unknown as Vector3);
      [x, y, z].forEach((value, k) =>
        expect(moved.positions[3 * i + k]).toBeCloseTo(2.5 * value + MOVE.translation[k], 4),
      );
      const [before, after]: number[][] = [[], []];
      rotationMatrix(table, i, before);
      rotationMatrix(moved, i, after);
      const expected = multiply3(MOVE.rotation, before as unknown as Matrix3);
      expected.forEach((value, k) => expect(after[k]).toBeCloseTo(value, 5));
      expect(moved.logScales[3 * i]).toBeCloseTo(table.logScales[3 * i]! + Math.log(2.5), 5);
    }
  });

  it('keeps the colour that each Gaussian shows to a camera that moves along, at every degree', () => {
    for (const degree of [0, 1, 2, 3] as const) {
      const table = randomScene(20, degree);
      const [before, after] = [activate(table), activate(transformScene(table, MOVE))];
      const [basis, turnedBasis] = [new Float64Array(15), new Float64Array(15)];
      for (const direction of [
        [0, 0, 1],
        [0.6, -0.64, 0.48],
        [-0.8, 0.36, -0.48],
      ] as Vector3[]) {
        harmonics(...direction, degree, basis);
        harmonics(...apply3(MOVE.rotation, direction), degree, turnedBasis);
        for (let i = 0; i < table.count; i++) {
          for (const channel of [0, 1, 2]) {
            const shown = colourOf(after, i, turnedBasis, degree, channel);
            expect(shown).toBeCloseTo(colourOf(before, i, basis, degree, channel), 5);
          }
        }
      }
    }
  });

  it('is seen by the moved camera as before, and comes back', () => {
    const camera: SplatCamera = {
      ...{ width: 20, height: 10, fx: 15, fy: 15, cx: 10, cy: 5 },
      rotation: rotationOf([0.2, 0.1, -0.3]),
      translation: [0.5, 0.2, 3],
    };
    const moved = transformCamera(camera, MOVE);
    const point: Vector3 = [0.3, -0.8, 1.7];
    const [x, y, z] = apply3(MOVE.rotation, point);
    const there: Vector3 = [2.5 * x + 3, 2.5 * y - 1, 2.5 * z + 0.5];
    const seen = (of: SplatCamera, p: Vector3) => apply3(of.rotation, p).map((value, k) => value + of.translation[k]);
    seen(moved, there).forEach((value, k) => expect(value).toBeCloseTo(2.5 * seen(camera, point)[k]!, 9));
    const back = transformCamera(moved, inverseTransform(MOVE));
    cameraCentre(back).forEach((value, k) => expect(value).toBeCloseTo(cameraCentre(camera)[k]!, 9));
    const table = randomScene(5, 3);
    const returned = transformScene(transformScene(table, MOVE), inverseTransform(MOVE));
    returned.shRest.forEach((value, k) => expect(value).toBeCloseTo(table.shRest[k]!, 5));
  });
});

test('any up axis goes to any other by quarter turns', () => {
  for (const from of UP_AXES) {
    for (const to of UP_AXES) {
      const turn = upAxisRotation(from, to);
      expect(apply3(turn, axisVector(from)).map((value) => value + 0)).toEqual(
        axisVector(to).map((value) => value + 0),
      );
      // A rotation, and not a mirror.
      expect(multiply3(turn, transpose3(turn)).map((value) => value + 0)).toEqual(IDENTITY3);
      const [a, b, c, d, e, f, g, h, i] = turn;
      expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)).toBe(1);
    }
  }
});

test('a quaternion is found for every rotation, half turns included', () => {
  for (const axis of [
    [0, 0, 0],
    [Math.PI, 0, 0],
    [0, Math.PI, 0],
    [0, 0, Math.PI],
    [1.2, -2.1, 0.4],
  ] as Vector3[]) {
    const rotation = rotationOf(axis);
    const table = randomScene(1, 0);
    table.quaternions.set(quaternionOf(rotation));
    const matrix: number[] = [];
    rotationMatrix(table, 0, matrix);
    rotation.forEach((value, k) => expect(matrix[k]).toBeCloseTo(value, 6));
  }
});
