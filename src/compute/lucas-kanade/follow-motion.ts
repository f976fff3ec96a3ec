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

const { REACH, FLAT, LARGEST_AREA } = LUCAS_KANADE;
const SIDE = 2 * REACH + 1;
const WINDOW = SIDE * SIDE;

/**
 * Takes the places about which neither photo shows anything (sky, a bare wall) to where one motion takes them: for matches of
 * which that motion explains nearly all that can be seen. What is outside of the other photo stays so, and nothing leaves it.
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
  const windows = new Windows(own, other, motion);
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
    if (!windows.areFlat(x, y)) continue;
    followed[k] = u;
    followed[points + k] = v;
  }
  return followed;
}

const isWithin = (u: number, v: number): boolean => Math.abs(u) <= 1 && Math.abs(v) <= 1;

class Windows {
  private readonly a: Grey;
  private readonly b: Grey;

  constructor(
    own: Planes,
    other: Planes,
    private readonly motion: Matrix3,
  ) {
    this.a = greyOf(own);
    this.b = greyOf(other);
  }

  /** Whether neither photo shows anything about a normalised place and where the motion takes it. */
  areFlat(x: number, y: number): boolean {
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
    return isFlat(a, px, py, [step, 0, 0, step]) && isFlat(b, qx, qy, [xx * step, xy * step, yx * step, yy * step]);
  }
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
