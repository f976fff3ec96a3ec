import type { RelativePose } from './epipolar.ts';
import { apply3, dot3, transpose3, unit3, type Vector3 } from './linear-algebra.ts';
import type { PointPairs } from './point-pairs.ts';

/** A place in space that a pair of rays sees. */
export interface Triangulated {
  /** In camera A's frame, in units of the baseline. */
  point: Vector3;
  depthA: number;
  depthB: number;
  /** Angle between the two rays, radians; below a degree or so the depth is mostly noise. */
  parallax: number;
}

/**
 * The place between the nearest points of both rays of pair `i`, closer to the ray that is nearer to its camera.
 * Depths are along the cameras' z and negative where the rays meet behind a camera. Null for parallel rays.
 */
export function triangulate(rays: PointPairs, i: number, { rotation, translation }: RelativePose): Triangulated | null {
  const rayA: Vector3 = [rays.xa[i], rays.ya[i], 1];
  const turned = apply3(rotation, rayA);
  const rayB: Vector3 = [rays.xb[i], rays.yb[i], 1];
  // depthB · rayB ≈ depthA · turned + translation, in camera B's frame.
  const aa = dot3(turned, turned);
  const ab = dot3(turned, rayB);
  const bb = dot3(rayB, rayB);
  const determinant = aa * bb - ab * ab;
  if (!(determinant > 1e-15 * aa * bb)) return null;
  const at = dot3(turned, translation);
  const bt = dot3(rayB, translation);
  const depthA = (ab * bt - bb * at) / determinant;
  const depthB = (aa * bt - ab * at) / determinant;
  const onA: Vector3 = [0, 1, 2].map((k) => depthA * turned[k] + translation[k]) as unknown as Vector3;
  const onB: Vector3 = [0, 1, 2].map((k) => depthB * rayB[k]) as unknown as Vector3;
  // The same angle of error is a shorter way on the nearer ray: it says more.
  const [wa, wb] = [1 / Math.max(1e-12, depthA * depthA * aa), 1 / Math.max(1e-12, depthB * depthB * bb)];
  const inB = [0, 1, 2].map((k) => (wa * onA[k] + wb * onB[k]) / (wa + wb) - translation[k]) as unknown as Vector3;
  const cosine = dot3(unit3(turned), unit3(rayB));
  return {
    point: apply3(transpose3(rotation), inB),
    depthA,
    depthB,
    parallax: Math.acos(Math.min(1, Math.max(-1, cosine))),
  };
}
