import type { Size } from '../../core/geometry.ts';
import type { UnitFocal } from './inverse-depth.ts';

/** A photo's surface cell by cell: depth along its rays, and which way it faces, in its own camera's frame. */
export interface Surface {
  readonly size: Size;
  readonly focal: UnitFocal;
  /** [h, w] 1 / depth, above 0. */
  readonly inverse: Float32Array;
  /** [h, w, 3] unit normals, turned to the camera. */
  readonly normals: Float32Array;
  /** [h, w] 0 for cells that lie across a jump of depth: their place is between two surfaces, or on the farther one. */
  readonly kept: Uint8Array;
}

/** A jump: 1 / depth leaves the straight line through its neighbours, on which a plane lies, by this share of itself. */
const JUMP = 0.05;
/** Least cosine between surface and ray: what is grazed more is not drawn longer. */
const LEAST_FACING = 0.2;

/**
 * On a plane 1 / depth is linear in the picture, ι = n·(x, y, 1) / d, so that its slopes are the normal, and what is
 * not linear is an edge. Cells at an edge are left to the nearer surface.
 */
export function surfaceOf(inverse: Float32Array, size: Size, focal: UnitFocal): Surface {
  const { width, height } = size;
  const points = width * height;
  const normals = new Float32Array(3 * points);
  const kept = new Uint8Array(points);
  const [dx, dy] = [1 / (width * focal[0]), 1 / (height * focal[1])];
  for (let y = 0, i = 0; y < height; y++) {
    const [up, low] = [y > 0 ? i - width : i, y + 1 < height ? i + width : i];
    for (let x = 0; x < width; x++, i++) {
      const value = inverse[i];
      const [l, r] = [x > 0 ? inverse[i - 1] : value, x + 1 < width ? inverse[i + 1] : value];
      const [u, d] = [inverse[up + x], inverse[low + x]];
      kept[i] = isKept(value, l, r, u, d, x > 0 && x + 1 < width, y > 0 && y + 1 < height) ? 1 : 0;
      // Slopes over both neighbours, or towards the one of the same surface.
      const gx = slope(value, l, r) / dx;
      const gy = slope(value, u, d) / dy;
      const rx = ((x + 0.5) / width - 0.5) / focal[0];
      const ry = ((y + 0.5) / height - 0.5) / focal[1];
      writeNormal(normals, 3 * i, gx, gy, value - rx * gx - ry * gy, rx, ry);
    }
  }
  return { size, focal, inverse, normals, kept };
}

function isKept(
  value: number,
  l: number,
  r: number,
  u: number,
  d: number,
  hasRow: boolean,
  hasColumn: boolean,
): boolean {
  const bend = Math.max(hasRow ? Math.abs(l - 2 * value + r) : 0, hasColumn ? Math.abs(u - 2 * value + d) : 0);
  if (bend <= JUMP * value) return true;
  const near = Math.max(value, l, r, u, d);
  const far = Math.min(value, l, r, u, d);
  return value - far > 0.75 * (near - far);
}

/** Difference for one step: central, or, where one side jumps, towards the other. */
function slope(value: number, before: number, after: number): number {
  const [back, forth] = [value - before, after - value];
  const limit = JUMP * value + 2 * Math.min(Math.abs(back), Math.abs(forth));
  if (Math.abs(back - forth) <= limit) return (back + forth) / 2;
  return Math.abs(back) < Math.abs(forth) ? back : forth;
}

function writeNormal(out: Float32Array, at: number, gx: number, gy: number, gz: number, rx: number, ry: number): void {
  // n · ray = ι > 0 before turning: away from the camera.
  const length = Math.sqrt(gx * gx + gy * gy + gz * gz) || 1;
  let [nx, ny, nz] = [-gx / length, -gy / length, -gz / length];
  const ray = Math.sqrt(rx * rx + ry * ry + 1);
  const facing = -(nx * rx + ny * ry + nz) / ray;
  if (facing < LEAST_FACING) {
    // Turned up to the least facing within the plane of normal and ray.
    const [vx, vy, vz] = [-rx / ray, -ry / ray, -1 / ray];
    let [ax, ay, az] = [nx - facing * vx, ny - facing * vy, nz - facing * vz];
    const across = Math.sqrt(ax * ax + ay * ay + az * az) || 1;
    const share = Math.sqrt(1 - LEAST_FACING * LEAST_FACING) / across;
    [ax, ay, az] = [ax * share, ay * share, az * share];
    [nx, ny, nz] = [LEAST_FACING * vx + ax, LEAST_FACING * vy + ay, LEAST_FACING * vz + az];
  }
  out[at] = nx;
  out[at + 1] = ny;
  out[at + 2] = nz;
}
