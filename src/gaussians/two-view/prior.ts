import { median } from '../../geometry/measures.ts';
import type { TriangulatedMap } from './inverse-depth.ts';

/** How a monocular map explains what was triangulated: 1 / depth ≈ scale · map + offset. */
export interface PriorFit {
  readonly scale: number;
  readonly offset: number;
  /** Robust standard deviation of what is left, baselines⁻¹. */
  readonly deviation: number;
  /** Share of the spread of 1 / depth that the map explains, 0…1. */
  readonly explains: number;
}

/** Places that a fit looks at. */
const SAMPLES = 20_000;
const ROUNDS = 20;
/** Huber's limit, in robust standard deviations. */
const HUBER = 1.345;
/** A robust standard deviation of normal noise is this many median absolute deviations. */
const MAD = 1.4826;
/** Fewer certain places tell no scale. */
const LEAST = 64;

/**
 * Fits scale and offset by iterated least squares with Huber's weights over the places that are certain.
 * @param map [h, w] larger is nearer, any unit
 * @returns null where the map does not help: too few places, or it would have to be turned upside down
 */
export function fitPrior({ inverse, covisible }: TriangulatedMap, map: Float32Array): PriorFit | null {
  const step = Math.max(1, Math.floor(inverse.length / SAMPLES));
  const chosen: number[] = [];
  for (let i = 0; i < inverse.length; i += step) {
    if (covisible[i] > 0.5 && Number.isFinite(map[i])) chosen.push(i);
  }
  if (chosen.length < LEAST) return null;
  const x = Float64Array.from(chosen, (i) => map[i]);
  const y = Float64Array.from(chosen, (i) => inverse[i]);
  const weight = new Float64Array(chosen.length).fill(1);
  let [scale, offset, deviation] = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    let [s, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
    for (let k = 0; k < x.length; k++) {
      const w = weight[k];
      s += w;
      sx += w * x[k];
      sy += w * y[k];
      sxx += w * x[k] * x[k];
      sxy += w * x[k] * y[k];
    }
    const det = s * sxx - sx * sx;
    if (!(det > 1e-12 * s * sxx)) return null;
    scale = (s * sxy - sx * sy) / det;
    offset = (sy - scale * sx) / s;
    const off = x.map((value, k) => Math.abs(scale * value + offset - y[k]));
    deviation = MAD * median(off);
    const limit = HUBER * Math.max(deviation, 1e-12);
    for (let k = 0; k < x.length; k++) weight[k] = off[k] > limit ? limit / off[k] : 1;
  }
  if (!(scale > 0)) return null;
  const middle = median(y);
  const spread = MAD * median(y.map((value) => Math.abs(value - middle)));
  return { scale, offset, deviation, explains: Math.max(0, 1 - deviation / Math.max(spread, 1e-12)) };
}
