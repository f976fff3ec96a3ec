import { epipolarLineInA, epipolarLineInB, type Line } from '../core/epipolar-lines.ts';
import { invert3, type Matrix3, multiply3 } from '../core/matrix3.ts';
import { skew3, transpose3, type Vector3 } from './linear-algebra.ts';
import { movedPairs, type PointPairs } from './point-pairs.ts';

/** The place of camera B beside camera A: x_b = rotation · x_a + translation. */
export interface RelativePose {
  rotation: Matrix3;
  /** Known up to its length from two photos alone; then of length 1. */
  translation: Vector3;
}

/** E = [t]×R, with x_bᵀ E x_a = 0 for rays (places after K⁻¹). */
export const essentialOf = ({ rotation, translation }: RelativePose): Matrix3 =>
  multiply3(skew3(translation), rotation);

/** F = K_b⁻ᵀ E K_a⁻¹, with x_bᵀ F x_a = 0 for pixels. Null where a K is singular. */
export function fundamentalOf(essential: Matrix3, Ka: Matrix3, Kb: Matrix3): Matrix3 | null {
  const [inverseA, inverseB] = [invert3(Ka), invert3(Kb)];
  return inverseA && inverseB && multiply3(transpose3(inverseB), multiply3(essential, inverseA));
}

/** E = K_bᵀ F K_a. */
export const essentialFromFundamental = (fundamental: Matrix3, Ka: Matrix3, Kb: Matrix3): Matrix3 =>
  multiply3(transpose3(Kb), multiply3(fundamental, Ka));

/**
 * First-order squared distance of a pair from what the epipolar geometry allows, both photos together (Sampson), in
 * the squared unit of the points. `m` is F with pixels or E with rays.
 */
export function squaredSampson(m: Matrix3, pairs: PointPairs, i: number): number {
  const xa = pairs.xa[i];
  const ya = pairs.ya[i];
  const xb = pairs.xb[i];
  const yb = pairs.yb[i];
  const lineBx = m[0] * xa + m[1] * ya + m[2];
  const lineBy = m[3] * xa + m[4] * ya + m[5];
  const lineAx = m[0] * xb + m[3] * yb + m[6];
  const lineAy = m[1] * xb + m[4] * yb + m[7];
  const error = xb * lineBx + yb * lineBy + m[6] * xa + m[7] * ya + m[8];
  const slope = lineBx * lineBx + lineBy * lineBy + lineAx * lineAx + lineAy * lineAy;
  return slope > 0 ? (error * error) / slope : Infinity;
}

/** Larger of a pair's distances from its epipolar lines in A and B, in the unit of the points. */
export function epipolarDistance(fundamental: Matrix3, pairs: PointPairs, i: number): number {
  const distance = (line: Line | null, x: number, y: number) =>
    line ? Math.abs(line[0] * x + line[1] * y + line[2]) : 0;
  return Math.max(
    distance(epipolarLineInB(fundamental, pairs.xa[i], pairs.ya[i]), pairs.xb[i], pairs.yb[i]),
    distance(epipolarLineInA(fundamental, pairs.xb[i], pairs.yb[i]), pairs.xa[i], pairs.ya[i]),
  );
}

/** Pixels to rays: both sides through the inverse of their K. A skew is left out: photos have none. */
export function raysOf(pairs: PointPairs, Ka: Matrix3, Kb: Matrix3): PointPairs {
  const along = (values: ArrayLike<number>, focal: number, centre: number) =>
    Float64Array.from(values, (v) => (v - centre) / focal);
  return {
    xa: along(pairs.xa, Ka[0], Ka[2]),
    ya: along(pairs.ya, Ka[4], Ka[5]),
    xb: along(pairs.xb, Kb[0], Kb[2]),
    yb: along(pairs.yb, Kb[4], Kb[5]),
    weight: pairs.weight,
  };
}

/** One scale for both photos, so that Sampson distances keep their proportions, and each photo's own centre. */
export function conditioned(pairs: PointPairs): { moved: PointPairs; scale: number; undo(m: Matrix3): Matrix3 } {
  const centre = (values: ArrayLike<number>) => sum(values) / values.length;
  const [ax, ay, bx, by] = [pairs.xa, pairs.ya, pairs.xb, pairs.yb].map(centre);
  let spread = 0;
  for (let i = 0; i < pairs.xa.length; i++) {
    spread += Math.hypot(pairs.xa[i] - ax, pairs.ya[i] - ay) + Math.hypot(pairs.xb[i] - bx, pairs.yb[i] - by);
  }
  const scale = spread > 0 ? (2 * Math.SQRT2 * pairs.xa.length) / spread : 1;
  const shift = (x: number, y: number): Matrix3 => [scale, 0, -scale * x, 0, scale, -scale * y, 0, 0, 1];
  return {
    moved: movedPairs(pairs, { x: ax, y: ay, scale }, { x: bx, y: by, scale }),
    scale,
    undo: (m) => multiply3(transpose3(shift(bx, by)), multiply3(m, shift(ax, ay))),
  };
}

/** The matrix at Frobenius norm 1; its scale says nothing. */
export function unitNorm(m: Matrix3): Matrix3 {
  const norm = Math.hypot(...m) || 1;
  return m.map((v) => v / norm) as unknown as Matrix3;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
