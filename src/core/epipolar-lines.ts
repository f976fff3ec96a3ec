import type { Point, Side, Size } from './geometry.ts';
import type { Matrix3 } from './matrix3.ts';

/** A line a·x + b·y + c = 0 with a² + b² = 1, so that a·x + b·y + c is a point's signed distance. */
export type Line = readonly [number, number, number];

/** The line of B on which a point of A must lie; null for the epipole itself, which has none. */
export const epipolarLineInB = (m: Matrix3, xa: number, ya: number): Line | null =>
  lineOf(m[0] * xa + m[1] * ya + m[2], m[3] * xa + m[4] * ya + m[5], m[6] * xa + m[7] * ya + m[8]);

/** The line of A on which a point of B must lie; null for the epipole itself. */
export const epipolarLineInA = (m: Matrix3, xb: number, yb: number): Line | null =>
  lineOf(m[0] * xb + m[3] * yb + m[6], m[1] * xb + m[4] * yb + m[7], m[2] * xb + m[5] * yb + m[8]);

/** The line in the photo opposite `side` that a place on `side` allows. `fundamental` in pixels of both. */
export const epipolarLine = (fundamental: Matrix3, side: Side, { x, y }: Point): Line | null =>
  side === 'a' ? epipolarLineInB(fundamental, x, y) : epipolarLineInA(fundamental, x, y);

/** The part of a line that crosses a photo, or null where it passes beside it. */
export function lineOnPhoto([a, b, c]: Line, { width, height }: Size): [Point, Point] | null {
  const found: Point[] = [];
  const add = (x: number, y: number) => {
    const isNew = found.every((point) => Math.hypot(point.x - x, point.y - y) > 1e-6 * (width + height));
    if (x >= 0 && y >= 0 && x <= width && y <= height && isNew) found.push({ x, y });
  };
  if (b !== 0) for (const x of [0, width]) add(x, -(a * x + c) / b);
  if (a !== 0) for (const y of [0, height]) add(-(b * y + c) / a, y);
  return found.length >= 2 ? [found[0], found[1]] : null;
}

function lineOf(a: number, b: number, c: number): Line | null {
  const norm = Math.hypot(a, b);
  return norm > 0 ? [a / norm, b / norm, c / norm] : null;
}
