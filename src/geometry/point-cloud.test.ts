import { describe, expect, it } from 'vitest';
import { fitPoseRobust } from './estimators/essential.ts';
import { pointCloud } from './point-cloud.ts';
import { KA, KB, POSE, type SceneOptions, twoViews } from './scene.test-helper.ts';
import { finish } from './steps.ts';

const BASELINE = Math.hypot(...POSE.translation);

/** Relative distances of the cloud's points from the scene's, after the fit's own pose; and which pairs they are of. */
function reconstruct(scene: SceneOptions, threshold: number) {
  const { pairs, points } = twoViews(scene);
  const { rotation, translation } = fitPoseRobust(pairs, KA, KB, { threshold })!;
  const cloud = finish(
    pointCloud(pairs, { Ka: KA, Kb: KB, pose: { rotation, translation }, threshold, minParallax: 0.5 }),
  );
  const errors = Array.from(cloud.from, (i, k) => {
    const at = cloud.positions.subarray(3 * k, 3 * k + 3);
    return Math.hypot(...points[i].map((value, c) => at[c] * BASELINE - value)) / points[i][2];
  });
  return { ...cloud, errors, total: pairs.xa.length };
}

describe('point cloud', () => {
  it('is the scene, up to the length of the baseline', () => {
    const { errors, total } = reconstruct({ points: 200 }, 1);
    expect(errors).toHaveLength(total);
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  });

  it('leaves out what the cameras do not allow: half of the pairs wrong, 0.5 px noise', () => {
    const { errors, from, left, total } = reconstruct({ points: 600, outliers: 300, noise: 0.5 }, 2);
    const right = errors.filter((_, k) => from[k] >= 300).sort((a, b) => a - b);
    expect(right.length).toBeGreaterThan(280);
    expect(right[Math.floor(0.5 * right.length)]).toBeLessThan(0.01);
    expect(right[Math.floor(0.95 * right.length)]).toBeLessThan(0.05);
    // Outliers near their epipolar line by chance cannot be told from inliers.
    expect(from.filter((i) => i < 300).length).toBeLessThan(30);
    expect(left.epipolar).toBeGreaterThan(260);
    expect(from.length + left.epipolar + left.behind + left.parallax).toBe(total);
  });

  it('gives no points where the camera only turned', () => {
    const turn = { ...POSE, translation: [0, 0, 0] as const };
    const { pairs } = twoViews({ points: 200, noise: 0.2, pose: turn });
    const { rotation, translation } = fitPoseRobust(pairs, KA, KB, { threshold: 1 })!;
    const options = { Ka: KA, Kb: KB, pose: { rotation, translation }, threshold: 1, minParallax: 0.5 };
    const { from, left } = finish(pointCloud(pairs, options));
    expect(from.length).toBeLessThan(10);
    expect(left.parallax + left.behind).toBeGreaterThan(180);
  });
});
