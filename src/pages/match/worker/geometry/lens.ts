import type { Side } from '../../../../core/geometry.ts';
import type { PointPairs } from '../../../../geometry/point-pairs.ts';

/** Newton's steps: from the distorted radius four reach the precision of the places at |k1| ≤ 0.5. */
const STEPS = 8;

/**
 * Undoes a lens's first radial term, OpenCV's k1: what a straight lens shows at the radius r (in focal lengths from the
 * middle) lies at r (1 + k1 r²) in the photo. Both photos are taken to have the same lens.
 *
 * @param pairs measured coordinates, whose origin is the principal point (measured-pairs.ts)
 * @param focal focal length of each photo, measured
 * @returns the pairs as a straight lens shows them; the same object for k1 = 0
 */
export function undistorted(pairs: PointPairs, k1: number, focal: Record<Side, number>): PointPairs {
  if (k1 === 0) return pairs;
  const count = pairs.xa.length;
  const [xa, ya, xb, yb] = Array.from({ length: 4 }, () => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    const a = stretch(Math.hypot(pairs.xa[i], pairs.ya[i]) / focal.a, k1);
    const b = stretch(Math.hypot(pairs.xb[i], pairs.yb[i]) / focal.b, k1);
    [xa[i], ya[i], xb[i], yb[i]] = [pairs.xa[i] * a, pairs.ya[i] * a, pairs.xb[i] * b, pairs.yb[i] * b];
  }
  return { ...pairs, xa, ya, xb, yb };
}

/** How much farther from the middle a place lies without the lens. */
function stretch(distorted: number, k1: number): number {
  if (distorted === 0) return 1;
  // A barrel folds back beyond this radius: no straight place is shown farther out than the fold.
  const fold = k1 < 0 ? Math.sqrt(-1 / (3 * k1)) : Infinity;
  if (distorted >= fold * (1 + k1 * fold * fold)) return fold / distorted;
  let straight = Math.min(distorted, 0.999 * fold);
  for (let step = 0; step < STEPS; step++) {
    const excess = straight * (1 + k1 * straight * straight) - distorted;
    straight = Math.min(0.999 * fold, straight - excess / (1 + 3 * k1 * straight * straight));
  }
  return straight / distorted;
}
