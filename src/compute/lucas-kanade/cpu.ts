import type { Size } from '../../core/geometry.ts';

/** A photo as the pass reads it: [3, h, w] in [0, 1]. */
export interface Planes {
  size: Size;
  values: Float32Array;
}

/** Numbers of the pass; WGSL has them by the same names. */
export const LUCAS_KANADE = {
  /** Samples on either side of a window's middle: 9 × 9 of them. */
  REACH: 4,
  ITERATIONS: 4,
  /** The largest step away from the network's place, pixels of the other photo as it is read. */
  LIMIT: 3,
  /** Mean square of brightness about its mean below which a window shows nothing. */
  FLAT: 1.5e-4,
  /** Correlation that a place must have after it was moved. */
  LEAST: 0.7,
  /** Share of the slopes' trace that is added to its diagonal: along an edge nothing moves. */
  DAMPING: 0.02,
  /** Slope in its weakest direction, mean square a pixel, from which a place holds others: a corner, no edge. */
  CORNER: 2e-5,
  /** The same, from which a place that agrees stays by itself; below, it follows others. */
  HELD: 2e-6,
  /** How much larger or smaller the other photo may show a place, by area. */
  LARGEST_AREA: 9,
  /** Places around one that shows too little, either way, and how many grid steps they are apart. */
  RING: 6,
  SPREAD: 2,
  /** Fewer corners around it than this say nothing. */
  LEAST_CORNERS: 8,
  /** A corner that lies further from the plane through all is another surface's, pixels of the other photo. */
  OTHER_SURFACE: 1.5,
} as const;

const { REACH, ITERATIONS, LIMIT, FLAT, LEAST, DAMPING, CORNER, HELD, LARGEST_AREA } = LUCAS_KANADE;
const SIDE = 2 * REACH + 1;
const WINDOW = SIDE * SIDE;

/**
 * Moves every place of a warp to where the photos themselves agree best, to a fraction of a pixel: inverse compositional
 * Lucas–Kanade (Baker and Matthews 2004) over a window that the warp's own slope deforms, brightness up to gain and offset.
 * Places that show too little follow the plane through the corners around them. Nothing moves by more than LIMIT.
 *
 * @param own the photo that the grid lies on
 * @param warp [2, h, w] on `grid`, normalised places in `other`
 * @returns the warp, moved
 */
export function refineWarp(own: Planes, other: Planes, grid: Size, warp: Float32Array): Float32Array {
  const { moved, hold } = movePlaces(own, other, grid, warp);
  return followCorners(grid, moved, hold, other.size);
}

/** How well a place is held: by nothing, by itself, or as a corner that others follow. WGSL has them, too. */
export const HOLDS = { FREE: 0, STAYS: 1, LEADS: 2 } as const;
const { FREE, STAYS, LEADS } = HOLDS;

const holdOf = (weakest: number): number => (weakest > CORNER ? LEADS : weakest > HELD ? STAYS : FREE);

/** The first of the two steps. `hold`: 0 for places that nothing holds, 1 for those that stay, 2 for corners. */
export function movePlaces(
  own: Planes,
  other: Planes,
  grid: Size,
  warp: Float32Array,
): { moved: Float32Array; hold: Float32Array } {
  const { width, height } = grid;
  const points = width * height;
  const moved = warp.slice();
  const hold = new Float32Array(points);
  const windows = new Windows(own, other);
  const at = (k: number, plane: 0 | 1) =>
    0.5 * (plane ? other.size.height : other.size.width) * (warp[plane * points + k] + 1);
  for (let j = 0, k = 0; j < height; j++) {
    for (let i = 0; i < width; i++, k++) {
      const [left, right] = [i > 0 ? k - 1 : k, i < width - 1 ? k + 1 : k];
      const [up, down] = [j > 0 ? k - width : k, j < height - 1 ? k + width : k];
      const dx = ((right - left) * own.size.width) / width;
      const dy = ((down - up) * own.size.height) / (width * height);
      // Pixels of the other photo for one of this: xx and yx along x, xy and yy along y.
      const slope: Slope = [
        (at(right, 0) - at(left, 0)) / dx,
        (at(down, 0) - at(up, 0)) / dy,
        (at(right, 1) - at(left, 1)) / dx,
        (at(down, 1) - at(up, 1)) / dy,
      ];
      const x = ((i + 0.5) / width) * own.size.width;
      const y = ((j + 0.5) / height) * own.size.height;
      const found = windows.align(x, y, at(k, 0), at(k, 1), slope);
      if (!found) continue;
      hold[k] = found.hold;
      moved[k] = (2 * found.x) / other.size.width - 1;
      moved[points + k] = (2 * found.y) / other.size.height - 1;
    }
  }
  return { moved, hold };
}

/** Row by row: xx, xy, yx, yy. */
export type Slope = readonly [number, number, number, number];

/** One window after the other, without allocating. */
class Windows {
  private readonly a: Grey;
  private readonly b: Grey;
  private readonly template = new Float64Array(WINDOW);
  private readonly gx = new Float64Array(WINDOW);
  private readonly gy = new Float64Array(WINDOW);
  private readonly seen = new Float64Array(WINDOW);

  constructor(own: Planes, other: Planes) {
    this.a = greyOf(own);
    this.b = greyOf(other);
  }

  /** Where the window about (px, py) lies near (qx, qy); null where nobody can tell. */
  align(px: number, py: number, qx: number, qy: number, slope: Slope): { x: number; y: number; hold: number } | null {
    const { a, b, template, gx, gy, seen } = this;
    const { width, height } = b.size;
    const isThere = (x: number, y: number) => x >= 0 && y >= 0 && x <= width && y <= height;
    if (!isThere(qx, qy)) return null;
    const [xx, xy, yx, yy] = slope;
    const area = Math.abs(xx * yy - xy * yx);
    if (!(area > 1 / LARGEST_AREA && area < LARGEST_AREA)) return null;
    // Neighbouring samples lie a pixel apart in the photo that shows more.
    const step = 1 / Math.max(1, Math.sqrt(area));
    readWindow(a, px, py, step, UPRIGHT, 0, 0, template);
    centre(template);
    const energy = dot(template, template);
    if (energy < FLAT * WINDOW) return null;
    readWindow(a, px, py, step, UPRIGHT, 0.5, 0, gx);
    readWindow(a, px, py, step, UPRIGHT, -0.5, 0, seen);
    for (let n = 0; n < WINDOW; n++) gx[n] -= seen[n];
    readWindow(a, px, py, step, UPRIGHT, 0, 0.5, gy);
    readWindow(a, px, py, step, UPRIGHT, 0, -0.5, seen);
    for (let n = 0; n < WINDOW; n++) gy[n] -= seen[n];
    centre(gx);
    centre(gy);
    let [hxx, hyy] = [dot(gx, gx), dot(gy, gy)];
    const hxy = dot(gx, gy);
    const weakest = (hxx + hyy) / 2 - Math.sqrt(((hxx - hyy) / 2) ** 2 + hxy * hxy);
    const damping = DAMPING * (hxx + hyy);
    [hxx, hyy] = [hxx + damping, hyy + damping];
    const det = hxx * hyy - hxy * hxy;
    if (!(det > 0)) return null;
    let [moveX, moveY] = [0, 0];
    let best = -2;
    let [bestX, bestY] = [0, 0];
    for (let round = 0; round <= ITERATIONS; round++) {
      readWindow(b, qx + moveX, qy + moveY, step, slope, 0, 0, seen);
      centre(seen);
      const product = dot(seen, template);
      const correlation = product / Math.sqrt(Math.max(1e-12, energy * dot(seen, seen)));
      if (correlation > best) [best, bestX, bestY] = [correlation, moveX, moveY];
      if (round === ITERATIONS || product <= 0) break;
      const gain = energy / product;
      let [ex, ey] = [0, 0];
      for (let n = 0; n < WINDOW; n++) {
        const error = gain * seen[n] - template[n];
        ex += gx[n] * error;
        ey += gy[n] * error;
      }
      const sx = (hyy * ex - hxy * ey) / det;
      const sy = (hxx * ey - hxy * ex) / det;
      moveX -= xx * sx + xy * sy;
      moveY -= yx * sx + yy * sy;
      if (!(moveX * moveX + moveY * moveY < LIMIT * LIMIT)) break;
    }
    // A place that leaves the other photo, or comes into it, would change what is known of it.
    if (best < LEAST || !isThere(qx + bestX, qy + bestY)) return null;
    return { x: qx + bestX, y: qy + bestY, hold: holdOf(weakest / WINDOW) };
  }
}

/** The second step: places that nothing holds follow the plane through those around them, robustly fitted. */
export function followCorners(
  { width, height }: Size,
  moved: Float32Array,
  hold: Float32Array,
  other: Size,
): Float32Array {
  const { RING, SPREAD, OTHER_SURFACE } = LUCAS_KANADE;
  const points = width * height;
  const out = moved.slice();
  const [sx, sy] = [other.width / 2, other.height / 2];
  for (let j = 0, k = 0; j < height; j++) {
    for (let i = 0; i < width; i++, k++) {
      if (hold[k] !== FREE) continue;
      let plane: Plane | null = null;
      // The second time without what is another surface's.
      for (let round = 0; round < 2; round++) {
        const sums = new PlaneSums();
        for (let dj = -RING; dj <= RING; dj++) {
          const row = j + dj * SPREAD;
          if (row < 0 || row >= height) continue;
          for (let di = -RING; di <= RING; di++) {
            const column = i + di * SPREAD;
            const n = row * width + column;
            if (column < 0 || column >= width || hold[n] !== LEADS) continue;
            const [x, y] = [di * SPREAD, dj * SPREAD];
            const u = (moved[n] - moved[k]) * sx;
            const v = (moved[points + n] - moved[points + k]) * sy;
            const away = plane
              ? (u - plane[0] - plane[1] * x - plane[2] * y) ** 2 + (v - plane[3] - plane[4] * x - plane[5] * y) ** 2
              : 0;
            if (away <= OTHER_SURFACE ** 2) sums.add(x, y, u, v);
          }
        }
        plane = sums.plane();
        if (!plane) break;
      }
      if (!plane || plane[0] ** 2 + plane[3] ** 2 > LIMIT * LIMIT) continue;
      const [u, v] = [moved[k] + plane[0] / sx, moved[points + k] + plane[3] / sy];
      if (!isWithin(moved[k], moved[points + k]) || !isWithin(u, v)) continue;
      out[k] = u;
      out[points + k] = v;
    }
  }
  return out;
}

const isWithin = (u: number, v: number): boolean => Math.abs(u) <= 1 && Math.abs(v) <= 1;

/** u = p₀ + p₁ x + p₂ y, v = p₃ + p₄ x + p₅ y. */
type Plane = readonly [number, number, number, number, number, number];

/** Least squares of two planes over the same places. */
class PlaneSums {
  private count = 0;
  private readonly xs = [0, 0, 0, 0, 0];
  private readonly us = [0, 0, 0];
  private readonly vs = [0, 0, 0];

  add(x: number, y: number, u: number, v: number): void {
    const { xs, us, vs } = this;
    this.count++;
    xs[0] += x;
    xs[1] += y;
    xs[2] += x * x;
    xs[3] += x * y;
    xs[4] += y * y;
    us[0] += u;
    us[1] += u * x;
    us[2] += u * y;
    vs[0] += v;
    vs[1] += v * x;
    vs[2] += v * y;
  }

  /** Null where too few places say so, or all on a line. */
  plane(): Plane | null {
    const { count, xs } = this;
    if (count < LUCAS_KANADE.LEAST_CORNERS) return null;
    const [x, y] = [xs[0] / count, xs[1] / count];
    const xx = xs[2] - x * xs[0];
    const xy = xs[3] - x * xs[1];
    const yy = xs[4] - y * xs[1];
    const det = xx * yy - xy * xy;
    if (!(det > 1e-3 * count * count)) return null;
    const solve = ([sum, byX, byY]: readonly number[]): [number, number, number] => {
      const [p, q] = [byX - x * sum, byY - y * sum];
      const [alongX, alongY] = [(yy * p - xy * q) / det, (xx * q - xy * p) / det];
      return [sum / count - alongX * x - alongY * y, alongX, alongY];
    };
    return [...solve(this.us), ...solve(this.vs)];
  }
}

/** A photo's brightness, row by row. */
export interface Grey {
  size: Size;
  values: Float32Array;
}

export function greyOf({ size, values }: Planes): Grey {
  const points = size.width * size.height;
  const grey = new Float32Array(points);
  for (let k = 0; k < points; k++) grey[k] = (values[k] + values[points + k] + values[2 * points + k]) / 3;
  return { size, values: grey };
}

/** Bilinear, the border clamped; pixels, the first one's centre at 0.5. */
export function readGrey({ size: { width, height }, values }: Grey, x: number, y: number): number {
  const column = Math.min(Math.max(x - 0.5, 0), width - 1);
  const row = Math.min(Math.max(y - 0.5, 0), height - 1);
  const left = Math.min(Math.floor(column), width - 2);
  const top = Math.min(Math.floor(row), height - 2);
  const [tx, ty] = [column - left, row - top];
  const k = top * width + left;
  const above = values[k] * (1 - tx) + values[k + 1] * tx;
  const below = values[k + width] * (1 - tx) + values[k + width + 1] * tx;
  return above * (1 - ty) + below * ty;
}

const UPRIGHT: Slope = [1, 0, 0, 1];

/**
 * A window's brightness about (x, y), `slope` pixels apart for each `step` of the template's, all shifted by less than a
 * pixel. Nearly all windows lie inside, where nothing has to be clamped: {@link readGrey}'s sum, written out, is several
 * times as fast.
 */
function readWindow(
  grey: Grey,
  x: number,
  y: number,
  step: number,
  [xx, xy, yx, yy]: Slope,
  shiftX: number,
  shiftY: number,
  out: Float64Array,
): void {
  const { size, values } = grey;
  const { width, height } = size;
  const reachX = step * REACH * (Math.abs(xx) + Math.abs(xy)) + 2;
  const reachY = step * REACH * (Math.abs(yx) + Math.abs(yy)) + 2;
  const isInside = x > reachX && y > reachY && x < width - reachX && y < height - reachY;
  for (let j = -REACH, n = 0; j <= REACH; j++) {
    const oy = step * j;
    for (let i = -REACH; i <= REACH; i++, n++) {
      const ox = step * i;
      const column = x + xx * ox + xy * oy + shiftX;
      const row = y + yx * ox + yy * oy + shiftY;
      if (!isInside) {
        out[n] = readGrey(grey, column, row);
        continue;
      }
      // Positive here, so that | 0 is the floor.
      const left = (column - 0.5) | 0;
      const top = (row - 0.5) | 0;
      const tx = column - 0.5 - left;
      const ty = row - 0.5 - top;
      const k = top * width + left;
      const above = values[k] * (1 - tx) + values[k + 1] * tx;
      const below = values[k + width] * (1 - tx) + values[k + width + 1] * tx;
      out[n] = above * (1 - ty) + below * ty;
    }
  }
}

function centre(values: Float64Array): void {
  let mean = 0;
  for (let n = 0; n < WINDOW; n++) mean += values[n];
  mean /= WINDOW;
  for (let n = 0; n < WINDOW; n++) values[n] -= mean;
}

function dot(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < WINDOW; n++) sum += p[n] * q[n];
  return sum;
}
