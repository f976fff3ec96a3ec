import type { Matrix3 } from '../core/matrix3.ts';
import type { RelativePose } from './epipolar.ts';
import { apply3, rotationOf, type Vector3 } from './linear-algebra.ts';
import type { PointPairs } from './point-pairs.ts';
import { seededRandom } from './random.ts';

export const KA: Matrix3 = [600, 0, 320, 0, 600, 240, 0, 0, 1];
export const KB: Matrix3 = [500, 0, 310, 0, 510, 250, 0, 0, 1];
export const POSE: RelativePose = { rotation: rotationOf([0.1, -0.35, 0.2]), translation: [0.9, -0.1, 0.4243] };

export interface SceneOptions {
  points: number;
  /** Pairs, from the first on, whose place in B is arbitrary. */
  outliers?: number;
  /** Standard deviation of the noise in B, pixels. */
  noise?: number;
  /** Share of the points on one slanted plane. */
  planar?: number;
  pose?: RelativePose;
  seed?: number;
}

/** Points 3 to 8 units before camera A seen by two cameras, in pixels, and where they are. */
export function twoViews(options: SceneOptions): { pairs: PointPairs; points: Vector3[] } {
  const { points: n, outliers = 0, noise = 0, planar = 0, pose = POSE, seed = 1 } = options;
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const pairs = { xa: new Float64Array(n), ya: new Float64Array(n), xb: new Float64Array(n), yb: new Float64Array(n) };
  const points: Vector3[] = [];
  for (let i = 0; i < n; i++) {
    const ray: Vector3 = [(640 * random() - KA[2]) / KA[0], (480 * random() - KA[5]) / KA[4], 1];
    // The plane 0.3 x − 0.2 y + z = 5.
    const depth = random() < planar ? 5 / (0.3 * ray[0] - 0.2 * ray[1] + 1) : 3 + 5 * random();
    const point: Vector3 = [depth * ray[0], depth * ray[1], depth];
    points.push(point);
    pairs.xa[i] = KA[0] * ray[0] + KA[2];
    pairs.ya[i] = KA[4] * ray[1] + KA[5];
    const turned = apply3(pose.rotation, point);
    const [x, y, z] = turned.map((value, k) => value + pose.translation[k]);
    pairs.xb[i] = i < outliers ? 640 * random() : (KB[0] * x) / z + KB[2] + noise * normal();
    pairs.yb[i] = i < outliers ? 480 * random() : (KB[4] * y) / z + KB[5] + noise * normal();
  }
  return { pairs, points };
}
