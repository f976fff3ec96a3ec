import type { Matrix3 } from '../core/matrix3.ts';
import { essentialOf, type RelativePose, raysOf, squaredSampson } from './epipolar.ts';
import { meanFocal } from './estimators/essential.ts';
import type { PointPairs } from './point-pairs.ts';
import type { Steps } from './steps.ts';
import { triangulate } from './triangulate.ts';

export interface CloudOptions {
  Ka: Matrix3;
  Kb: Matrix3;
  pose: RelativePose;
  /** Largest Sampson distance of a pair, in the unit of the pairs. */
  threshold: number;
  /** Least angle between both rays, degrees: under it a small error of the match is a large one of the depth. */
  minParallax: number;
}

export interface PointCloud {
  /** x, y, z of every point in camera A's frame, in units of the baseline. */
  positions: Float32Array;
  /** Index of the pair of every point. */
  from: Uint32Array;
  /** Pairs that gave no point. */
  left: { behind: number; parallax: number; epipolar: number };
}

const POINTS_A_STEP = 512;

/**
 * Triangulates pairs in front of both cameras. A pair is first moved onto the cameras' epipolar geometry by Sampson's
 * first-order correction (Hartley and Zisserman, Multiple View Geometry, 12.4), so that its rays meet.
 */
export function* pointCloud(pairs: PointPairs, options: CloudOptions): Steps<PointCloud> {
  const { Ka, Kb, pose, minParallax } = options;
  const rays = raysOf(pairs, Ka, Kb);
  const essential = essentialOf(pose);
  const limit = (options.threshold / meanFocal(Ka, Kb)) ** 2;
  const leastParallax = (minParallax * Math.PI) / 180;
  const count = pairs.xa.length;
  const positions = new Float32Array(3 * count);
  const from = new Uint32Array(count);
  const left = { behind: 0, parallax: 0, epipolar: 0 };
  let found = 0;
  for (let i = 0; i < count; i++) {
    if (i % POINTS_A_STEP === 0) yield i / count;
    if (!(squaredSampson(essential, rays, i) < limit)) {
      left.epipolar++;
      continue;
    }
    const place = triangulate(corrected(essential, rays, i), 0, pose);
    if (!place || place.parallax < leastParallax) left.parallax++;
    else if (place.depthA <= 0 || place.depthB <= 0) left.behind++;
    else {
      positions.set(place.point, 3 * found);
      from[found++] = i;
    }
  }
  return { positions: positions.slice(0, 3 * found), from: from.slice(0, found), left };
}

/** Pair `i` alone, moved by the least that lets it obey the essential matrix to first order. */
function corrected(m: Matrix3, rays: PointPairs, i: number): PointPairs {
  const [xa, ya, xb, yb] = [rays.xa[i], rays.ya[i], rays.xb[i], rays.yb[i]];
  const bx = m[0] * xa + m[1] * ya + m[2];
  const by = m[3] * xa + m[4] * ya + m[5];
  const ax = m[0] * xb + m[3] * yb + m[6];
  const ay = m[1] * xb + m[4] * yb + m[7];
  const error = xb * bx + yb * by + m[6] * xa + m[7] * ya + m[8];
  const step = error / (ax * ax + ay * ay + bx * bx + by * by);
  return { xa: [xa - step * ax], ya: [ya - step * ay], xb: [xb - step * bx], yb: [yb - step * by] };
}
