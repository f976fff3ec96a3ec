import type { Side, Size } from '../../../../core/geometry.ts';
import { isBent, rayOfPixel } from '../../../../geometry/lens.ts';
import type { PointPairs } from '../../../../geometry/point-pairs.ts';
import type { Intrinsics } from '../../contract/geometry-fit.ts';
import { measuredHalf, measuredScale } from './measured-pairs.ts';

type Place = readonly [x: number, y: number];

/** Where a place that the lens does not show is put: so far off that it agrees with nothing. */
const NOWHERE = 1e6;

/**
 * How a photo's measured places (measured-pairs.ts) are straightened: as a lens without distortion, with square pixels and its
 * principal point in the origin would show them, at the same focal length. Null where that changes nothing.
 */
function straightener({ focal, source, camera }: Intrinsics, photo: Size): ((x: number, y: number) => Place) | null {
  if (source !== 'known' && !isBent(camera)) return null;
  const scale = measuredScale(photo);
  const [halfX, halfY] = measuredHalf(photo);
  const f = focal * scale;
  return (x, y) => {
    const ray = rayOfPixel(camera, { x: (x + halfX) / scale, y: (y + halfY) / scale });
    return Number.isFinite(ray.x) ? [f * ray.x, f * ray.y] : [NOWHERE, NOWHERE];
  };
}

/** Pairs as straight lenses show them; the same object where both already are. */
export function straightened(
  pairs: PointPairs,
  intrinsics: Record<Side, Intrinsics>,
  photos: Record<Side, Size>,
): PointPairs {
  const [a, b] = [straightener(intrinsics.a, photos.a), straightener(intrinsics.b, photos.b)];
  if (!a && !b) return pairs;
  const count = pairs.xa.length;
  const [xa, ya, xb, yb] = Array.from({ length: 4 }, () => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    [xa[i], ya[i]] = a ? a(pairs.xa[i], pairs.ya[i]) : [pairs.xa[i], pairs.ya[i]];
    [xb[i], yb[i]] = b ? b(pairs.xb[i], pairs.yb[i]) : [pairs.xb[i], pairs.yb[i]];
  }
  return { ...pairs, xa, ya, xb, yb };
}

/** Whether places of either photo must be straightened. */
export const areLensesKnown = ({ a, b }: Record<Side, Intrinsics>): boolean =>
  [a, b].some(({ source, camera }) => source === 'known' || isBent(camera));
