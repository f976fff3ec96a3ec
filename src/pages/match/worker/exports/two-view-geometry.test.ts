import { describe, expect, it } from 'vitest';
import { KA, KB, POSE, twoViews } from '../../../../geometry/scene.test-helper.ts';
import { project } from '../../../../core/matrix3.ts';
import { rotationOf } from '../../../../core/rotation.ts';
import { twoViewGeometry } from './two-view-geometry.ts';

const PHOTOS = { a: { width: 640, height: 480 }, b: { width: 640, height: 480 } };
const UNKNOWN = { a: null, b: null };
const OUTLIERS = 60;

/** Matches of a synthetic scene; camera B moved to the centre of its photo, with square pixels of 500 px. */
function table(planar: number) {
  const { pairs } = twoViews({ points: 300, outliers: OUTLIERS, noise: 0.2, planar });
  const rows = new Float32Array(5 * 300);
  for (let i = 0; i < 300; i++) {
    const x = 320 + (500 * (pairs.xb[i] - KB[2])) / KB[0];
    const y = 240 + (500 * (pairs.yb[i] - KB[5])) / KB[4];
    rows.set([pairs.xa[i], pairs.ya[i], x, y, 1], 5 * i);
  }
  return { count: 300, rows };
}

const inlierCount = (inliers: ArrayLike<number>) => Array.from(inliers).reduce((sum, one) => sum + one, 0);

describe('the geometry of two views', () => {
  it('is a fundamental matrix in pixels where no focal length is known', async () => {
    const matches = table(0);
    const { config, fundamental, essential, pose, inliers } = await twoViewGeometry(matches, PHOTOS, UNKNOWN);
    expect({ config, essential, pose }).toEqual({ config: 'uncalibrated', essential: null, pose: null });
    expect(inlierCount(inliers)).toBeGreaterThan(220);
    const errors = Array.from({ length: 240 }, (_, k) => {
      const [xa, ya, xb, yb] = matches.rows.subarray(5 * (OUTLIERS + k));
      const f = fundamental!;
      const line = [0, 3, 6].map((at) => f[at] * xa + f[at + 1] * ya + f[at + 2]);
      return Math.abs(line[0] * xb + line[1] * yb + line[2]) / Math.hypot(line[0], line[1]);
    }).sort((p, q) => p - q);
    expect(errors[120]).toBeLessThan(0.5);
  });

  it('is a pose where both are', async () => {
    const { config, pose, essential } = await twoViewGeometry(table(0), PHOTOS, { a: KA[0], b: 500 });
    expect(config).toBe('calibrated');
    expect(essential).not.toBeNull();
    const [w, x, y, z] = pose!.quaternion;
    expect(Math.hypot(w, x, y, z)).toBeCloseTo(1, 9);
    // The axis-angle of the scene's rotation is [0.1, -0.35, 0.2].
    const angle = Math.hypot(0.1, -0.35, 0.2);
    const expected = [0.1, -0.35, 0.2].map((value) => (value / angle) * Math.sin(angle / 2));
    [x, y, z].forEach((value, i) => expect(value).toBeCloseTo(expected[i], 2));
    expect(POSE.rotation).toEqual(rotationOf([0.1, -0.35, 0.2]));
    pose!.translation.forEach((value, i) => expect(value).toBeCloseTo(POSE.translation[i], 1));
  });

  it('of a plane is its homography', async () => {
    const matches = table(1);
    const { config, homography, inliers } = await twoViewGeometry(matches, PHOTOS, UNKNOWN);
    expect(config).toBe('planarOrPanoramic');
    expect(inlierCount(inliers)).toBeGreaterThan(230);
    const [xa, ya, xb, yb] = matches.rows.subarray(5 * 200);
    const [x, y] = project(homography!, xa, ya);
    expect(Math.hypot(x - xb, y - yb)).toBeLessThan(1.5);
  });

  it('is not that of matches which the network calls unsure, however many agree', async () => {
    const matches = table(0);
    // More than half of all lie on a plane that is not there.
    const wrong = 170;
    for (let i = 0; i < wrong; i++) {
      const [xa, ya] = matches.rows.subarray(5 * i);
      matches.rows.set([0.9 * xa + 20, 1.05 * ya - 12], 5 * i + 2);
    }
    expect((await twoViewGeometry(matches, PHOTOS, UNKNOWN)).config).toBe('planarOrPanoramic');
    const values = Float32Array.from({ length: 900 }, (_, k) => {
      return k % 3 === 1 ? 0 : Math.floor(k / 3) < wrong ? Infinity : 0.04;
    });
    const told = { ...matches, covariance: { inB: new Uint8Array(300).fill(1), values } };
    const { config, fundamental } = await twoViewGeometry(told, PHOTOS, UNKNOWN);
    expect(config).toBe('uncalibrated');
    const [xa, ya, xb, yb] = matches.rows.subarray(5 * 250);
    const line = [0, 3, 6].map((at) => fundamental![at] * xa + fundamental![at + 1] * ya + fundamental![at + 2]);
    expect(Math.abs(line[0] * xb + line[1] * yb + line[2]) / Math.hypot(line[0], line[1])).toBeLessThan(1.5);
  });

  it('of too few matches is none', async () => {
    const { count: _, rows } = table(0);
    const few = { count: 8, rows: rows.slice(0, 40) };
    expect(await twoViewGeometry(few, PHOTOS, UNKNOWN)).toMatchObject({ config: 'degenerate', fundamental: null });
  });
});
