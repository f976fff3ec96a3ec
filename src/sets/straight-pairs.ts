import type { KnownCamera } from '../core/camera-model.ts';
import type { Side } from '../core/geometry.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import { rayOfPixel } from '../geometry/lens.ts';
import type { PointPairs } from '../geometry/point-pairs.ts';

/** The measured cameras of two photos, in their pixels; null: nobody measured it. */
export type PairCameras = Record<Side, KnownCamera | null>;

export const NO_CAMERAS: PairCameras = { a: null, b: null };

/**
 * Pixels as the same cameras would show them without distortion (`cv2.undistortPoints(x, K, D, P=K)`); NaN where the lens shows
 * nothing. The same object where no camera is known.
 */
export function straightPairs(pairs: PointPairs, { a, b }: PairCameras): PointPairs {
  if (!a && !b) return pairs;
  const [xa, ya] = straight(a, pairs.xa, pairs.ya);
  const [xb, yb] = straight(b, pairs.xb, pairs.yb);
  return { ...pairs, xa, ya, xb, yb };
}

function straight(camera: KnownCamera | null, xs: ArrayLike<number>, ys: ArrayLike<number>) {
  if (!camera || camera.model === 'PINHOLE') return [xs, ys] as const;
  const [x, y] = [new Float64Array(xs.length), new Float64Array(xs.length)];
  for (let i = 0; i < xs.length; i++) {
    const ray = rayOfPixel(camera, { x: xs[i], y: ys[i] });
    [x[i], y[i]] = [camera.fx * ray.x + camera.cx, camera.fy * ray.y + camera.cy];
  }
  return [x, y] as const;
}

/** K, row by row. */
export const matrixOf = ({ fx, fy, cx, cy }: KnownCamera): Matrix3 => [fx, 0, cx, 0, fy, cy, 0, 0, 1];
