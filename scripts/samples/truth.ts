import type { Bvh } from '../../src/gaussians/truth/bvh.ts';
import type { Camera } from './camera.ts';
import type { Primitive } from './primitive.ts';
import type { Vec } from './vector.ts';

/** The exact correspondence of two renders of one geometry, on a grid over A. */
export interface Truth {
  width: number;
  height: number;
  /** [2, h, w]: x then y in B, normalised to [-1, 1] (align_corners = false); NaN where A sees only sky. */
  warp: Float32Array<ArrayBuffer>;
  /** [h, w]: 1 where the place is inside B and nothing hides it there. */
  visible: Uint8Array<ArrayBuffer>;
}

/**
 * Steps that a stored coordinate keeps: 1/400 px at 640 px, far below any matcher's error, and half the size packed.
 */
const COORDINATE_STEPS = 2 ** 17;

/** Share of the distance within which a hit counts as the same place. */
const HIDDEN_MARGIN = 2e-3;

/**
 * Follows the ray at the centre of every grid cell of A to its surface and looks at that point from B.
 * Both cameras must see the same geometry; light may differ.
 */
export function exactWarp(bvh: Bvh<Primitive>, a: Camera, b: Camera, width: number, height: number): Truth {
  const warp = new Float32Array(2 * width * height);
  const visible = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x;
      const ray = a.ray(((x + 0.5) * a.width) / width, ((y + 0.5) * a.height) / height);
      const hit = bvh.nearest(ray);
      const point: Vec | null = hit && [ray.ox + hit.t * ray.dx, ray.oy + hit.t * ray.dy, ray.oz + hit.t * ray.dz];
      const seen = point && b.project(point);
      if (!point || !seen) {
        warp[p] = warp[width * height + p] = NaN;
        continue;
      }
      warp[p] = stored((2 * seen.x) / b.width - 1);
      warp[width * height + p] = stored((2 * seen.y) / b.height - 1);
      const inside = seen.x >= 0 && seen.y >= 0 && seen.x <= b.width && seen.y <= b.height;
      visible[p] = inside && !bvh.blocked(b.position, point, HIDDEN_MARGIN * seen.depth) ? 1 : 0;
    }
  }
  return { width, height, warp, visible };
}

/** Rounded, and kept within ±8 pictures: places beside the camera project to almost infinity. */
const stored = (value: number) => Math.round(Math.max(-8, Math.min(8, value)) * COORDINATE_STEPS) / COORDINATE_STEPS;
