import { BilinearReader } from '../../compute/field/bilinear.ts';
import { boxMean } from '../../compute/smooth/cpu.ts';
import { type Matrix3, multiply3, project } from '../../core/matrix3.ts';
import type { Grey } from './cut-out.ts';

/**
 * A match of a front of equal windows may be one window off, all of it: then it comes back, one motion explains it, and only
 * the door says that it is wrong. So where a photo looks like itself at a step, the match's motion is compared with the same
 * motion one or more steps on, by the photos themselves.
 */

/** A photo at a small size, at which steps are looked for, and at a larger one, at which they are told apart. */
export interface Copies {
  small: Grey;
  large: Grey;
}

/** Longer sides of both. */
export const COPIES = { small: 96, large: 320 } as const;
/** Brightness about its mean over this share of the long side is what repeats: shades of sky and ground do not. */
const BLUR = 0.06;
/** Least likeness of a photo with itself, one step on: normalised correlation. */
const ALIKE = 0.45;
/** Steps are at least this share of the long side; finer ones are texture. */
const SHORTEST = 0.05;
/** And at most this share of each side. */
const LONGEST = 0.6;
/** Steps that are compared. */
const MOST = 64;
/** Windows that are compared: samples on either side of their middle, and how far apart they are, pixels. */
const WINDOW = { reach: 4, apart: 6 } as const;
/** Mean square about its mean below which a window shows nothing, and correlation from which two show the same. */
const SAME = { flat: 1.5e-4, correlation: 0.6 } as const;
/** A motion stands out where all others leave at least this share of windows that differ, and this many times as many. */
const STANDS_OUT = { share: 0.01, times: 2 } as const;
/** Others are those that show at least this share of its windows: one that hides the door says nothing of it. */
const LEAST_SHOWN = 0.7;
/** A motion that shows less than this share of the known one's windows is no rival at all. */
const RIVAL_SHOWN = 0.4;

/**
 * Whether a motion is the right one of those that a repeating photo offers: `'right'`, or another motion that is, or
 * `'unclear'` where the photos do not tell. Photos that do not repeat have no others.
 * @param motion normalised A to normalised B
 */
export function amongSteps(a: Copies, b: Copies, motion: Matrix3): 'right' | 'unclear' | Matrix3 {
  // A wall of tiles repeats, a tile does not: both photos are asked.
  const both = (steps: [number, number][]) => steps.flatMap(([x, y]) => [shift(x, y), shift(-x, -y)]);
  const others = [
    ...both(stepsOf(a)).map((step) => multiply3(motion, step)),
    ...both(stepsOf(b)).map((step) => multiply3(step, motion)),
  ];
  if (others.length === 0) return 'right';
  const known = { motion, ...agreement(a.large, b.large, motion) };
  const rivals = others
    .map((other) => ({ motion: other, ...agreement(a.large, b.large, other) }))
    .filter(({ windows }) => windows >= RIVAL_SHOWN * known.windows);
  const all = [known, ...rivals].sort((p, q) => q.windows - p.windows);
  const standsOut = (one: (typeof all)[number]): boolean =>
    all.every(
      (other) =>
        other.windows < LEAST_SHOWN * one.windows ||
        other.disagree >= Math.max(STANDS_OUT.share, STANDS_OUT.times * one.disagree) ||
        isNear(other.motion, one.motion),
    );
  if (standsOut(known)) return 'right';
  return all.find(standsOut)?.motion ?? 'unclear';
}

const shift = (x: number, y: number): Matrix3 => [1, 0, x, 0, 1, y, 0, 0, 1];

function isNear(p: Matrix3, q: Matrix3): boolean {
  const [u, v] = [project(p, 0, 0), project(q, 0, 0)];
  return Math.hypot(u[0] - v[0], u[1] - v[1]) < SHORTEST;
}

/** Steps, normalised, at which a photo looks like itself, the most alike first; of two opposite ones one. */
export function stepsOf({ small, large }: Copies): [number, number][] {
  const flat = highPassed(small);
  const { width, height } = small.size;
  const [mostX, mostY] = [Math.floor(LONGEST * width), Math.floor(LONGEST * height)];
  const across = 2 * mostX + 1;
  const likeness = new Float32Array(across * (mostY + 1));
  for (let dy = 0; dy <= mostY; dy++) {
    for (let dx = -mostX; dx <= mostX; dx++) likeness[dy * across + dx + mostX] = correlationAt(flat, dx, dy, 1);
  }
  const shortest = SHORTEST * Math.max(width, height);
  const peaks: { x: number; y: number; value: number }[] = [];
  for (let dy = 0; dy < mostY; dy++) {
    for (let dx = -mostX + 1; dx < mostX; dx++) {
      const value = likeness[dy * across + dx + mostX];
      if (value < ALIKE || Math.hypot(dx, dy) < shortest || (dy === 0 && dx < 0)) continue;
      let isPeak = true;
      for (let j = -1; j <= 1; j++) {
        for (let i = -1; i <= 1; i++) {
          // Half of the plane is kept: the other one is the same, turned.
          const [x, y] = dy + j < 0 ? [-dx - i, -dy - j] : [dx + i, dy + j];
          if (likeness[y * across + x + mostX] > value) isPeak = false;
        }
      }
      if (isPeak) peaks.push({ x: dx, y: dy, value });
    }
  }
  peaks.sort((p, q) => q.value - p.value);
  const fine = highPassed(large);
  const [sx, sy] = [large.size.width / width, large.size.height / height];
  return peaks.slice(0, MOST).map(({ x, y }) => {
    const [px, py] = refined(fine, Math.round(x * sx), Math.round(y * sy), Math.ceil(sx));
    return [(2 * px) / large.size.width, (2 * py) / large.size.height];
  });
}

/** A step to the pixel, by every fifth row. */
function refined(photo: Grey, x: number, y: number, reach: number): [number, number] {
  let best = -2;
  let at: [number, number] = [x, y];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const value = correlationAt(photo, x + dx, y + dy, 5);
      if (value > best) [best, at] = [value, [x + dx, y + dy]];
    }
  }
  return at;
}

/** Correlation of a photo whose mean is zero with itself, shifted, where both are. */
function correlationAt({ size: { width, height }, values }: Grey, dx: number, dy: number, rows: number): number {
  let [product, here, there] = [0, 0, 0];
  const [left, right] = [Math.max(0, -dx), Math.min(width, width - dx)];
  for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y += rows) {
    const away = dy * width + dx;
    for (let k = y * width + left; k < y * width + right; k++) {
      const [p, q] = [values[k], values[k + away]];
      product += p * q;
      here += p * p;
      there += q * q;
    }
  }
  return product / Math.sqrt(Math.max(1e-12, here * there));
}

/** Brightness about its mean in a square around each pixel. */
export function highPassed({ size, values }: Grey): Grey {
  const reach = Math.max(1, Math.round(BLUR * Math.max(size.width, size.height)));
  const means = boxMean(values, size, reach);
  return { size, values: values.map((value, k) => value - means[k]) };
}

/** Of the windows of A that B shows by a motion and in which either shows something, how many, and the share that differ. */
export function agreement(a: Grey, b: Grey, motion: Matrix3): { windows: number; disagree: number } {
  const { reach, apart } = WINDOW;
  const side = 2 * reach + 1;
  const count = side * side;
  const mine = new Float64Array(count);
  const theirs = new Float64Array(count);
  const reader = new BilinearReader(b.size);
  let [windows, different] = [0, 0];
  for (let y = reach; y < a.size.height - reach; y += apart) {
    for (let x = reach; x < a.size.width - reach; x += apart) {
      const at = (px: number, py: number): [number, number] =>
        project(motion, (2 * px + 1) / a.size.width - 1, (2 * py + 1) / a.size.height - 1);
      // A window is small: within it the motion is affine.
      const [[u, v], [right, rightDown], [downRight, down]] = [at(x, y), at(x + reach, y), at(x, y + reach)];
      const [ux, vx, uy, vy] = [right - u, rightDown - v, downRight - u, down - v].map((step) => step / reach);
      const isSeen =
        Math.abs(u) + reach * (Math.abs(ux) + Math.abs(uy)) < 1 &&
        Math.abs(v) + reach * (Math.abs(vx) + Math.abs(vy)) < 1;
      for (let n = 0; n < count && isSeen; n++) {
        const [dx, dy] = [(n % side) - reach, Math.floor(n / side) - reach];
        mine[n] = a.values[(y + dy) * a.size.width + x + dx];
        reader.seek(u + dx * ux + dy * uy, v + dx * vx + dy * vy);
        theirs[n] = reader.read(b.values);
      }
      if (!isSeen) continue;
      const [p, q] = [centred(mine), centred(theirs)];
      if (Math.max(p, q) < SAME.flat * count) continue;
      windows++;
      let product = 0;
      for (let n = 0; n < count; n++) product += mine[n] * theirs[n];
      if (!(product >= SAME.correlation * Math.sqrt(p * q))) different++;
    }
  }
  return { windows, disagree: windows ? different / windows : 1 };
}

/** Takes the mean off, and answers the sum of squares. */
function centred(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (let n = 0; n < values.length; n++) {
    values[n] -= mean;
    squares += values[n] * values[n];
  }
  return squares;
}
