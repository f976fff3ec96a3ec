import { describe, expect, test } from 'vitest';
import { apply3 } from '../../core/rotation.ts';
import { activate } from '../activate.ts';
import { isSameCamera, relativePose } from '../camera.ts';
import { renderSplats } from '../raster/render.ts';
import { abstention, type TwoViewFacts } from './abstain.ts';
import { buildTwoViewScene } from './build.ts';
import { triangulateField } from './inverse-depth.ts';
import { fadedOpacities, flyCamera } from './path.ts';
import { fitPrior } from './prior.ts';
import { cameraAt, photograph, photoOf, seen, SIZE } from './two-planes.test-helper.ts';

// Lenses of two kinds.
const [A, B] = [cameraAt(0), cameraAt(1, 170)];
const GRID = { width: 53, height: 41 };
const raw = relativePose(A, B);
const length = Math.hypot(...raw.translation);
const pose = {
  rotation: raw.rotation,
  translation: raw.translation.map((v) => v / length) as [number, number, number],
};
const photos = { a: photoOf(A, B, GRID), b: photoOf(B, A, GRID) };
const scene = buildTwoViewScene({ photos, pose, side: 160 });

/** Pictures of the scene from a place of its path. */
function fly(at: number) {
  const active = activate(scene.table);
  const opacities = fadedOpacities(active.opacities, scene.fade, at);
  return renderSplats({ ...active, opacities }, flyCamera(scene, { at, yaw: 0, pitch: 0 }, SIZE));
}

/** dB over the pixels that are covered, and the share of these. */
function against({ colour, alpha }: ReturnType<typeof fly>, truth: { data: Uint8ClampedArray }) {
  let [sum, covered] = [0, 0];
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i] < 0.5) continue;
    covered++;
    for (let c = 0; c < 3; c++) sum += (colour[c * alpha.length + i] / alpha[i] - truth.data[4 * i + c] / 255) ** 2;
  }
  return { psnr: -10 * Math.log10(sum / (3 * covered)), coverage: covered / alpha.length };
}

describe('two photos become a scene', () => {
  test('depth is that of the surfaces, in the unit that the scene tells', () => {
    const { depth, alpha } = fly(0);
    const errors: number[] = [];
    for (let i = 0; i < alpha.length; i += 3) {
      if (alpha[i] < 0.5) continue;
      const truth = (seen(A, (i % SIZE.width) + 0.5, Math.floor(i / SIZE.width) + 0.5).depth / length) * scene.baseline;
      errors.push(Math.abs(depth.median[i] / truth - 1));
    }
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(0.5 * errors.length)]).toBeLessThan(0.005);
    expect(errors[Math.floor(0.9 * errors.length)]).toBeLessThan(0.05);
  });

  test('A, B and what lies between look as photographed', () => {
    for (const [at, camera, least] of [
      [0, A, 28.5],
      [1, cameraAt(1), 28.5],
      [0.5, cameraAt(0.5), 24],
    ] as const) {
      const size = { width: SIZE.width, height: SIZE.height };
      const own = flyCamera(scene, { at, yaw: 0, pitch: 0 }, size);
      // The focal length goes from one lens to the other.
      const { psnr, coverage } = against(fly(at), photograph({ ...camera, fx: own.fx, fy: own.fy }));
      expect(psnr, `at ${at}`).toBeGreaterThan(least);
      expect(coverage, `at ${at}`).toBeGreaterThan(0.9);
    }
  });

  test('what one photo alone shows stays, what both show gives way', () => {
    const { a } = scene.counts;
    const fades = [scene.fade.subarray(0, a), scene.fade.subarray(a)];
    expect(fades[0].every((v) => v >= 0)).toBe(true);
    expect(fades[1].every((v) => v <= 0)).toBe(true);
    // The left border of B is beyond A's picture, and the right one of A beyond B's.
    const alone = fades.map((part) => part.filter((v) => Math.abs(v) < 0.1).length / part.length);
    expect(Math.min(...alone)).toBeGreaterThan(0.02);
    expect(Math.max(...alone)).toBeLessThan(0.4);
  });

  test('nothing hangs between board and wall', () => {
    const { positions, count } = scene.table;
    const unit = scene.baseline / length;
    let between = 0;
    for (let i = 0; i < count; i++) {
      const z = positions[3 * i + 2] / unit;
      if (z > 3.3 && z < 5.4) between++;
    }
    expect(between / count).toBeLessThan(0.01);
  });

  test('places are covisible where the rays meet, which those of a wrong pose do not', () => {
    const map = triangulateField(photos.a.field, {
      photo: SIZE,
      here: photos.a.focal,
      there: photos.b.focal,
      pose,
      noise: 0.5 / 640,
    });
    const covisible = map.covisible.filter((v) => v > 0.9).length;
    expect(covisible / map.covisible.length).toBeGreaterThan(0.5);
    const aside = triangulateField(photos.a.field, {
      photo: SIZE,
      here: photos.a.focal,
      there: photos.b.focal,
      pose: { ...pose, translation: [0, 1, 0] },
      noise: 0.5 / 640,
    });
    expect(aside.covisible.filter((v) => v > 0.9).length).toBeLessThan(0.2 * covisible);
  });
});

test('a monocular map is fitted to what was triangulated, outliers or not, and fills what one photo alone shows', () => {
  const truth = Float32Array.from({ length: SIZE.width * SIZE.height }, (_, i) => {
    const { depth } = seen(A, (i % SIZE.width) + 0.5, Math.floor(i / SIZE.width) + 0.5);
    return length / depth;
  });
  const map = {
    size: SIZE,
    inverse: truth.map((v, i) => (i % 5 ? v : 3 * v)),
    weight: truth.map(() => 1),
    covisible: truth.map(() => 1),
  };
  const prior = truth.map((v) => 7 * v - 0.4);
  const fit = fitPrior(map, prior)!;
  expect(fit.scale).toBeCloseTo(1 / 7, 3);
  expect(fit.offset).toBeCloseTo(0.4 / 7, 3);
  expect(fit.explains).toBeGreaterThan(0.95);
  expect(
    fitPrior(
      map,
      prior.map((v) => -v),
    ),
  ).toBeNull();
  expect(fitPrior({ ...map, covisible: truth.map(() => 0) }, prior)).toBeNull();
});

test('the path begins at A, ends at B, goes beyond both, and turns around the middle of the view', () => {
  const { cameras } = scene;
  expect(isSameCamera(flyCamera(scene, { at: 0, yaw: 0, pitch: 0 }, SIZE), cameras.a)).toBe(true);
  const end = flyCamera(scene, { at: 1, yaw: 0, pitch: 0 }, SIZE);
  end.rotation.forEach((v, k) => expect(v).toBeCloseTo(cameras.b.rotation[k], 6));
  end.translation.forEach((v, k) => expect(v).toBeCloseTo(cameras.b.translation[k], 6));
  expect(end.fx).toBeCloseTo(cameras.b.fx, 6);
  expect(flyCamera(scene, { at: -0.2, yaw: 0, pitch: 0 }, SIZE).translation).not.toEqual(cameras.a.translation);
  // To the right and up, and what lay in the middle stays there.
  const aside = flyCamera(scene, { at: 0, yaw: 10, pitch: 5 }, SIZE);
  const middle = apply3(aside.rotation, [0, 0, scene.middle]).map((v, k) => v + aside.translation[k]);
  expect(middle[0]).toBeCloseTo(0, 6);
  expect(middle[1]).toBeCloseTo(0, 6);
  expect(middle[2]).toBeCloseTo(scene.middle, 6);
});

const GOOD: TwoViewFacts = {
  verdict: 'good',
  inlierRatio: 0.8,
  spread: null,
  inFront: 1,
  parallax: 6,
  planarShare: 0.4,
  rival: null,
};
test.each([
  [{}, null, null],
  [{ verdict: 'none' }, 'unrelated', null],
  [{ inlierRatio: 0.1 }, 'disagree', null],
  [{ inlierRatio: 0.4, spread: 40 }, 'disagree', null],
  [{ spread: 13 }, 'disagree', null],
  [{ inlierRatio: 0.3, spread: 4 }, null, null],
  [{ inFront: 0.5 }, 'disagree', null],
  [{ rival: 'turn' }, 'turn', 'panorama'],
  [{ rival: 'shift' }, 'turn', 'panorama'],
  [{ parallax: 0.3 }, 'parallax', 'panorama'],
  [{ parallax: 0.3, planarShare: 1 }, 'turn', 'panorama'],
  [{ planarShare: 0.99 }, 'plane', 'plane'],
  [{ rival: 'pose' }, 'plane', 'plane'],
] as const)('%o is told apart: %s', (changes, reason, offer) => {
  const found = abstention({ ...GOOD, ...changes });
  expect(found?.reason ?? null).toBe(reason);
  expect(found?.offer ?? null).toBe(offer);
});
