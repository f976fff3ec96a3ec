import type { Matrix3 } from '../../core/matrix3.ts';
import { cameraCentre, relativePose, type SplatCamera } from '../camera.ts';
import { type SideLabels, STATE } from '../pairs/labels.ts';
import { Bvh } from './bvh.ts';
import { Solid, type SolidShape } from './solid.ts';

/** Rays of one view are enough for its percentiles; a view of 640 × 480 has five times as many pixels. */
const MAX_RAYS = 65_536;

/** End-point error of a view's labels against the true surfaces. */
export interface EndPointError {
  /** Pixels of the other view. Infinite where labels lie on no surface. */
  readonly median: number;
  readonly p95: number;
  /** Visible places that were held against the truth. */
  readonly places: number;
}

/** What a scene of Gaussians was made from: surfaces that are known exactly, in the scene's own axes and units. */
export class TrueSurfaces {
  private readonly bvh: Bvh<Solid>;

  constructor(readonly solids: readonly SolidShape[]) {
    this.bvh = new Bvh(solids.map((solid) => new Solid(solid)));
  }

  /** Depth along the camera's axis of what the ray through a place of its picture meets; null where it meets nothing. */
  depthAt(camera: SplatCamera, x: number, y: number): number | null {
    const [u, v] = [(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy];
    const [ox, oy, oz] = cameraCentre(camera);
    const [dx, dy, dz] = intoWorld(camera.rotation, u, v);
    return this.bvh.nearest({ ox, oy, oz, dx, dy, dz })?.t ?? null;
  }

  /**
   * End-point errors in pixels of the labels that say "visible" at every `step`-th pixel of `a`: how far the place in `b`
   * is from where the true surface lies there. Infinite where there is no surface.
   */
  errorsOf(a: SplatCamera, b: SplatCamera, labels: SideLabels, step = 1): Float64Array {
    const { width, height, warp, state } = labels;
    const { rotation: r, translation: t } = relativePose(a, b);
    const errors: number[] = [];
    for (let i = 0; i < width * height; i += step) {
      if (state[i] !== STATE.visible) continue;
      const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      const z = this.depthAt(a, x, y);
      if (z === null) {
        errors.push(Infinity);
        continue;
      }
      const [px, py] = [((x - a.cx) / a.fx) * z, ((y - a.cy) / a.fy) * z];
      const [qx, qy, qz] = [0, 3, 6].map((row) => r[row] * px + r[row + 1] * py + r[row + 2] * z + t[row / 3]);
      const u = (b.width / 2) * (warp[i] + 1);
      const v = (b.height / 2) * (warp[width * height + i] + 1);
      errors.push(Math.hypot((b.fx * qx) / qz + b.cx - u, (b.fy * qy) / qz + b.cy - v));
    }
    return Float64Array.from(errors);
  }

  /** The percentiles of {@link errorsOf} over places spread evenly; null where no label says "visible". */
  endPointError(a: SplatCamera, b: SplatCamera, labels: SideLabels): EndPointError | null {
    // A step without a factor in common with the width goes through every column.
    let step = Math.ceil((labels.width * labels.height) / MAX_RAYS);
    while (step > 1 && commonFactor(step, labels.width) > 1) step++;
    const errors = this.errorsOf(a, b, labels, step).sort();
    const places = errors.length;
    return places ? { median: errors[places >> 1], p95: errors[Math.floor(0.95 * places)], places } : null;
  }
}

/** Rᵀ (u, v, 1) */
const intoWorld = (r: Matrix3, u: number, v: number): readonly [number, number, number] => [
  r[0] * u + r[3] * v + r[6],
  r[1] * u + r[4] * v + r[7],
  r[2] * u + r[5] * v + r[8],
];

const commonFactor = (a: number, b: number): number => (b === 0 ? a : commonFactor(b, a % b));
