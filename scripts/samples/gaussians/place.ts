import type { Bvh } from '../../../src/gaussians/truth/bvh.ts';
import type { Ray } from '../../../src/gaussians/truth/solid.ts';
import { Camera } from '../camera.ts';
import type { CameraPose } from '../camera.ts';
import { sequence } from '../noise.ts';
import type { Primitive } from '../primitive.ts';
import type { Vec } from '../vector.ts';
import { cross, dot, normalize, sub } from '../vector.ts';

/** A disc on a surface, in the sample's own world. */
export interface Disc {
  readonly at: Vec;
  /** Unit, towards where it was seen from. */
  readonly normal: Vec;
  /** Least distance to the next disc of the same surface, metres. */
  readonly spacing: number;
}

export interface PlacingOptions {
  readonly views: readonly CameraPose[];
  readonly width: number;
  readonly height: number;
  /** What lies farther from `center` than `within` metres is left out: it would be most of the scene. */
  readonly center: Vec;
  readonly within: number;
  /** Distance of discs in the middle of a surface, in pixels of the view that found them. */
  readonly pixels: number;
  /** Bounds of the spacing, metres. Near an edge it shrinks to the smaller one. */
  readonly least: number;
  readonly most: number;
}

/** Spacing by the way to the next edge: three deviations away, where the edge is, nothing of a disc is left. */
const EDGE_SHARE = 0.5;
const EDGE_MARGIN = 1;

/**
 * Discs that cover what the views see: every pixel's ray is a proposal, and one is taken where no other disc of the same
 * surface is too near (dart throwing, Cook 1986, with a distance that follows the picture's resolution and shrinks
 * towards edges, so that no disc stands out over one).
 */
export function placeDiscs(bvh: Bvh<Primitive>, options: PlacingOptions): Disc[] {
  const { views, width, height, center, within, pixels, least, most } = options;
  const next = sequence(20_241);
  const discs: Disc[] = [];
  const grid = new DiscGrid(discs, least);
  for (const view of views) {
    const camera = new Camera(view, width, height);
    const focal = camera.intrinsics()[0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const ray = camera.ray(x + next(), y + next());
        const hit = bvh.nearest(ray);
        if (!hit) continue;
        const surface = hit.primitive.surface(ray, hit.t);
        const { point, normal } = surface;
        if (Math.hypot(...sub(point, center)) > within) continue;
        const room = hit.primitive.flatReach?.(surface) ?? Infinity;
        // Nothing is put on the last bit before an edge: its half would stand out.
        if (room < EDGE_MARGIN * least) continue;
        const spacing = Math.max(Math.min((pixels * hit.t) / focal, most, EDGE_SHARE * room), least);
        if (grid.isTaken(point, normal, spacing)) continue;
        discs.push({ at: point, normal, spacing });
        grid.add(discs.length - 1);
      }
    }
  }
  return discs;
}

/** Discs by place, a grid for every octave of their spacing. */
class DiscGrid {
  private readonly levels: Map<number, number[]>[] = [];

  constructor(
    private readonly discs: readonly Disc[],
    private readonly least: number,
  ) {}

  add(index: number): void {
    const { at, spacing } = this.discs[index];
    const level = this.levelOf(spacing);
    this.levels[level] ??= new Map();
    const key = cellKey(this.cellsOf(at, level));
    const cell = this.levels[level].get(key);
    if (cell) cell.push(index);
    else this.levels[level].set(key, [index]);
  }

  /** Whether a disc of the same surface is nearer than the smaller of its spacing and `own`. */
  isTaken(point: Vec, normal: Vec, own: number): boolean {
    for (const [level, cells] of this.levels.entries()) {
      if (!cells) continue;
      const [x, y, z] = this.cellsOf(point, level);
      for (let k = 0; k < 27; k++) {
        const cell = cells.get(cellKey([x + (k % 3) - 1, y + (Math.floor(k / 3) % 3) - 1, z + Math.floor(k / 9) - 1]));
        for (const index of cell ?? []) {
          const disc = this.discs[index];
          const offset = sub(point, disc.at);
          if (dot(offset, offset) >= Math.min(disc.spacing, own) ** 2) continue;
          const isSameSurface =
            Math.abs(dot(normal, disc.normal)) > 0.5 && Math.abs(dot(offset, disc.normal)) < 0.3 * disc.spacing;
          if (isSameSurface) return true;
        }
      }
    }
    return false;
  }

  private levelOf(spacing: number): number {
    return Math.max(0, Math.floor(Math.log2(spacing / this.least)));
  }

  private cellsOf(at: Vec, level: number): Vec {
    const side = this.least * 2 ** (level + 1);
    return [Math.floor(at[0] / side), Math.floor(at[1] / side), Math.floor(at[2] / side)];
  }
}

/** Two cells may share a key, which costs a look and nothing else. */
const cellKey = ([x, y, z]: Vec): number =>
  (Math.imul(x, 73_856_093) ^ Math.imul(y, 19_349_663) ^ Math.imul(z, 83_492_791)) | 0;

/** Two axes that make a right-handed frame with a unit vector. */
export function tangents(normal: Vec): readonly [Vec, Vec] {
  const u = normalize(cross(Math.abs(normal[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0], normal));
  return [u, cross(normal, u)];
}

export const rayAlong = (from: Vec, direction: Vec): Ray => ({
  ...{ ox: from[0], oy: from[1], oz: from[2] },
  ...{ dx: direction[0], dy: direction[1], dz: direction[2] },
});
