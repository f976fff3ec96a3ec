import type { Bounds, Ray } from '../../src/gaussians/truth/solid.ts';
import type { Material, Primitive, Surface } from './primitive.ts';
import { normalize } from './vector.ts';

/** Halvings of the bracket around a crossing: a metre's step becomes a micrometre. */
const BISECTIONS = 20;

/**
 * Ground given by a height above the x-z plane, as a square grid of heights joined bilinearly.
 * Rays march through the grid by steps of half a cell and bisect where they pass through the ground.
 */
export class Heightfield implements Primitive {
  readonly bounds: Bounds;
  private readonly heights: Float64Array;
  private readonly cell: number;

  constructor(
    height: (x: number, z: number) => number,
    private readonly half: number,
    private readonly samples: number,
    readonly material: Material,
  ) {
    this.heights = new Float64Array(samples * samples);
    this.cell = (2 * half) / (samples - 1);
    let low = Infinity;
    let high = -Infinity;
    for (let j = 0; j < samples; j++) {
      for (let i = 0; i < samples; i++) {
        const h = height(i * this.cell - half, j * this.cell - half);
        this.heights[j * samples + i] = h;
        low = Math.min(low, h);
        high = Math.max(high, h);
      }
    }
    this.bounds = { min: [-half, low - 1e-3, -half], max: [half, high + 1e-3, half] };
  }

  /** Height of the ground at a place, clamped at the border. */
  at(x: number, z: number): number {
    const last = this.samples - 1.001;
    const u = Math.min(last, Math.max(0, (x + this.half) / this.cell));
    const v = Math.min(last, Math.max(0, (z + this.half) / this.cell));
    const i = Math.floor(u);
    const j = Math.floor(v);
    const k = j * this.samples + i;
    const { heights, samples } = this;
    const near = heights[k] + (heights[k + 1] - heights[k]) * (u - i);
    const far = heights[k + samples] + (heights[k + samples + 1] - heights[k + samples]) * (u - i);
    return near + (far - near) * (v - j);
  }

  intersect(ray: Ray, tMin: number, tMax: number): number {
    const { min, max } = this.bounds;
    let near = tMin;
    let far = tMax;
    for (const [o, d, k] of [
      [ray.ox, ray.dx, 0],
      [ray.oy, ray.dy, 1],
      [ray.oz, ray.dz, 2],
    ] as const) {
      const t0 = (min[k] - o) / d;
      const t1 = (max[k] - o) / d;
      near = Math.max(near, Math.min(t0, t1));
      far = Math.min(far, Math.max(t0, t1));
    }
    if (!(near < far)) return Infinity;
    const above = (t: number) => ray.oy + t * ray.dy - this.at(ray.ox + t * ray.dx, ray.oz + t * ray.dz);
    const speed = Math.hypot(ray.dx, ray.dz);
    const step = (0.5 * this.cell) / Math.max(speed, 1e-9);
    let t = near;
    if (above(t) < 0) return Infinity;
    while (t < far) {
      // Far above the ground no slope here can be met before this much of the height is used up.
      const clearance = above(t) / (Math.abs(ray.dy) + 1.5 * speed);
      const next = Math.min(far, t + Math.max(Math.min(step, far - near), 0.8 * clearance));
      if (above(next) < 0) return this.bisect(above, t, next);
      if (next === far) return Infinity;
      t = next;
    }
    return Infinity;
  }

  private bisect(above: (t: number) => number, outside: number, inside: number): number {
    let [low, high] = [outside, inside];
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + high) / 2;
      if (above(middle) < 0) high = middle;
      else low = middle;
    }
    return low;
  }

  surface(ray: Ray, t: number): Surface {
    const x = ray.ox + t * ray.dx;
    const z = ray.oz + t * ray.dz;
    const d = this.cell;
    const normal = normalize([this.at(x - d, z) - this.at(x + d, z), 2 * d, this.at(x, z - d) - this.at(x, z + d)]);
    const point = [x, ray.oy + t * ray.dy, z] as const;
    return { point, normal, local: point };
  }
}
