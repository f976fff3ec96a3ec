import type { Vector3 } from '../../core/rotation.ts';

/** Origin and direction; t counts in lengths of the direction. */
export interface Ray {
  ox: number;
  oy: number;
  oz: number;
  dx: number;
  dy: number;
  dz: number;
}

export interface Bounds {
  readonly min: Vector3;
  readonly max: Vector3;
}

/** What rays can meet. */
export interface Meetable {
  readonly bounds: Bounds;
  /** The nearest t in (tMin, tMax), or Infinity. */
  intersect(ray: Ray, tMin: number, tMax: number): number;
}

export const SHAPES = ['sphere', 'box', 'quad', 'disc', 'frustum'] as const;
export type Shape = (typeof SHAPES)[number];

/** Placement of a shape: centre, half sizes along its own axes, and those axes (unit, at right angles). */
export interface Placement {
  readonly at: Vector3;
  readonly half: Vector3;
  readonly axes?: readonly [Vector3, Vector3, Vector3];
}

/** A solid in numbers alone, as files have it. */
export interface SolidShape extends Placement {
  readonly shape: Shape;
  /** Frustum only: radius at the bottom and at the top, as shares of half[0] and half[2]. */
  readonly radii?: readonly [number, number];
  /** Frustum only: without its two discs, so that rings join to a hollow body. */
  readonly open?: boolean;
}

export const WORLD_AXES: readonly [Vector3, Vector3, Vector3] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/**
 * A unit shape, stretched, turned and placed: sphere; box; frustum about y; quad and disc in the x-y plane.
 * Rays are taken into the shape's own space, where it is a unit shape and t keeps its meaning.
 */
export class Solid implements Meetable {
  readonly bounds: Bounds;
  protected readonly axes: readonly [Vector3, Vector3, Vector3];
  /** Rows of the world → unit matrix. */
  protected readonly inverse: readonly [Vector3, Vector3, Vector3];
  protected readonly radii: readonly [number, number];

  constructor(readonly solid: SolidShape) {
    const { shape, at, half, axes = WORLD_AXES, radii = [1, 1] } = solid;
    this.axes = axes;
    this.radii = radii;
    const row = (k: number) => axes[k].map((value) => value / half[k]) as unknown as Vector3;
    this.inverse = [row(0), row(1), row(2)];
    const wide = shape === 'frustum' ? Math.max(...radii) : 1;
    const reach = [0, 1, 2].map((k) =>
      this.axes.reduce((sum, axis, a) => sum + Math.abs(axis[k]) * half[a] * (a === 1 ? 1 : wide), 1e-6),
    );
    this.bounds = {
      min: [at[0] - reach[0], at[1] - reach[1], at[2] - reach[2]],
      max: [at[0] + reach[0], at[1] + reach[1], at[2] + reach[2]],
    };
  }

  intersect(ray: Ray, tMin: number, tMax: number): number {
    const [rx, ry, rz] = this.inverse;
    const { shape, at, open = false } = this.solid;
    const px = ray.ox - at[0];
    const py = ray.oy - at[1];
    const pz = ray.oz - at[2];
    const ox = rx[0] * px + rx[1] * py + rx[2] * pz;
    const oy = ry[0] * px + ry[1] * py + ry[2] * pz;
    const oz = rz[0] * px + rz[1] * py + rz[2] * pz;
    const dx = rx[0] * ray.dx + rx[1] * ray.dy + rx[2] * ray.dz;
    const dy = ry[0] * ray.dx + ry[1] * ray.dy + ry[2] * ray.dz;
    const dz = rz[0] * ray.dx + rz[1] * ray.dy + rz[2] * ray.dz;
    switch (shape) {
      case 'sphere':
        return meetSphere(ox, oy, oz, dx, dy, dz, tMin, tMax);
      case 'box':
        return meetBox(ox, oy, oz, dx, dy, dz, tMin, tMax);
      case 'quad':
      case 'disc': {
        const t = -oz / dz;
        if (!(t > tMin && t < tMax)) return Infinity;
        const x = ox + t * dx;
        const y = oy + t * dy;
        const inside = shape === 'disc' ? x * x + y * y <= 1 : Math.abs(x) <= 1 && Math.abs(y) <= 1;
        return inside ? t : Infinity;
      }
      default:
        return meetFrustum(ox, oy, oz, dx, dy, dz, this.radii, open, tMin, tMax);
    }
  }
}

function meetSphere(
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  tMin: number,
  tMax: number,
): number {
  const a = dx * dx + dy * dy + dz * dz;
  const b = ox * dx + oy * dy + oz * dz;
  const c = ox * ox + oy * oy + oz * oz - 1;
  return nearRoot(a, b, c, tMin, tMax);
}

/** The nearer root of a·t² + 2b·t + c in (tMin, tMax). */
function nearRoot(a: number, b: number, c: number, tMin: number, tMax: number): number {
  const d = b * b - a * c;
  if (d < 0) return Infinity;
  const root = Math.sqrt(d);
  const near = (-b - root) / a;
  if (near > tMin && near < tMax) return near;
  const far = (-b + root) / a;
  return far > tMin && far < tMax ? far : Infinity;
}

function meetBox(
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  tMin: number,
  tMax: number,
): number {
  const x0 = (-1 - ox) / dx;
  const x1 = (1 - ox) / dx;
  const y0 = (-1 - oy) / dy;
  const y1 = (1 - oy) / dy;
  const z0 = (-1 - oz) / dz;
  const z1 = (1 - oz) / dz;
  const near = Math.max(Math.min(x0, x1), Math.min(y0, y1), Math.min(z0, z1));
  const far = Math.min(Math.max(x0, x1), Math.max(y0, y1), Math.max(z0, z1));
  if (near > far) return Infinity;
  if (near > tMin && near < tMax) return near;
  return far > tMin && far < tMax ? far : Infinity;
}

function meetFrustum(
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  [bottom, top]: readonly [number, number],
  open: boolean,
  tMin: number,
  tMax: number,
): number {
  // Radius at height y: m + k·y.
  const k = (top - bottom) / 2;
  const m = (top + bottom) / 2;
  const r = m + k * oy;
  const a = dx * dx + dz * dz - k * k * dy * dy;
  const b = ox * dx + oz * dz - k * dy * r;
  const c = ox * ox + oz * oz - r * r;
  let best = Infinity;
  const d = b * b - a * c;
  if (d >= 0 && a !== 0) {
    const root = Math.sqrt(d);
    for (let sign = -1; sign <= 1; sign += 2) {
      const t = (-b + sign * root) / a;
      const y = oy + t * dy;
      if (t > tMin && t < tMax && t < best && Math.abs(y) <= 1 && m + k * y >= 0) best = t;
    }
  }
  for (let side = open ? 2 : -1; side <= 1; side += 2) {
    const t = (side - oy) / dy;
    const x = ox + t * dx;
    const z = oz + t * dz;
    const radius = side < 0 ? bottom : top;
    if (t > tMin && t < tMax && t < best && x * x + z * z <= radius * radius) best = t;
  }
  return best;
}
