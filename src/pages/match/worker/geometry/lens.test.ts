import { describe, expect, it } from 'vitest';
import type { KnownCamera } from '../../../../core/camera-model.ts';
import { pixelOfRay } from '../../../../geometry/lens.ts';
import { seededRandom } from '../../../../geometry/random.ts';
import { intrinsicsOf } from './intrinsics.ts';
import { straightened } from './lens.ts';
import { measuredHalf, measuredScale } from './measured-pairs.ts';

const PHOTOS = { a: { width: 640, height: 480 }, b: { width: 640, height: 480 } };
const FOCAL = { a: 500, b: 620 };
const KEYS = ['xa', 'ya', 'xb', 'yb'] as const;

/** Places as a straight lens shows them, and through one with k1. */
function places(k1: number, seed = 1) {
  const random = seededRandom(seed);
  const straight = { xa: [] as number[], ya: [] as number[], xb: [] as number[], yb: [] as number[] };
  const bent = { xa: [] as number[], ya: [] as number[], xb: [] as number[], yb: [] as number[] };
  for (let i = 0; i < 200; i++) {
    for (const side of ['a', 'b'] as const) {
      const [x, y] = [640 * (random() - 0.5), 480 * (random() - 0.5)];
      const factor = 1 + (k1 * (x * x + y * y)) / FOCAL[side] ** 2;
      straight[`x${side}`].push(x);
      straight[`y${side}`].push(y);
      bent[`x${side}`].push(x * factor);
      bent[`y${side}`].push(y * factor);
    }
  }
  return { straight, bent };
}

const lenses = (k1: number) => ({
  a: intrinsicsOf(PHOTOS.a, { exif: FOCAL.a, k1 }),
  b: intrinsicsOf(PHOTOS.b, { exif: FOCAL.b, k1 }),
});

describe('a lens’s first radial term', () => {
  it.each([-0.3, -0.1, 0.05, 0.5])('k1 = %d is undone to a thousandth of a pixel', (k1) => {
    const { straight, bent } = places(k1);
    const undone = straightened(bent, lenses(k1), PHOTOS);
    for (const key of KEYS)
      for (let i = 0; i < 200; i++) expect(Math.abs(undone[key][i] - straight[key][i])).toBeLessThan(1e-3);
  });

  it('of nothing does nothing, and the middle stays where it is', () => {
    const { straight } = places(0);
    expect(straightened(straight, lenses(0), PHOTOS)).toBe(straight);
    const middle = { xa: [0], ya: [0], xb: [0], yb: [0] };
    expect(straightened(middle, lenses(0.2), PHOTOS)).toEqual(
      Object.fromEntries(Object.keys(middle).map((key) => [key, Float64Array.of(0)])),
    );
  });

  it('beyond the fold of a barrel places stay finite, and agree with nothing', () => {
    const far = { xa: [3000], ya: [0], xb: [-3000], yb: [10] };
    const { xa, xb } = straightened(far, lenses(-0.5), PHOTOS);
    for (const value of [xa[0], xb[0]]) expect(Math.abs(value)).toBe(1e6);
  });
});

it('a measured camera is straightened to square pixels about its principal point', () => {
  const photo = { width: 1280, height: 960 };
  const camera: KnownCamera = {
    model: 'FULL_OPENCV',
    // Measured on a copy of half the size.
    size: { width: 640, height: 480 },
    ...{ fx: 500, fy: 520, cx: 330, cy: 225 },
    distortion: [-0.28, 0.09, 0.0011, -0.0007, -0.012, 0, 0, 0],
  };
  const both = { a: photo, b: photo };
  const intrinsics = intrinsicsOf(photo, { camera, fov: 50, exif: 1, k1: 0.3 });
  expect(intrinsics).toMatchObject({ source: 'known', focal: 1020, camera: { fx: 1000, cy: 450 } });
  const [half, scale] = [measuredHalf(photo), measuredScale(photo)];
  const ray = { x: 0.31, y: -0.2 };
  const pixel = pixelOfRay(intrinsics.camera, ray);
  const [x, y] = [pixel.x * scale - half[0], pixel.y * scale - half[1]];
  const { xa, yb } = straightened({ xa: [x], ya: [y], xb: [x], yb: [y] }, { a: intrinsics, b: intrinsics }, both);
  expect(xa[0]).toBeCloseTo(ray.x * 1020 * scale, 9);
  expect(yb[0]).toBeCloseTo(ray.y * 1020 * scale, 9);
});
