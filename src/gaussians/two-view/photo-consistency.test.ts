import { expect, test } from 'vitest';
import { relativePose } from '../camera.ts';
import { cellColours } from './colour.ts';
import { type TriangulatedMap, triangulateField } from './inverse-depth.ts';
import { photoConsistent } from './photo-consistency.ts';
import { refinedMap } from './refined-map.ts';
import { cameraAt, photoOf, seen, SIZE } from './two-planes.test-helper.ts';

const [A, B] = [cameraAt(0), cameraAt(1)];
const GRID = { width: 40, height: 30 };
const { rotation, translation } = relativePose(A, B);
const unit = Math.hypot(...translation);
const pose = { rotation, translation: translation.map((v) => v / unit) as [number, number, number] };
const [a, b] = [photoOf(A, B, GRID), photoOf(B, A, GRID)];
const colours = { a: cellColours(a.pixels, SIZE), b: cellColours(b.pixels, SIZE) };
const sides = {
  here: { size: SIZE, colour: colours.a, focal: a.focal },
  there: { size: SIZE, colour: colours.b, focal: b.focal },
};

/** The match with the board's motion up to two cells beyond its edges, as networks have it. */
function dragged() {
  const { field } = a;
  const points = GRID.width * GRID.height;
  const isBoard = (i: number) => depthAt(i, GRID) < 4;
  const warp = field.warp.slice();
  const certainty = field.certainty.slice();
  for (let i = 0; i < points; i++) {
    if (isBoard(i)) continue;
    const [x, y] = [i % GRID.width, Math.floor(i / GRID.width)];
    for (const d of [1, 2]) {
      for (const [dx, dy] of [
        [d, 0],
        [-d, 0],
        [0, d],
        [0, -d],
      ]) {
        const j = i + dy * GRID.width + dx;
        if (x + dx < 0 || x + dx >= GRID.width || y + dy < 0 || y + dy >= GRID.height || !isBoard(j)) continue;
        warp[i] = field.warp[j] - (2 * dx) / GRID.width;
        warp[points + i] = field.warp[points + j] - (2 * dy) / GRID.height;
        certainty[i] = 0.6;
      }
    }
  }
  return { ...field, warp, certainty };
}

const depthAt = (i: number, { width, height }: typeof GRID): number =>
  seen(A, (((i % width) + 0.5) * SIZE.width) / width, ((Math.floor(i / width) + 0.5) * SIZE.height) / height).depth;

const mapOf = (field: typeof a.field): TriangulatedMap => {
  const options = { photo: SIZE, here: a.focal, there: b.focal, pose, noise: 0.5 / 150 };
  return refinedMap(triangulateField(field, options), cellColours(a.pixels, GRID), colours.a, SIZE);
};

/** Share of the cells that say something whose depth is off by a tenth. */
function wrong({ inverse, weight }: TriangulatedMap): number {
  const said = Array.from(weight.keys()).filter((i) => weight[i] > 0);
  return (
    said.filter((i) => Math.abs((unit * inverse[i] * depthAt(i, SIZE)) / unit ** 2 - 1) > 0.1).length / said.length
  );
}

test('ground that a match drags along with a near thing goes back to where both photos look alike', () => {
  const before = mapOf(dragged());
  const after = photoConsistent(before, sides.here, sides.there, pose);
  expect(wrong(before)).toBeGreaterThan(0.08);
  expect(wrong(after)).toBeLessThan(wrong(before) / 3);
});

test('what is right stays, and a photo without texture changes nothing', () => {
  const right = mapOf(a.field);
  expect(wrong(photoConsistent(right, sides.here, sides.there, pose))).toBeLessThan(wrong(right) + 0.002);
  const blank = new Float32Array(colours.a.length).fill(0.5);
  const map = mapOf(dragged());
  const same = photoConsistent(map, { ...sides.here, colour: blank }, { ...sides.there, colour: blank }, pose);
  expect(same.inverse.filter((value, i) => map.weight[i] > 0 && map.inverse[i] !== value)).toHaveLength(0);
});
