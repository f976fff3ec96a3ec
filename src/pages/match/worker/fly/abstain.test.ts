import { expect, test } from 'vitest';
import { sampleMatches } from '../../../../compute/sample-matches/cpu.ts';
import type { DenseField } from '../../../../core/match.ts';
import { rotationOf, type Vector3 } from '../../../../core/rotation.ts';
import { type SplatCamera, translationAt } from '../../../../gaussians/camera.ts';
import { abstention } from '../../../../gaussians/two-view/abstain.ts';
import { cameraAt, exactField } from '../../../../gaussians/two-view/two-planes.test-helper.ts';
import { seededRandom } from '../../../../geometry/random.ts';
import { DEFAULT_FIT } from '../../params.ts';
import { fitMatch } from '../geometry/fit-match.ts';

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

async function judged(a: SplatCamera, b: SplatCamera, focal: number | null) {
  const photo = { width: a.width, height: a.height };
  const fields = { a: noisy(exactField(a, b, GRID), b, 1), b: noisy(exactField(b, a, GRID), a, 2) };
  const plain = { a: { ...fields.a, photo }, b: { ...fields.b, photo } };
  const { result } = await fitMatch(
    { settings: { ...DEFAULT_FIT, model: 'essential' }, certainty: 0.3, cycleLimit: 0 },
    {
      photos: { a: photo, b: photo },
      exifFocal: { a: focal, b: focal },
      verdict: 'good',
      sample: async (options) => sampleMatches(plain, options).rows,
      readField: async (side) => fields[side],
    },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  return abstention({ verdict: 'good', inlierRatio: result.inlierRatio, ...result.cameras! })?.reason ?? null;
}

// Right of the board there is the wall alone.
const ASIDE: Vector3 = [3.5, 0, 0];
test.each([
  ['board and wall', camera([0, 0, 0], [0, 0, 0]), camera([1, 0.05, 0], [0, 0.16, 0]), [null]],
  ['a mere turn', camera([0, 0, 0], [0, 0, 0]), camera([0, 0, 0], [0.03, 0.15, 0.02]), ['turn', 'parallax']],
  ['a wall alone', camera(ASIDE, [0, 0, 0]), camera([4.5, 0.2, 0], [0, 0.16, 0]), ['plane']],
] as const)('%s, focal length known', async (_, a, b, reasons) => {
  expect(reasons).toContain(await judged(a, b, FOCAL));
});
