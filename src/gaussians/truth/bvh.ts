import type { Vector3 } from '../../core/rotation.ts';
import type { Meetable, Ray } from './solid.ts';

/** Primitives in a leaf: below this, splitting costs more than it saves. */
const LEAF_SIZE = 3;

export interface Hit<P extends Meetable> {
  primitive: P;
  t: number;
}

/** Bounding volume hierarchy over primitives, split at the median of the longest axis. */
export class Bvh<P extends Meetable> {
  private readonly order: P[];
  /** Per node: min xyz, max xyz. */
  private readonly boxes: number[] = [];
  /** Per node: index of its right child (the left one follows it), or −1 for a leaf. */
  private readonly right: number[] = [];
  private readonly begin: number[] = [];
  private readonly end: number[] = [];
  private readonly stack = new Int32Array(128);

  constructor(primitives: readonly P[]) {
    this.order = [...primitives];
    this.build(0, this.order.length);
  }

  private build(begin: number, end: number): number {
    const node = this.right.length;
    const min = [Infinity, Infinity, Infinity];
    const max = [-Infinity, -Infinity, -Infinity];
    for (let i = begin; i < end; i++) {
      const { bounds } = this.order[i];
      for (let k = 0; k < 3; k++) {
        min[k] = Math.min(min[k], bounds.min[k]);
        max[k] = Math.max(max[k], bounds.max[k]);
      }
    }
    this.boxes.push(...min, ...max);
    this.begin.push(begin);
    this.end.push(end);
    this.right.push(-1);
    if (end - begin > LEAF_SIZE) {
      const extent = max.map((value, k) => value - min[k]);
      const axis = extent.indexOf(Math.max(...extent));
      const centre = (p: P) => p.bounds.min[axis] + p.bounds.max[axis];
      const part = this.order.slice(begin, end).sort((a, b) => centre(a) - centre(b));
      part.forEach((primitive, i) => (this.order[begin + i] = primitive));
      const middle = (begin + end) >> 1;
      this.build(begin, middle);
      this.right[node] = this.build(middle, end);
    }
    return node;
  }

  /** The nearest thing that the ray meets in (tMin, tMax), or null. */
  nearest(ray: Ray, tMin = 1e-4, tMax = Infinity): Hit<P> | null {
    let best: P | null = null;
    let t = tMax;
    const { stack, boxes, right, order } = this;
    const ix = 1 / ray.dx;
    const iy = 1 / ray.dy;
    const iz = 1 / ray.dz;
    let top = 0;
    stack[top++] = 0;
    while (top > 0) {
      const node = stack[--top];
      const b = 6 * node;
      const x0 = (boxes[b] - ray.ox) * ix;
      const x1 = (boxes[b + 3] - ray.ox) * ix;
      const y0 = (boxes[b + 1] - ray.oy) * iy;
      const y1 = (boxes[b + 4] - ray.oy) * iy;
      const z0 = (boxes[b + 2] - ray.oz) * iz;
      const z1 = (boxes[b + 5] - ray.oz) * iz;
      const near = Math.max(Math.min(x0, x1), Math.min(y0, y1), Math.min(z0, z1));
      const far = Math.min(Math.max(x0, x1), Math.max(y0, y1), Math.max(z0, z1));
      if (near > far || far < tMin || near > t) continue;
      if (right[node] < 0) {
        for (let i = this.begin[node]; i < this.end[node]; i++) {
          const found = order[i].intersect(ray, tMin, t);
          if (found < t) {
            t = found;
            best = order[i];
          }
        }
      } else {
        stack[top++] = right[node];
        stack[top++] = node + 1;
      }
    }
    return best && { primitive: best, t };
  }

  /** Whether anything lies between two points (their own surroundings left out). */
  blocked(from: Vector3, to: Vector3, margin: number): boolean {
    const ray = {
      ox: from[0],
      oy: from[1],
      oz: from[2],
      dx: to[0] - from[0],
      dy: to[1] - from[1],
      dz: to[2] - from[2],
    };
    const distance = Math.hypot(ray.dx, ray.dy, ray.dz);
    const share = margin / distance;
    return this.nearest(ray, share, 1 - share) !== null;
  }
}
