import type { Matrix3 } from '../../core/matrix3.ts';
import { crossCorrelation } from './cross-correlation.ts';
import type { Grey } from './cut-out.ts';
import { agreement, type Copies, highPassed } from './steps.ts';

/**
 * A page that was scrolled, a wall or a front that was moved by some bricks or windows: all of it is one shift, and many others look
 * nearly as good. Networks take the parts of such photos for each other; brightness over the whole of both tells the shift.
 */

/** Least share of either photo that both show. */
const SHOWN = 0.25;
/** Least correlation of what both show, at the small and at the larger size; photos of different places have less. */
const LEAST = { small: 0.25, large: 0.5 } as const;
/** Shifts that are looked at, and of those at the larger size. */
const MOST = { small: 96, large: 24 } as const;
/** A peak of the small copies lies this near, pixels of the larger ones. */
const NEAR = 2;
/** Rows of the larger copies that are read: every so many. */
const ROWS = 3;
/**
 * A shift counts the windows that it shows, those that look otherwise {@link RIGHT.against} times against it: one that hides what
 * differs shows less. The right one counts so many times more than each other, and this share of the most that any shows.
 */
const RIGHT = { against: 20, times: 1.25, share: 0.25 } as const;
/** Shifts this near to each other, pixels of the larger copies, are the same. */
const SAME = 4;

interface Shift {
  x: number;
  y: number;
  correlation: number;
}

/**
 * The shift by which nearly all of what both photos show looks the same, normalised A to normalised B; null where there is none,
 * or several do. Copies of both photos have to be of one scale.
 */
export function shiftBetween(a: Copies, b: Copies): Matrix3 | null {
  const found = finer(a, b, coarse(highPassed(a.small), highPassed(b.small)));
  if (found.length === 0) return null;
  const told = found.map(({ x, y }) => {
    const motion = motionOf(x, y, a.large, b.large);
    const { windows, disagree } = agreement(a.large, b.large, motion);
    return { motion, windows, counts: windows * (1 - RIGHT.against * disagree) };
  });
  const [best, next] = told.sort((p, q) => q.counts - p.counts);
  const most = Math.max(...told.map(({ windows }) => windows));
  const isRight = best.counts > RIGHT.share * most && !(next && best.counts < RIGHT.times * next.counts);
  return isRight ? best.motion : null;
}

/** Peaks of the correlation over all shifts, the highest first. */
function coarse(a: Grey, b: Grey): Shift[] {
  const reach = (p: number, q: number) => [
    Math.ceil(SHOWN * Math.min(p, q)) - p,
    q - Math.ceil(SHOWN * Math.min(p, q)),
  ];
  const [left, right] = reach(a.size.width, b.size.width);
  const [top, bottom] = reach(a.size.height, b.size.height);
  const across = right - left + 1;
  const at = crossCorrelation(a, b);
  const values = new Float32Array(across * (bottom - top + 1)).fill(-1);
  for (let y = top, k = 0; y <= bottom; y++) {
    for (let x = left; x <= right; x++, k++) if (isShown(a, b, x, y)) values[k] = at(x, y);
  }
  const peaks: Shift[] = [];
  for (let y = top + 1; y < bottom; y++) {
    for (let x = left + 1; x < right; x++) {
      const k = (y - top) * across + x - left;
      const around = [
        k - 1,
        k + 1,
        k - across,
        k + across,
        k - across - 1,
        k - across + 1,
        k + across - 1,
        k + across + 1,
      ];
      if (values[k] < LEAST.small || around.some((n) => values[n] > values[k])) continue;
      // The peak itself lies between pixels.
      const [dx, dy] = [1, across].map((step) => peakOf(values[k - step], values[k], values[k + step]));
      peaks.push({ x: x + dx.at, y: y + dy.at, correlation: values[k] + dx.rise + dy.rise });
    }
  }
  // Of shifts that look alike those that show more are likelier: more would have to agree by chance.
  const shown = ({ x, y }: Shift) => 1 - (Math.abs(x) / a.size.width + Math.abs(y) / a.size.height) / 12;
  return peaks.sort((p, q) => q.correlation * shown(q) - p.correlation * shown(p)).slice(0, MOST.small);
}

/** Where between −0.5 and 0.5 the parabola through three values is highest, and how much higher than the middle one. */
function peakOf(before: number, middle: number, after: number): { at: number; rise: number } {
  const bend = 2 * middle - before - after;
  if (!(bend > 1e-9)) return { at: 0, rise: 0 };
  const at = Math.max(-0.5, Math.min(0.5, (after - before) / (2 * bend)));
  return { at, rise: (at * (after - before)) / 4 };
}

/** The same shifts to a fraction of a pixel of the larger copies, those that hold there, the best first. */
function finer(a: Copies, b: Copies, shifts: Shift[]): Shift[] {
  const scale = a.large.size.width / a.small.size.width;
  const [p, q] = [highPassed(a.large), highPassed(b.large)];
  const found = shifts.map(({ x, y }): Shift => {
    let best: Shift = { x: 0, y: 0, correlation: -1 };
    for (let dy = -NEAR; dy <= NEAR; dy++) {
      for (let dx = -NEAR; dx <= NEAR; dx++) {
        const [u, v] = [Math.round(x * scale) + dx, Math.round(y * scale) + dy];
        const value = isShown(p, q, u, v) ? correlation(p, q, u, v, ROWS) : -1;
        if (value > best.correlation) best = { x: u, y: v, correlation: value };
      }
    }
    return best;
  });
  const kept: Shift[] = [];
  for (const one of found.sort((p, q) => q.correlation - p.correlation)) {
    if (one.correlation < LEAST.large) break;
    if (kept.every(({ x, y }) => Math.hypot(x - one.x, y - one.y) >= SAME)) kept.push(one);
  }
  const beside = ({ x, y, correlation: middle }: Shift, dx: number, dy: number) => {
    const [before, after] = [-1, 1].map((sign) => correlation(p, q, x + sign * dx, y + sign * dy, ROWS));
    return peakOf(before, middle, after).at;
  };
  return kept
    .slice(0, MOST.large)
    .map((one) => ({ ...one, x: one.x + beside(one, 1, 0), y: one.y + beside(one, 0, 1) }));
}

function isShown({ size: a }: Grey, { size: b }: Grey, x: number, y: number): boolean {
  const width = Math.min(a.width, b.width - x) - Math.max(0, -x);
  const height = Math.min(a.height, b.height - y) - Math.max(0, -y);
  return width > 0 && height > 0 && width * height >= SHOWN * Math.min(a.width * a.height, b.width * b.height);
}

/** Of what both show where A's (0, 0) lies on B's (x, y); both have a mean of zero. Every `rows`-th row is read. */
function correlation(a: Grey, b: Grey, x: number, y: number, rows: number): number {
  let [product, here, there] = [0, 0, 0];
  const [left, right] = [Math.max(0, -x), Math.min(a.size.width, b.size.width - x)];
  const bottom = Math.min(a.size.height, b.size.height - y);
  for (let row = Math.max(0, -y); row < bottom; row += rows) {
    const from = row * a.size.width;
    const away = (row + y) * b.size.width + x - from;
    for (let k = from + left; k < from + right; k++) {
      const [p, q] = [a.values[k], b.values[k + away]];
      product += p * q;
      here += p * p;
      there += q * q;
    }
  }
  return product / Math.sqrt(Math.max(1e-12, here * there));
}

/** A shift by pixels, normalised. */
function motionOf(x: number, y: number, { size: a }: Grey, { size: b }: Grey): Matrix3 {
  const [sx, sy] = [a.width / b.width, a.height / b.height];
  return [sx, 0, sx - 1 + (2 * x) / b.width, 0, sy, sy - 1 + (2 * y) / b.height, 0, 0, 1];
}
