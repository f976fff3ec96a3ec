import type { Rect, Side, Size } from '../../../../core/geometry.ts';
import { invert3, type Matrix3, project } from '../../../../core/matrix3.ts';

/** How far the canvas may reach beyond A, in A's sides: a steep B stretches without end. */
const MAX_REACH = 1.5;

/** The rectangle of A's pixels that shows both photos, B through the inverse of the homography A → B. */
export function alignedCanvas(homography: Matrix3, photos: Record<Side, Size>): Rect {
  const { a, b } = photos;
  const inverse = invert3(homography);
  const low = { x: -MAX_REACH * a.width, y: -MAX_REACH * a.height };
  const high = { x: (1 + MAX_REACH) * a.width, y: (1 + MAX_REACH) * a.height };
  let [left, top, right, bottom] = [0, 0, a.width, a.height];
  for (const [x, y] of [
    [0, 0],
    [b.width, 0],
    [b.width, b.height],
    [0, b.height],
  ]) {
    const [u, v] = inverse ? project(inverse, x, y) : [0, 0];
    // A corner behind the horizon lies without end away in a direction that nobody needs to see.
    if (Number.isNaN(u)) return { ...low, width: high.x - low.x, height: high.y - low.y };
    left = Math.max(low.x, Math.min(left, u));
    top = Math.max(low.y, Math.min(top, v));
    right = Math.min(high.x, Math.max(right, u));
    bottom = Math.min(high.y, Math.max(bottom, v));
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
