import {
  type Bounds,
  Solid as BareSolid,
  type Placement,
  type Ray,
  type Shape,
} from '../../src/gaussians/truth/solid.ts';
import type { Vec } from './vector.ts';
import { cross, dot, normalize, scale } from './vector.ts';

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

/** A patch of this share of a ball's radius has left it by half a hundredth of it at its rim. */
const BENT_REACH = 0.1;

/** A point this near to a face is on it, metres. */
const FACE_SLACK = 1e-5;

/** A solid that looks like something. */
export class Solid extends BareSolid implements Primitive {
  constructor(
    shape: Shape,
    placement: Placement,
    readonly material: Material,
    radii?: readonly [number, number],
    open?: boolean,
  ) {
    super({ shape, ...placement, radii, open });
  }

  surface(ray: Ray, t: number): Surface {
    const point: Vec = [ray.ox + t * ray.dx, ray.oy + t * ray.dy, ray.oz + t * ray.dz];
    const { at, half } = this.solid;
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
    const { half } = this.solid;
    const [x, y, z] = local.map((value, k) => half[k] - Math.abs(value));
    switch (this.solid.shape) {
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
        if (this.solid.open) return BENT_REACH * radius;
        const end = local[1] < 0 ? this.radii[0] : this.radii[1];
        return y < FACE_SLACK ? end * half[0] - radius : Math.min(y, BENT_REACH * radius);
      }
    }
  }

  private unitNormal([x, y, z]: Vec): Vec {
    switch (this.solid.shape) {
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
        if (!this.solid.open && Math.abs(y) > 1 - 1e-6) return [0, Math.sign(y), 0];
        const radius = Math.hypot(x, z) || 1;
        return [x / radius, (this.radii[0] - this.radii[1]) / 2, z / radius];
      }
    }
  }
}

/** Axes whose y runs along `direction`: for cylinders between two points. */
export function axesAlong(direction: Vec): readonly [Vec, Vec, Vec] {
  const y = normalize(direction);
  const helper: Vec = Math.abs(y[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0];
  const x = normalize(cross(y, helper));
  return [x, y, cross(x, y)];
}
