import { median } from '../../geometry/measures.ts';
import type { TriangulatedMap } from './inverse-depth.ts';
import type { PriorFit } from './prior.ts';

export interface FuseInput {
  readonly map: TriangulatedMap;
  /** [h, w, 3] 0…1, which says where depth may jump. */
  readonly colour: Float32Array;
  readonly prior: { readonly map: Float32Array; readonly fit: PriorFit } | null;
  /** [h, w] above ½: sky, infinitely far. */
  readonly sky: Float32Array | null;
}

export interface FusedDepth {
  /** [h, w] 1 / depth, above 0. */
  readonly inverse: Float32Array;
  /** Median of 1 / depth over the places that both photos show. */
  readonly middle: number;
  /** What counts as infinitely far: 1 / depth of the sky. */
  readonly far: number;
}

/** 1 / depth of the sky and of whatever would lie behind it, in shares of the median. */
const FAR = 0.02;
/** From this share of the median on, what was triangulated well is no sky. */
const NEARBY = 0.3;
/** Neighbours of one colour differ by this share of the median 1 / depth: how stiff the surface is. */
const STIFF = 0.012;
/** Difference of colour (0…1, over three channels) and of 1 / depth (share of its own) that loosen a neighbour. */
const COLOUR_EDGE = 0.08;
const DEPTH_EDGE = 0.06;
/** What of a link is left across the strongest edge: a place of which nothing is known must get something. */
const LEAST_LINK = 0.004;
const LEVELS = 7;
const SWEEPS = 12;

/**
 * What was triangulated and the monocular map, fused by inverse variance, and held together by a surface that is stiff
 * where the photo has one colour: Σ w (ι − ι̂)² + Σ g (Δι − Δprior)², by Gauss–Seidel from coarse to fine. Where nothing is known
 * the surface goes on by the prior's shape, or flat.
 */
export function fuseDepth({ map, colour, prior, sky }: FuseInput): FusedDepth {
  const { size, covisible } = map;
  const points = size.width * size.height;
  const seen: number[] = [];
  for (let i = 0; i < points; i += 3) if (covisible[i] > 0.5) seen.push(map.inverse[i]);
  const middle = Math.max(median(seen) || 1, 1e-6);
  const far = FAR * middle;
  const target = new Float32Array(points);
  const weight = new Float32Array(points);
  const shape = new Float32Array(points);
  // Weights without a unit: 1 is as stiff as the surface.
  const unit = (STIFF * middle) ** 2;
  for (let i = 0; i < points; i++) {
    let [w, sum] = [map.weight[i] * unit, map.weight[i] * unit * map.inverse[i]];
    if (prior) {
      const guess = Math.max(far, prior.fit.scale * prior.map[i] + prior.fit.offset);
      const trust = unit / Math.max(prior.fit.deviation, STIFF * middle) ** 2 / PRIOR_CELLS;
      w += trust;
      sum += trust * guess;
      shape[i] = prior.fit.explains * guess;
    }
    // A pale wall may pass for sky: what was triangulated nearby is believed.
    const contradicts = map.weight[i] * unit > 1 && map.inverse[i] > NEARBY * middle;
    if (sky && sky[i] > 0.5 && !contradicts) {
      [w, sum] = [1e4, 1e4 * far];
      shape[i] = prior ? prior.fit.explains * far : 0;
    }
    weight[i] = w;
    target[i] = w > 0 ? sum / w : 0;
  }
  // The surface is what is left when the prior's shape is taken away.
  const rest = new Float32Array(points);
  for (let i = 0; i < points; i++) rest[i] = target[i] - shape[i];
  const farther = target.map((value) => (middle / Math.max(value, far)) ** BEHIND);
  const start = pushed(rest, weight, farther, size.width, size.height, LEVELS);
  relax(start, rest, weight, shape, colour, size.width, size.height, middle);
  const inverse = new Float32Array(points);
  for (let i = 0; i < points; i++) inverse[i] = Math.max(far, start[i] + shape[i]);
  return { inverse, middle, far };
}

/** What one photo alone shows was hidden from the other, so that it lies behind: farther places speak louder for it. */
const BEHIND = 3;
/** A monocular map errs over whole regions: so many cells count as one look. */
const PRIOR_CELLS = 400;

/**
 * Weighted means of ever coarser cells, where the finer ones know nothing: the start of the relaxation.
 * @param voice how much each place speaks for its neighbours, beside its weight
 */
function pushed(
  values: Float32Array,
  weight: Float32Array,
  voice: Float32Array,
  width: number,
  height: number,
  levels: number,
): Float32Array {
  const isLast = levels === 0 || (width <= 2 && height <= 2);
  const [w, h] = isLast ? [1, 1] : [Math.ceil(width / 2), Math.ceil(height / 2)];
  const coarse = new Float32Array(w * h);
  const coarseWeight = new Float32Array(w * h);
  const coarseVoice = new Float32Array(w * h);
  const cell = (x: number, y: number) => (isLast ? 0 : (y >> 1) * w + (x >> 1));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const k = cell(x, y);
      const loud = weight[i] * voice[i];
      coarse[k] += loud * values[i];
      coarseVoice[k] += loud;
      coarseWeight[k] += weight[i];
    }
  }
  for (let k = 0; k < coarse.length; k++) {
    if (coarseVoice[k] > 0) coarse[k] /= coarseVoice[k];
    coarseVoice[k] = coarseWeight[k] > 0 ? coarseVoice[k] / coarseWeight[k] : 1;
    coarseWeight[k] = Math.min(coarseWeight[k], 4);
  }
  const below = isLast ? coarse : pushed(coarse, coarseWeight, coarseVoice, w, h, levels - 1);
  const out = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      out[i] = (weight[i] * values[i] + 0.05 * below[cell(x, y)]) / (weight[i] + 0.05);
    }
  }
  return out;
}

/** Gauss–Seidel in place, there and back; links loosen where colour or the depth so far jumps. */
function relax(
  value: Float32Array,
  target: Float32Array,
  weight: Float32Array,
  shape: Float32Array,
  colour: Float32Array,
  width: number,
  height: number,
  middle: number,
): void {
  const points = width * height;
  const right = new Float32Array(points);
  const down = new Float32Array(points);
  const link = (i: number, j: number) => {
    const dr = colour[3 * i] - colour[3 * j];
    const dg = colour[3 * i + 1] - colour[3 * j + 1];
    const db = colour[3 * i + 2] - colour[3 * j + 2];
    const edge = (dr * dr + dg * dg + db * db) / (COLOUR_EDGE * COLOUR_EDGE);
    const [a, b] = [value[i] + shape[i], value[j] + shape[j]];
    const jump = (a - b) / (DEPTH_EDGE * Math.max(Math.abs(a), Math.abs(b), 0.2 * middle));
    return Math.max(LEAST_LINK, 1 / ((1 + edge) * (1 + jump * jump * jump * jump)));
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (sweep % 4 === 0) {
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          right[i] = x + 1 < width ? link(i, i + 1) : 0;
          down[i] = y + 1 < height ? link(i, i + width) : 0;
        }
      }
    }
    const forward = sweep % 2 === 0;
    for (let k = 0; k < points; k++) {
      const i = forward ? k : points - 1 - k;
      let w = weight[i];
      let sum = w * target[i];
      const l = i > 0 ? right[i - 1] : 0;
      const u = i >= width ? down[i - width] : 0;
      if (l > 0) sum += l * value[i - 1];
      if (u > 0) sum += u * value[i - width];
      if (right[i] > 0) sum += right[i] * value[i + 1];
      if (down[i] > 0) sum += down[i] * value[i + width];
      w += l + u + right[i] + down[i];
      if (w > 0) value[i] = sum / w;
    }
  }
}
