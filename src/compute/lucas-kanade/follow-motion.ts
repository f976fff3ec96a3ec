import { type Matrix3, project } from '../../core/matrix3.ts';
import type { PlainField } from '../field/cpu.ts';
import { type Grey, greyOf, LUCAS_KANADE, type Planes, readGrey, type Slope } from './cpu.ts';

/** Which places stay where they are. */
export interface SureFrom {
  certainty: number;
  /** Pixels of the field's photo. */
  cycle: number;
  /** What is sure and lies further from the motion than this is another thing's: a share of the other photo's long side. */
  apart: number;
}

const { REACH, FLAT, LARGEST_AREA, LEAST } = LUCAS_KANADE;
const SIDE = 2 * REACH + 1;
const WINDOW = SIDE * SIDE;

/**
 * Takes places to where one motion takes them, for matches of which that motion explains nearly all that can be seen: those about
 * which neither photo shows anything (sky, a bare wall), and those where the photos agree there at least as well as where the place
 * lies (soft shades, edges along which a place slides). What is outside of the other photo stays so, and nothing leaves it.
 *
 * @param own the photo that the grid lies on
 * @param motion normalised own photo to normalised other photo
 * @returns the warp [2, h, w], changed there
 */
export function followMotion(
  own: Planes,
  other: Planes,
  { grid, warp, certainty, cycle }: Pick<PlainField, 'grid' | 'warp' | 'certainty' | 'cycle'>,
  motion: Matrix3,
  sureFrom: SureFrom,
): Float32Array {
  const { width, height } = grid;
  const points = width * height;
  const followed = warp.slice();
  const windows = new MotionWindows(greyOf(own), greyOf(other), motion);
  const [sx, sy] = [other.size.width, other.size.height].map(
    (side) => side / 2 / Math.max(other.size.width, other.size.height),
  );
  for (let k = 0; k < points; k++) {
    if (!isWithin(warp[k], warp[points + k])) continue;
    const [x, y] = [(2 * (k % width) + 1) / width - 1, (2 * Math.floor(k / width) + 1) / height - 1];
    const [u, v] = project(motion, x, y);
    if (!isWithin(u, v)) continue;
    const isSure = certainty[k] >= sureFrom.certainty && cycle[k] <= sureFrom.cycle;
    if (isSure && Math.hypot((u - warp[k]) * sx, (v - warp[points + k]) * sy) > sureFrom.apart) continue;
    if (!windows.follow(x, y, warp[k], warp[points + k])) continue;
    followed[k] = u;
    followed[points + k] = v;
  }
  return followed;
}

const isWithin = (u: number, v: number): boolean => Math.abs(u) <= 1 && Math.abs(v) <= 1;

/** What two photos say of one motion between them, at single places. */
export class MotionWindows {
  /** Brightness about a place, where the motion takes it, and where it lies, sample by sample. */
  private readonly seen = [new Float64Array(WINDOW), new Float64Array(WINDOW), new Float64Array(WINDOW)] as const;

  /** @param motion normalised first photo to normalised second photo */
  constructor(
    private readonly a: Grey,
    private readonly b: Grey,
    private readonly motion: Matrix3,
  ) {}

  /**
   * Whether neither photo shows anything about a normalised place and where the motion takes it, or both agree there, and at
   * least as well as at (u, v), normalised, where a match has it.
   */
  follow(x: number, y: number, u: number, v: number): boolean {
    const { a, b } = this;
    const [px, py] = [0.5 * a.size.width * (x + 1), 0.5 * a.size.height * (y + 1)];
    const there = (dx: number, dy: number): [number, number] => {
      const [u, v] = project(this.motion, x + (2 * dx) / a.size.width, y + (2 * dy) / a.size.height);
      return [0.5 * b.size.width * (u + 1), 0.5 * b.size.height * (v + 1)];
    };
    const [left, right, up, down] = [there(-0.5, 0), there(0.5, 0), there(0, -0.5), there(0, 0.5)];
    const [qx, qy] = there(0, 0);
    const [xx, yx, xy, yy] = [right[0] - left[0], right[1] - left[1], down[0] - up[0], down[1] - up[1]];
    const area = Math.abs(xx * yy - xy * yx);
    if (!(area > 1 / LARGEST_AREA && area < LARGEST_AREA)) return false;
    // Neighbouring samples lie a pixel apart in the photo that shows more.
    const step = 1 / Math.max(1, Math.sqrt(area));
    const slope: Slope = [xx * step, xy * step, yx * step, yy * step];
    const [own, moved, matched] = this.seen;
    const energy = readCentred(a, px, py, [step, 0, 0, step], own);
    const energyMoved = readCentred(b, qx, qy, slope, moved);
    if (energy < FLAT * WINDOW || energyMoved < FLAT * WINDOW) return Math.max(energy, energyMoved) < FLAT * WINDOW;
    const agreement = correlation(own, energy, moved, energyMoved);
    if (agreement < LEAST) return false;
    const energyMatched = readCentred(b, 0.5 * b.size.width * (u + 1), 0.5 * b.size.height * (v + 1), slope, matched);
    return agreement >= correlation(own, energy, matched, energyMatched);
  }
}

/** A window's brightness about its mean; what is answered is the sum of its squares. */
function readCentred(photo: Grey, x: number, y: number, [xx, xy, yx, yy]: Slope, out: Float64Array): number {
  let mean = 0;
  for (let n = 0; n < WINDOW; n++) {
    const ox = (n % SIDE) - REACH;
    const oy = Math.floor(n / SIDE) - REACH;
    out[n] = readGrey(photo, x + xx * ox + xy * oy, y + yx * ox + yy * oy);
    mean += out[n] / WINDOW;
  }
  let squares = 0;
  for (let n = 0; n < WINDOW; n++) {
    out[n] -= mean;
    squares += out[n] * out[n];
  }
  return squares;
}

function correlation(p: Float64Array, pp: number, q: Float64Array, qq: number): number {
  let product = 0;
  for (let n = 0; n < WINDOW; n++) product += p[n] * q[n];
  return product / Math.sqrt(Math.max(1e-12, pp * qq));
}

/** Whether brightness hardly varies in the window about a place, pixels. `slope`: xx, xy, yx, yy, pixels a sample. */
export function isFlat(photo: Grey, x: number, y: number, [xx, xy, yx, yy]: Slope = [1, 0, 0, 1]): boolean {
  let [sum, squares] = [0, 0];
  for (let n = 0; n < WINDOW; n++) {
    const ox = (n % SIDE) - REACH;
    const oy = Math.floor(n / SIDE) - REACH;
    const value = readGrey(photo, x + xx * ox + xy * oy, y + yx * ox + yy * oy);
    sum += value;
    squares += value * value;
  }
  return squares / WINDOW - (sum / WINDOW) ** 2 < FLAT;
}
