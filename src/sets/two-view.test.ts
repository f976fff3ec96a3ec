import { describe, expect, test } from 'vitest';
import { colmapCamera, type KnownCamera } from '../core/camera-model.ts';
import { pixelOfRay } from '../geometry/lens.ts';
import { KA, KB, POSE, twoViews } from '../geometry/scene.test-helper.ts';
import { essentialOf, unitNorm } from '../geometry/epipolar.ts';
import { assembleSet } from './assemble.ts';
import { geometryOf } from './match-pair.ts';
import { ROW } from './pair-matches.ts';
import { NO_CAMERAS } from './straight-pairs.ts';

const SIZE = { width: 640, height: 480 };
/** A strong barrel, and a fisheye whose principal point is off the centre. */
const CAMERAS: Record<'a' | 'b', KnownCamera> = {
  a: { model: 'OPENCV', size: SIZE, fx: 520, fy: 500, cx: 338, cy: 225, distortion: [-0.28, 0.09, 0.001, -0.0007] },
  b: {
    ...{ model: 'OPENCV_FISHEYE', size: SIZE, fx: 450, fy: 455 },
    cx: 300,
    cy: 262,
    distortion: [0.3, -0.1, 0.04, 0],
  },
};
const COUNT = 400;
const OUTLIERS = 80;

/** What both lenses show of one scene, to 0.3 px. */
function matches() {
  const { pairs } = twoViews({ points: COUNT, outliers: OUTLIERS, noise: 0.3 });
  const rows = new Float32Array(ROW * COUNT);
  for (let i = 0; i < COUNT; i++) {
    const a = pixelOfRay(CAMERAS.a, { x: (pairs.xa[i] - KA[2]) / KA[0], y: (pairs.ya[i] - KA[5]) / KA[4] });
    const b = pixelOfRay(CAMERAS.b, { x: (pairs.xb[i] - KB[2]) / KB[0], y: (pairs.yb[i] - KB[5]) / KB[4] });
    rows.set([a.x, a.y, b.x, b.y, 0.9], ROW * i);
  }
  return { count: COUNT, rows, starts: new Uint8Array(COUNT) };
}

const MATCHES = matches();
const SIZES = { a: SIZE, b: SIZE };

function assembled(
  geometry: Awaited<ReturnType<typeof geometryOf>>,
  cameras: { a: KnownCamera | null; b: KnownCamera | null },
) {
  const photos = (['a', 'b'] as const).map((side) => ({
    name: `${side}.jpg`,
    size: SIZE,
    focal: null,
    camera: cameras[side],
  }));
  return assembleSet(photos, [{ pair: [0, 1], matches: MATCHES, geometry }], { model: 'm' }).content;
}

describe('a pair of a set whose cameras are measured', () => {
  test('is explained by an essential matrix, which without them nothing explains as well', async () => {
    const geometry = await geometryOf(MATCHES, SIZES, CAMERAS);
    expect(geometry.config).toBe('calibrated');
    const truth = unitNorm(essentialOf(POSE));
    const found = unitNorm(geometry.essential!);
    const sign = Math.sign(found.reduce((sum, value, k) => sum + value * truth[k], 0));
    found.forEach((value, k) => expect(sign * value).toBeCloseTo(truth[k], 1));

    const blind = await geometryOf(MATCHES, SIZES, NO_CAMERAS);
    expect(blind).toMatchObject({ config: 'uncalibrated', essential: null });
    const kept = assembled(geometry, CAMERAS).pairs[0].matches.length / 2;
    const lost = assembled(blind, NO_CAMERAS).pairs[0].matches.length / 2;
    expect(kept).toBeGreaterThan(0.95 * (COUNT - OUTLIERS));
    expect(lost).toBeLessThan(0.95 * kept);
  });

  test('one camera alone straightens its photo: no essential matrix, and more agrees than without', async () => {
    const one = { a: CAMERAS.a, b: null };
    const geometry = await geometryOf(MATCHES, SIZES, one);
    expect(geometry).toMatchObject({ config: 'uncalibrated', essential: null });
    const { photos, pairs } = assembled(geometry, one);
    expect(pairs).toHaveLength(1);
    expect(colmapCamera(photos[0].camera!).model).toBe('OPENCV');
  });

  test('nothing is fitted to nothing', async () => {
    const none = { count: 0, rows: new Float32Array(), starts: new Uint8Array() };
    expect((await geometryOf(none, SIZES, CAMERAS)).config).toBe('degenerate');
  });
});
