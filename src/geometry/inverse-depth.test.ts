import { describe, expect, it } from 'vitest';
import type { Matrix3 } from '../core/matrix3.ts';
import { inverseDepth, swappedPose } from './inverse-depth.ts';

const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
const POSE = { rotation: [c, 0, s, 0, 1, 0, -s, 0, c] as Matrix3, translation: [-0.8, 0.36, 0.48] as const };

/** Rays of a place in front of camera A. */
function raysOf(x: number, y: number, z: number, { rotation: r, translation: t } = POSE) {
  const there = [0, 1, 2].map((k) => r[3 * k] * x + r[3 * k + 1] * y + r[3 * k + 2] * z + t[k]);
  return {
    a: [x / z, y / z] as const,
    b: [there[0] / there[2], there[1] / there[2]] as const,
    depthThere: there[2],
  };
}

describe('inverse depth', () => {
  it.each([
    [0.4, -0.3, 3],
    [-1, 0.5, 12],
    [0.1, 0.1, 1.7],
  ])('of a place seen by both, before either camera', (x, y, z) => {
    const { a, b, depthThere } = raysOf(x, y, z);
    const here = inverseDepth(a, b, POSE);
    expect(here.value).toBeCloseTo(1 / z, 9);
    expect(here.residual).toBeLessThan(1e-9);
    expect(inverseDepth(b, a, swappedPose(POSE)).value).toBeCloseTo(1 / depthThere, 9);
  });

  it('is 0 at infinity and negative behind the camera', () => {
    const far = raysOf(2e9, 1e9, 9e9);
    expect(inverseDepth(far.a, far.b, POSE).value).toBeCloseTo(0, 7);
    const behind = raysOf(0.4, -0.3, -3);
    expect(inverseDepth(behind.a, behind.b, POSE).value).toBeCloseTo(-1 / 3, 9);
  });

  it('tells how far a ray is from its epipolar line, and nothing at the epipole', () => {
    const { a, b } = raysOf(0.4, -0.3, 3);
    const off = inverseDepth(a, [b[0], b[1] + 0.05], POSE);
    expect(off.residual).toBeGreaterThan(0.02);
    expect(off.residual).toBeLessThan(0.0501);
    const [tx, ty, tz] = POSE.translation;
    expect(inverseDepth(a, [tx / tz, ty / tz], POSE).value).toBe(0);
  });
});
