import { expect, test } from 'vitest';
import { sampleMatches } from '../../../../compute/sample-matches/cpu.ts';
import type { DenseField } from '../../../../core/match.ts';
import { rotationOf, type Vector3 } from '../../../../core/rotation.ts';
import { type SplatCamera, translationAt } from '../../../../gaussians/camera.ts';
import { cameraAt, exactField } from '../../../../gaussians/two-view/two-planes.test-helper.ts';
import { seededRandom } from '../../../../geometry/random.ts';
import { DEFAULT_FIT } from '../../params.ts';
import { fitMatch } from '../geometry/fit-match.ts';
import { sceneAbstention } from './scene-abstention.ts';

const GRID = { width: 56, height: 42 };
const FOCAL = cameraAt(0).fx;

/** A camera at a place of the wall's world, turned by an axis-angle. */
function camera(centre: Vector3, turn: Vector3): SplatCamera {
  const rotation = rotationOf(turn);
  return { ...cameraAt(0), rotation, translation: translationAt(rotation, centre) };
}

/** The exact match with noise of a third of a pixel. */
function noisy(field: DenseField, { width }: SplatCamera, seed: number): DenseField {
  const random = seededRandom(seed);
  const noise = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { ...field, warp: field.warp.map((value) => value + (2 * 0.33 * noise()) / width) };
}

/** Wrong wherever `isWrong` says so of a cell: moved by a way of its own in every block of 7 × 7 cells, as repeated things are. */
function misled(field: DenseField, isWrong: (block: number) => boolean, seed: number): DenseField {
  const random = seededRandom(seed);
  const moves = Array.from({ length: 128 }, () => 0.3 * (random() - 0.5));
  const points = GRID.width * GRID.height;
  const blockOf = (i: number) => (GRID.width / 7) * Math.floor(i / GRID.width / 7) + Math.floor((i % GRID.width) / 7);
  return {
    ...field,
    warp: field.warp.map((value, k) => {
      const block = blockOf(k % points);
      return isWrong(block) ? value + moves[2 * block + (k < points ? 0 : 1)] : value;
    }),
  };
}

async function judged(a: SplatCamera, b: SplatCamera, focal: number | null, isWrong = (_block: number) => false) {
  const photo = { width: a.width, height: a.height };
  const fields = {
    a: misled(noisy(exactField(a, b, GRID), b, 1), isWrong, 3),
    b: misled(noisy(exactField(b, a, GRID), a, 2), isWrong, 4),
  };
  const plain = { a: { ...fields.a, photo }, b: { ...fields.b, photo } };
  const run = { signal: new AbortController().signal, onProgress: () => {} };
  const fitted = await fitMatch(
    { settings: { ...DEFAULT_FIT, model: 'essential' }, certainty: 0.3, cycleLimit: 0 },
    {
      photos: { a: photo, b: photo },
      exifFocal: { a: focal, b: focal },
      verdict: 'good',
      sample: async (options) => sampleMatches(plain, options).rows,
      readField: async (side) => fields[side],
    },
    run,
  );
  return { reason: (await sceneAbstention(fitted, 'good', run))?.reason ?? null, ...fitted.result };
}

// Right of the board there is the wall alone.
const ASIDE: Vector3 = [3.5, 0, 0];
test.each([
  ['board and wall', camera([0, 0, 0], [0, 0, 0]), camera([1, 0.05, 0], [0, 0.16, 0]), [null]],
  ['a mere turn', camera([0, 0, 0], [0, 0, 0]), camera([0, 0, 0], [0.03, 0.15, 0.02]), ['turn', 'parallax']],
  ['a wall alone', camera(ASIDE, [0, 0, 0]), camera([4.5, 0.2, 0], [0, 0.16, 0]), ['plane']],
] as const)('%s, focal length known', async (_, a, b, reasons) => {
  expect(reasons).toContain((await judged(a, b, FOCAL)).reason);
});

test('two matches of five make a scene where they agree all over the photo', async () => {
  const [a, b] = [camera([0, 0, 0], [0, 0, 0]), camera([1, 0.05, 0], [0, 0.16, 0])];
  const some = await judged(a, b, FOCAL, (block) => block % 8 > 3 === block % 16 < 8);
  expect(some.inlierRatio).toBeLessThan(0.6);
  expect(some.reason).toBeNull();
});
