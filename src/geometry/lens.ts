import { CAMERA_MODELS, type CameraModel, type KnownCamera } from '../core/camera-model.ts';
import type { Point } from '../core/geometry.ts';

/**
 * How a lens moves a place of the pinhole picture at focal length 1, and back. `plane`: the polynomial is over the place itself;
 * `angle`: over the place at the ray's angle from the axis (equidistant), as fisheyes have it.
 * @see https://docs.opencv.org/4.x/d9/d0c/group__calib3d.html, COLMAP's sensor/models.h
 */
interface Lens {
  over: 'plane' | 'angle';
  bend(u: number, v: number, d: readonly number[]): readonly [number, number];
}

const opencv = (u: number, v: number, [k1, k2, p1, p2, k3 = 0, k4 = 0, k5 = 0, k6 = 0]: readonly number[]) => {
  const r2 = u * u + v * v;
  const radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)));
  return [
    u * radial + 2 * p1 * u * v + p2 * (r2 + 2 * u * u),
    v * radial + p1 * (r2 + 2 * v * v) + 2 * p2 * u * v,
  ] as const;
};

const LENSES: Record<CameraModel, Lens> = {
  PINHOLE: { over: 'plane', bend: (u, v) => [u, v] },
  OPENCV: { over: 'plane', bend: opencv },
  FULL_OPENCV: { over: 'plane', bend: opencv },
  OPENCV_FISHEYE: {
    over: 'angle',
    bend: (u, v, [k1, k2, k3, k4]) => {
      const r2 = u * u + v * v;
      const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * (k3 + r2 * k4)));
      return [u * radial, v * radial];
    },
  },
  FOV: {
    over: 'plane',
    bend: (u, v, [omega]) => {
      const r = Math.hypot(u, v);
      if (Math.abs(omega) < 1e-9) return [u, v];
      const slope = 2 * Math.tan(omega / 2);
      const factor = r < 1e-9 ? slope / omega : Math.atan(r * slope) / (r * omega);
      return [u * factor, v * factor];
    },
  },
  THIN_PRISM_FISHEYE: {
    over: 'angle',
    bend: (u, v, [k1, k2, p1, p2, k3, k4, sx, sy]) => {
      const r2 = u * u + v * v;
      const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * (k3 + r2 * k4)));
      return [
        u * radial + 2 * p1 * u * v + p2 * (r2 + 2 * u * u) + sx * r2,
        v * radial + 2 * p2 * u * v + p1 * (r2 + 2 * v * v) + sy * r2,
      ];
    },
  },
  RAD_TAN_THIN_PRISM_FISHEYE: {
    over: 'angle',
    bend: (u, v, [k0, k1, k2, k3, k4, k5, p0, p1, s0, s1, s2, s3]) => {
      const t2 = u * u + v * v;
      const radial = 1 + t2 * (k0 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * (k4 + t2 * k5)))));
      const [x, y] = [u * radial, v * radial];
      const r2 = x * x + y * y;
      return [
        x + 2 * p1 * x * y + p0 * (r2 + 2 * x * x) + r2 * (s0 + s1 * r2),
        y + 2 * p0 * x * y + p1 * (r2 + 2 * y * y) + r2 * (s2 + s3 * r2),
      ];
    },
  },
};

/** Half of Newton's differences. */
const STEP = 1e-6;
const MAX_ITERATIONS = 60;
/** Residual at which a place counts as found, focal lengths: a billionth of a pixel at a focal length of a thousand. */
const FOUND = 1e-13;
/** Places whose rays are further from the axis than this have none on a pinhole picture. */
const MAX_ANGLE = 0.4999 * Math.PI;

/** A place of the pinhole picture (focal length 1) as the lens shows it; NaN where it has none. */
export function distort({ model, distortion }: Pick<KnownCamera, 'model' | 'distortion'>, { x, y }: Point): Point {
  const { over, bend } = LENSES[model];
  let scale = 1;
  if (over === 'angle') {
    const r = Math.hypot(x, y);
    scale = r < 1e-9 ? 1 : Math.atan(r) / r;
  }
  const [u, v] = bend(x * scale, y * scale, distortion);
  return { x: u, y: v };
}

/**
 * The inverse of {@link distort}, by Newton's method to the precision of the numbers. NaN where no place of the pinhole picture
 * is shown there: beyond the fold of a barrel, or (fisheyes) 90° and more from the axis.
 */
export function undistort(camera: Pick<KnownCamera, 'model' | 'distortion'>, shown: Point): Point {
  const { model, distortion } = camera;
  if (model === 'PINHOLE') return shown;
  const { over, bend } = LENSES[model];
  const size = Math.hypot(shown.x, shown.y);
  const most = over === 'angle' ? MAX_ANGLE : Infinity;
  let [u, v] = [shown.x, shown.y];
  let best = Infinity;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const [x, y] = bend(u, v, distortion);
    const [ex, ey] = [x - shown.x, y - shown.y];
    const error = Math.hypot(ex, ey);
    // The last bits may dance: what no longer falls is as near as numbers come.
    if (error <= FOUND * Math.max(1, size) || (error >= best && error <= 1e3 * FOUND * Math.max(1, size))) break;
    if (i === MAX_ITERATIONS - 1 || !Number.isFinite(error)) return NOWHERE;
    best = Math.min(best, error);
    const [xx, xy, yx, yy] = slopes(bend, u, v, distortion);
    const determinant = xx * yy - xy * yx;
    if (!(Math.abs(determinant) > 1e-12)) return NOWHERE;
    let [du, dv] = [(ex * yy - ey * xy) / determinant, (ey * xx - ex * yx) / determinant];
    // A long step would leave the branch that begins in the middle.
    const length = Math.hypot(du, dv);
    const longest = 0.3 * Math.max(0.3, Math.hypot(u, v));
    if (length > longest) [du, dv] = [(du * longest) / length, (dv * longest) / length];
    u -= du;
    v -= dv;
  }
  // On the way from the middle the lens must not have folded: the same place is shown again farther out.
  for (const share of [0.25, 0.5, 0.75, 1]) {
    const [xx, xy, yx, yy] = slopes(bend, share * u, share * v, distortion);
    if (!(xx * yy - xy * yx > 0)) return NOWHERE;
  }
  const r = Math.hypot(u, v);
  if (!(r < most)) return NOWHERE;
  const scale = over === 'angle' && r > 1e-9 ? Math.tan(r) / r : 1;
  return { x: u * scale, y: v * scale };
}

const NOWHERE: Point = { x: NaN, y: NaN };

function slopes(bend: Lens['bend'], u: number, v: number, d: readonly number[]): [number, number, number, number] {
  const [right, left] = [bend(u + STEP, v, d), bend(u - STEP, v, d)];
  const [down, up] = [bend(u, v + STEP, d), bend(u, v - STEP, d)];
  const along = (p: readonly number[], q: readonly number[], k: number) => (p[k] - q[k]) / (2 * STEP);
  return [along(right, left, 0), along(down, up, 0), along(right, left, 1), along(down, up, 1)];
}

/** Where the pixel's ray meets the plane at depth 1; NaN as {@link undistort}. */
export const rayOfPixel = (camera: KnownCamera, { x, y }: Point): Point =>
  undistort(camera, { x: (x - camera.cx) / camera.fx, y: (y - camera.cy) / camera.fy });

/** The pixel that shows a place of the plane at depth 1. */
export function pixelOfRay(camera: KnownCamera, ray: Point): Point {
  const { x, y } = distort(camera, ray);
  return { x: camera.fx * x + camera.cx, y: camera.fy * y + camera.cy };
}

/** Whether the lens bends straight lines. */
export const isBent = ({ model, distortion }: Pick<KnownCamera, 'model' | 'distortion'>): boolean =>
  CAMERA_MODELS[model].length > 0 && (LENSES[model].over === 'angle' || distortion.some((value) => value !== 0));
