import type { Vec } from './vector.ts';
import { cross, dot, normalize, scale } from './vector.ts';

/** Origin and direction; t counts in lengths of the direction. */
export interface Ray {
  ox: number;
  oy: number;
  oz: number;
  dx: number;
  dy: number;
  dz: number;
}

/** Where a ray met a surface. */
export interface Surface {
  point: Vec;
  /** Outward unit normal; flat shapes show the same on both sides. */
  normal: Vec;
  /** The point in the primitive's own axes, metres, so that textures stick to it. */
  local: Vec;
}

/** What a surface looks like. Colours are linear. */
export interface Material {
  colour(local: Vec, surface: Surface): Vec;
  /** Relief in metres, as a function of the local point; only its slope matters. */
  bump?(local: Vec): number;
  /** 0 matt … 1 polished: strength of mirror reflection at grazing angles and of highlights. */
  gloss?: number;
  /** Light given off, linear RGB. */
  emission?(local: Vec): Vec;
}

export interface Bounds {
  min: Vec;
  max: Vec;
}

/** Anything that a ray can meet. */
export interface Primitive {
  readonly bounds: Bounds;
  readonly material: Material;
  /** The nearest t in (tMin, tMax), or Infinity. */
  intersect(ray: Ray, tMin: number, tMax: number): number;
  surface(ray: Ray, t: number): Surface;
  /**
   * How far a flat patch around a point of the surface can reach, metres: to the nearest edge, and no farther than where
   * a bent surface has left its tangent plane. Absent where nothing is known of it.
   */
  flatReach?(surface: Surface): number;
  /** A direction in the primitive's own axes, in the world's; absent where they are the same. */
  toWorld?(direction: Vec): Vec;
}

export type Shape = 'sphere' | 'box' | 'quad' | 'disc' | 'frustum';

/** Placement of a shape: centre, half sizes along its own axes, and those axes. */
export interface Placement {
  at: Vec;
  half: Vec;
  axes?: readonly [Vec, Vec, Vec];
}

/** A patch of this share of a ball's radius has left it by half a hundredth of it at its rim. */
const BENT_REACH = 0.1;

/** A point this near to a face is on it, metres. */
const FACE_SLACK = 1e-5;

const WORLD_AXES: readonly [Vec, Vec, Vec] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/**
 * A unit shape, stretched, turned and placed: sphere; box; frustum about y; quad and disc in the x-y plane.
 * Rays are taken into the shape's own space, where it is a unit shape and t keeps its meaning.
 */
export class Solid implements Primitive {
  readonly bounds: Bounds;
  private readonly axes: readonly [Vec, Vec, Vec];
  /** Rows of the world → unit matrix. */
  private readonly inverse: readonly [Vec, Vec, Vec];

  constructor(
    private readonly shape: Shape,
    private readonly placement: Placement,
    readonly material: Material,
    /** Frustum only: radius at the bottom and at the top, as shares of half[0] and half[2]. */
    private readonly radii: readonly [number, number] = [1, 1],
    /** Frustum only: without its two discs, so that rings join to a hollow body. */
    private readonly open = false,
  ) {
    this.axes = placement.axes ?? WORLD_AXES;
    const { at, half } = placement;
    this.inverse = [0, 1, 2].map((k) => scale(this.axes[k], 1 / half[k])) as unknown as readonly [Vec, Vec, Vec];
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
    const { at } = this.placement;
    const px = ray.ox - at[0];
    const py = ray.oy - at[1];
    const pz = ray.oz - at[2];
    const ox = rx[0] * px + rx[1] * py + rx[2] * pz;
    const oy = ry[0] * px + ry[1] * py + ry[2] * pz;
    const oz = rz[0] * px + rz[1] * py + rz[2] * pz;
    const dx = rx[0] * ray.dx + rx[1] * ray.dy + rx[2] * ray.dz;
    const dy = ry[0] * ray.dx + ry[1] * ray.dy + ry[2] * ray.dz;
    const dz = rz[0] * ray.dx + rz[1] * ray.dy + rz[2] * ray.dz;
    switch (this.shape) {
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
        const inside = this.shape === 'disc' ? x * x + y * y <= 1 : Math.abs(x) <= 1 && Math.abs(y) <= 1;
        return inside ? t : Infinity;
      }
      default:
        return meetFrustum(ox, oy, oz, dx, dy, dz, this.radii, this.open, tMin, tMax);
    }
  }

  surface(ray: Ray, t: number): Surface {
    const point: Vec = [ray.ox + t * ray.dx, ray.oy + t * ray.dy, ray.oz + t * ray.dz];
    const { at, half } = this.placement;
    const offset: Vec = [point[0] - at[0], point[1] - at[1], point[2] - at[2]];
    const unit: Vec = [dot(this.inverse[0], offset), dot(this.inverse[1], offset), dot(this.inverse[2], offset)];
    const n = this.unitNormal(unit);
    // Normals follow the inverse transpose, which for orthogonal axes is a division by the half sizes.
    const [ax, ay, az] = this.axes;
    let normal = normalize([
      (ax[0] * n[0]) / half[0] + (ay[0] * n[1]) / half[1] + (az[0] * n[2]) / half[2],
      (ax[1] * n[0]) / half[0] + (ay[1] * n[1]) / half[1] + (az[1] * n[2]) / half[2],
      (ax[2] * n[0]) / half[0] + (ay[2] * n[1]) / half[1] + (az[2] * n[2]) / half[2],
    ]);
    if (normal[0] * ray.dx + normal[1] * ray.dy + normal[2] * ray.dz > 0) normal = scale(normal, -1);
    return { point, normal, local: [unit[0] * half[0], unit[1] * half[1], unit[2] * half[2]] };
  }

  toWorld([x, y, z]: Vec): Vec {
    const [ax, ay, az] = this.axes;
    return [ax[0] * x + ay[0] * y + az[0] * z, ax[1] * x + ay[1] * y + az[1] * z, ax[2] * x + ay[2] * y + az[2] * z];
  }

  flatReach({ local }: Surface): number {
    const { half } = this.placement;
    const [x, y, z] = local.map((value, k) => half[k] - Math.abs(value));
    switch (this.shape) {
      case 'sphere':
        return BENT_REACH * Math.min(...half);
      case 'box': {
        // On one of six faces; the other two axes have edges.
        const [least, middle] = [x, y, z].sort((p, q) => p - q).slice(0, 2);
        return least < FACE_SLACK ? middle : least;
      }
      case 'quad':
        return Math.min(x, y);
      case 'disc': {
        const share = Math.hypot(local[0] / half[0], local[1] / half[1]);
        return (1 - share) * Math.min(half[0], half[1]);
      }
      default: {
        const radius = Math.hypot(local[0], local[2]);
        if (this.open) return BENT_REACH * radius;
        const end = local[1] < 0 ? this.radii[0] : this.radii[1];
        return y < FACE_SLACK ? end * half[0] - radius : Math.min(y, BENT_REACH * radius);
      }
    }
  }

  private unitNormal([x, y, z]: Vec): Vec {
    switch (this.shape) {
      case 'sphere':
        return [x, y, z];
      case 'box': {
        const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
        return ax >= ay && ax >= az ? [Math.sign(x), 0, 0] : ay >= az ? [0, Math.sign(y), 0] : [0, 0, Math.sign(z)];
      }
      case 'quad':
      case 'disc':
        return [0, 0, 1];
      default: {
        if (!this.open && Math.abs(y) > 1 - 1e-6) return [0, Math.sign(y), 0];
        const radius = Math.hypot(x, z) || 1;
        return [x / radius, (this.radii[0] - this.radii[1]) / 2, z / radius];
      }
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

/** Axes whose y runs along `direction`: for cylinders between two points. */
export function axesAlong(direction: Vec): readonly [Vec, Vec, Vec] {
  const y = normalize(direction);
  const helper: Vec = Math.abs(y[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0];
  const x = normalize(cross(y, helper));
  return [x, y, cross(x, y)];
}
