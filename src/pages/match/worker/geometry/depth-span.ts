import { inverseDepth, type Pose, swappedPose } from '../../../../geometry/inverse-depth.ts';
import type { PointPairs } from '../../../../geometry/point-pairs.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import type { CameraPair } from '../../contract/geometry-fit.ts';

/** Share of the inliers at either end that the span leaves out. */
const TAIL = 0.02;

/** 1 / depth before each camera between which all but the farthest and nearest inliers lie; null without any in front. */
export function depthSpan(
  pairs: PointPairs,
  inliers: Uint8Array,
  { a: ka, b: kb }: Record<Side, Matrix3>,
  pose: Pose,
): CameraPair['inverseDepths'] {
  const back = swappedPose(pose);
  const values: Record<Side, number[]> = { a: [], b: [] };
  for (let i = 0; i < inliers.length; i++) {
    if (!inliers[i]) continue;
    // Measured coordinates have their origin at the principal point.
    const a = [pairs.xa[i] / ka[0], pairs.ya[i] / ka[4]] as const;
    const b = [pairs.xb[i] / kb[0], pairs.yb[i] / kb[4]] as const;
    const [here, there] = [inverseDepth(a, b, pose).value, inverseDepth(b, a, back).value];
    if (here > 0) values.a.push(here);
    if (there > 0) values.b.push(there);
  }
  const [a, b] = [spanOf(values.a), spanOf(values.b)];
  return a && b && { a, b };
}

function spanOf(values: number[]): readonly [far: number, near: number] | null {
  if (!values.length) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  return [at(TAIL), at(1 - TAIL)];
}
