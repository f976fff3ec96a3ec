import type { Size } from '../../core/geometry.ts';
import type { Pose } from '../../geometry/inverse-depth.ts';
import type { TriangulatedMap, UnitFocal } from './inverse-depth.ts';

/** A photo on a grid, as it is held against the other. */
export interface GridPhoto {
  readonly size: Size;
  /** [h, w, 3] 0…1 */
  readonly colour: Float32Array;
  readonly focal: UnitFocal;
}

/** Cells between the taps of a window, and taps on either side of its middle: 5 × 5 taps over 9 × 9 cells. */
const STRIDE = 2;
const REACH = 2;
/** Colours that differ by this (mean of three channels) lie on another surface as a rule: they say half as much. */
const SAME = 0.06;
/** No tap says more than this. */
const MOST_OFF = 0.2;
/** From how far away, in cells, surfaces are proposed, in this order, in eight directions. */
const DISTANCES = [24, 12, 6, 3] as const;
const PROPOSERS = DISTANCES.flatMap((d) =>
  [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ].map(([x, y]) => [d * x, d * y] as const),
);
/** Proposals that would move the place in the other photo by less, cells, say nothing new. */
const LEAST_MOVE = 0.75;
/** A proposal must look so much better: as a share, and by itself, of the mean difference of colours. */
const BETTER = 0.75;
const BETTER_BY = 0.006;
/** Mean difference of colours over which a window shows something else: the other photo may not see the place at all. */
const ALIKE = 0.08;
/** Of the eight cells around. */
const BACKING = 2;
/** What is believed of a depth that another place proposed. */
const BELIEF = 0.5;

/**
 * Depth jumps where a match is blurred: its grid is coarse, and beside a near thing a network drags the ground along. Cameras are known by
 * now, so that a depth can be held against both photos: each cell is offered the surfaces around it, as slanted planes (PatchMatch stereo,
 * Bleyer et al. 2011), and takes one where its window, weighted by likeness of colour (Yoon and Kweon 2006), then looks clearly more alike.
 * Where photos have no texture nothing looks better, and the match is kept.
 * @param pose from this photo's camera to the other's
 */
export function photoConsistent(map: TriangulatedMap, here: GridPhoto, there: GridPhoto, pose: Pose): TriangulatedMap {
  const { size } = map;
  const { width, height } = size;
  const inverse = map.inverse.slice();
  const weight = map.weight.slice();
  const covisible = map.covisible.slice();
  const [slopeX, slopeY] = slopes(map);
  const window = new Windows(here, there, pose);
  let cost = MOST_OFF;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let isOpen = false;
      for (const [dx, dy] of PROPOSERS) {
        if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
        const j = i + dy * width + dx;
        if (weight[j] === 0) continue;
        const value = inverse[j] - slopeX[j] * dx - slopeY[j] * dy;
        if (!(value > 0)) continue;
        const isKnown = weight[i] > 0;
        if (isKnown && window.move(x, y, inverse[i], value) < LEAST_MOVE) continue;
        if (!isOpen) {
          isOpen = true;
          window.open(x, y);
          // A place that the other photo does not reach is none that is matched wrong.
          cost = isKnown ? window.unlike(inverse[i], slopeX[i], slopeY[i], MOST_OFF) : MOST_OFF;
          if (cost === Infinity) break;
        }
        const limit = Math.min(BETTER * cost, cost - BETTER_BY, ALIKE);
        if (limit <= 0) break;
        const found = window.unlike(value, slopeX[j], slopeY[j], limit);
        if (found > limit) continue;
        cost = found;
        inverse[i] = value;
        slopeX[i] = slopeX[j];
        slopeY[i] = slopeY[j];
        weight[i] = BELIEF * weight[j];
        covisible[i] = Math.max(covisible[i], covisible[j]);
      }
    }
  }
  const alone = Array.from(inverse.keys()).filter(
    (i) => inverse[i] !== map.inverse[i] && !isBacked(i, size, inverse, weight, window),
  );
  for (const i of alone) {
    inverse[i] = map.inverse[i];
    weight[i] = map.weight[i];
    covisible[i] = map.covisible[i];
  }
  return { size, inverse, weight, covisible };
}

/** Whether most of the eight cells around are of one surface with this one. A single cell that looks alike elsewhere does so by chance. */
function isBacked(
  i: number,
  { width, height }: Size,
  inverse: Float32Array,
  weight: Float32Array,
  window: Windows,
): boolean {
  const [x, y] = [i % width, Math.floor(i / width)];
  let backing = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const j = i + dy * width + dx;
      if (j === i || x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height || weight[j] === 0) continue;
      if (window.move(x, y, inverse[i], inverse[j]) < 2 * LEAST_MOVE) backing++;
    }
  }
  return backing >= BACKING;
}

/** Change of 1 / depth for one cell to the right and downwards: towards the neighbour that is more alike. */
function slopes({ size: { width, height }, inverse, weight }: TriangulatedMap): [Float32Array, Float32Array] {
  const out: [Float32Array, Float32Array] = [new Float32Array(width * height), new Float32Array(width * height)];
  const lesser = (i: number, step: number, hasBefore: boolean, hasAfter: boolean) => {
    const back = hasBefore && weight[i - step] > 0 ? inverse[i] - inverse[i - step] : Infinity;
    const forth = hasAfter && weight[i + step] > 0 ? inverse[i + step] - inverse[i] : Infinity;
    const found = Math.abs(back) < Math.abs(forth) ? back : forth;
    return Number.isFinite(found) ? found : 0;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (weight[i] === 0) continue;
      out[0][i] = lesser(i, 1, x > 0, x + 1 < width);
      out[1][i] = lesser(i, width, y > 0, y + 1 < height);
    }
  }
  return out;
}

/** Windows of one photo laid on the other through planes before its camera. */
class Windows {
  /** Places in the other photo, in its cells times depth: of the grid's corner, for a step right, down, and of 1 / depth. */
  private readonly origin: readonly number[];
  private readonly right: readonly number[];
  private readonly down: readonly number[];
  private readonly away: readonly number[];
  /** Of the open window: share, colour, steps from its middle, and place at infinity times depth. */
  private readonly taps = new Float64Array(9 * (2 * REACH + 1) ** 2);
  private end = 0;
  private total = 0;

  constructor(
    private readonly here: GridPhoto,
    private readonly there: GridPhoto,
    { rotation: r, translation: t }: Pose,
  ) {
    const [fx, fy] = [there.size.width * there.focal[0], there.size.height * there.focal[1]];
    const [cx, cy] = [there.size.width / 2 - 0.5, there.size.height / 2 - 0.5];
    const inCells = ([x, y, z]: readonly number[]) => [fx * x + cx * z, fy * y + cy * z, z];
    const [sx, sy] = [1 / (here.size.width * here.focal[0]), 1 / (here.size.height * here.focal[1])];
    const [x0, y0] = [(0.5 - here.size.width / 2) * sx, (0.5 - here.size.height / 2) * sy];
    this.origin = inCells([0, 3, 6].map((k) => r[k] * x0 + r[k + 1] * y0 + r[k + 2]));
    this.right = inCells([r[0] * sx, r[3] * sx, r[6] * sx]);
    this.down = inCells([r[1] * sy, r[4] * sy, r[7] * sy]);
    this.away = inCells(t);
  }

  /** Cells of the other photo between the places of a cell at two inverse depths. */
  move(x: number, y: number, one: number, other: number): number {
    const { origin: o, right: r, down: d, away: t } = this;
    const [X, Y, Z] = [o[0] + x * r[0] + y * d[0], o[1] + x * r[1] + y * d[1], o[2] + x * r[2] + y * d[2]];
    const [z, w] = [Z + one * t[2], Z + other * t[2]];
    const dx = (X + one * t[0]) / z - (X + other * t[0]) / w;
    const dy = (Y + one * t[1]) / z - (Y + other * t[1]) / w;
    return Math.hypot(dx, dy);
  }

  /** The window around a cell, for the calls of {@link unlike} that follow. */
  open(x: number, y: number): void {
    const { here, origin: o, right: r, down: d, taps } = this;
    const { width, height } = here.size;
    const { colour } = here;
    const middle = 3 * (y * width + x);
    const [m0, m1, m2] = [colour[middle], colour[middle + 1], colour[middle + 2]];
    let n = 0;
    this.total = 0;
    for (let j = -REACH; j <= REACH; j++) {
      const py = y + STRIDE * j;
      if (py < 0 || py >= height) continue;
      for (let i = -REACH; i <= REACH; i++) {
        const px = x + STRIDE * i;
        if (px < 0 || px >= width) continue;
        const at = 3 * (py * width + px);
        const [c0, c1, c2] = [colour[at], colour[at + 1], colour[at + 2]];
        const apart = (Math.abs(c0 - m0) + Math.abs(c1 - m1) + Math.abs(c2 - m2)) / (3 * SAME);
        const share = 1 / (1 + apart * apart);
        this.total += share;
        taps[n++] = share;
        taps[n++] = c0;
        taps[n++] = c1;
        taps[n++] = c2;
        taps[n++] = STRIDE * i;
        taps[n++] = STRIDE * j;
        taps[n++] = o[0] + px * r[0] + py * d[0];
        taps[n++] = o[1] + px * r[1] + py * d[1];
        taps[n++] = o[2] + px * r[2] + py * d[2];
      }
    }
    this.end = n;
  }

  /**
   * How unlike the window is to the other photo's, 0…{@link MOST_OFF}, through a plane of this inverse depth and slopes. Infinity where
   * most of it lies beyond that photo.
   * @param limit over which it does not matter: then Infinity
   */
  unlike(value: number, slopeX: number, slopeY: number, limit: number): number {
    const { there, away, taps, total, end } = this;
    const { width, height } = there.size;
    const { colour } = there;
    const [tx, ty, tz] = away;
    const most = limit * total;
    let [sum, inside] = [0, 0];
    for (let n = 0; n < end; n += 9) {
      const share = taps[n];
      const iota = value + slopeX * taps[n + 4] + slopeY * taps[n + 5];
      const z = taps[n + 8] + iota * tz;
      const u = (taps[n + 6] + iota * tx) / z;
      const v = (taps[n + 7] + iota * ty) / z;
      if (!(z > 0 && u >= 0 && v >= 0 && u < width - 1 && v < height - 1)) continue;
      inside += share;
      const left = Math.floor(u);
      const top = Math.floor(v);
      const p = u - left;
      const q = v - top;
      const a = 3 * (top * width + left);
      const b = a + 3 * width;
      const wa = (1 - p) * (1 - q);
      const wb = p * (1 - q);
      const wc = (1 - p) * q;
      const wd = p * q;
      const off =
        Math.abs(wa * colour[a] + wb * colour[a + 3] + wc * colour[b] + wd * colour[b + 3] - taps[n + 1]) +
        Math.abs(wa * colour[a + 1] + wb * colour[a + 4] + wc * colour[b + 1] + wd * colour[b + 4] - taps[n + 2]) +
        Math.abs(wa * colour[a + 2] + wb * colour[a + 5] + wc * colour[b + 2] + wd * colour[b + 5] - taps[n + 3]);
      sum += share * Math.min(MOST_OFF, off / 3);
      if (sum > most) return Infinity;
    }
    return 2 * inside < total ? Infinity : sum / inside;
  }
}
