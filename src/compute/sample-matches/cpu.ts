import type { PlainField, PlainMatchField } from '../field/cpu.ts';
import { exponential, streamSeed } from './random.ts';
import { NO_KEY, selectSmallest } from '../select-smallest/cpu.ts';

/**
 * The sampling of RoMa (Edstedt et al., CVPR 2024) as its code does it: draw more than are wanted by certainty,
 * then thin them out by density, so that a few textured places do not take all matches.
 */
export const SAMPLING = {
  /** Certainty above this counts as 1. */
  certaintyCap: 0.05,
  /** The first draw takes this many times the number wanted. */
  expansion: 4,
  /**
   * The first draw takes at least this many: RoMa's constants are meant for 10,000 matches, and with a few dozen
   * the density would be noise.
   */
  leastDrawn: 2048,
  /** Standard deviation of the density's kernel in normalised 4-D match space. */
  sigma: 0.1,
  /** Squared distance from which the kernel (4.5e-5 there) counts as 0. */
  reach: 0.2,
  /**
   * The density is estimated against at most this many of the drawn set, evenly spread over it: software
   * adapters and the CPU cope with 40,000 × 2,048 distances but not with 40,000².
   */
  densitySamples: 2048,
  /** Densities are told as RoMa's default of 4 × 10,000 drawn would give them, so that its constants hold. */
  densityScale: 40_000,
  /** A match with a density below this stands alone and is probably wrong… */
  loneDensity: 10,
  /** …so it gets this weight. */
  loneWeight: 1e-7,
} as const;

/** Floats in a row: x_a, y_a, x_b, y_b (normalised), certainty, side of the grid it came from (0 A, 1 B), 0, 0. */
export const ROW_FLOATS = 8;

export interface SampleOptions {
  /** Matches wanted. */
  count: number;
  /** The same seed, options and field give the same set. */
  seed: number;
  /** Places less certain than this are left out. */
  threshold: number;
  /** Places with a larger cycle error (pixels of the own photo) are left out; 0 = no limit. */
  cycleLimit: number;
}

/** Size of the first draw. */
export const drawnCount = (wanted: number): number => Math.max(SAMPLING.expansion * wanted, SAMPLING.leastDrawn);

/** Matches of both directions, drawn without replacement. At most `count`, fewer where fewer places qualify. */
export function sampleMatches(fields: PlainMatchField, options: SampleOptions): { count: number; rows: Float32Array } {
  const pointsA = fields.a.certainty.length;
  const keys = new Uint32Array(pointsA + fields.b.certainty.length);
  const seed = streamSeed(options.seed, 0);
  candidateKeys(fields.a, options, seed, 0, keys);
  candidateKeys(fields.b, options, seed, pointsA, keys);
  const candidates = selectSmallest(keys, drawnCount(options.count));
  const drawn = gatherRows(fields, candidates);
  const balanced = selectSmallest(balanceKeys(drawn, candidates, streamSeed(options.seed, 1)), options.count);
  const rows = new Float32Array(ROW_FLOATS * balanced.length);
  balanced.forEach((from, to) => rows.set(drawn.subarray(ROW_FLOATS * from, ROW_FLOATS * (from + 1)), ROW_FLOATS * to));
  return { count: balanced.length, rows };
}

/** Bits of a positive float32 order as the number does, so that keys can be sorted digit by digit. */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
function keyOf(value: number): number {
  float[0] = value;
  return bits[0];
}

/**
 * Exponential keys (Efraimidis and Spirakis 2006): the k smallest of −log(u)/w are a weighted draw of k without
 * replacement.
 */
function candidateKeys(
  field: PlainField,
  options: SampleOptions,
  seed: number,
  offset: number,
  keys: Uint32Array,
): void {
  const { threshold, cycleLimit } = options;
  for (let i = 0; i < field.certainty.length; i++) {
    const certainty = field.certainty[i];
    const counts = certainty > 0 && certainty >= threshold && (cycleLimit <= 0 || field.cycle[i] <= cycleLimit);
    const weight = certainty > SAMPLING.certaintyCap ? 1 : certainty;
    keys[offset + i] = counts ? keyOf(exponential(offset + i, seed) / weight) : NO_KEY;
  }
}

function gatherRows({ a, b }: PlainMatchField, candidates: Uint32Array): Float32Array {
  const pointsA = a.certainty.length;
  const rows = new Float32Array(ROW_FLOATS * candidates.length);
  for (let n = 0; n < candidates.length; n++) {
    const side = candidates[n] < pointsA ? 0 : 1;
    const field = side ? b : a;
    const place = candidates[n] - side * pointsA;
    const { width, height } = field.grid;
    const own = ROW_FLOATS * n + 2 * side;
    const other = ROW_FLOATS * n + 2 - 2 * side;
    rows[own] = (2 * (place % width) + 1) / width - 1;
    rows[own + 1] = (2 * Math.floor(place / width) + 1) / height - 1;
    rows[other] = field.warp[place];
    rows[other + 1] = field.warp[width * height + place];
    rows[ROW_FLOATS * n + 4] = field.certainty[place];
    rows[ROW_FLOATS * n + 5] = side;
  }
  return rows;
}

function balanceKeys(drawn: Float32Array, candidates: Uint32Array, seed: number): Uint32Array {
  const keys = new Uint32Array(candidates.length);
  const density = matchDensity(drawn);
  for (let n = 0; n < keys.length; n++) {
    const weight = density[n] < SAMPLING.loneDensity ? SAMPLING.loneWeight : 1 / (density[n] + 1);
    keys[n] = keyOf(exponential(candidates[n], seed) / weight);
  }
  return keys;
}

/** Kernel density of every row among all rows, see {@link SAMPLING}; a row by itself has density 1. */
export function matchDensity(rows: Float32Array): Float32Array {
  const total = rows.length / ROW_FLOATS;
  const samples = Math.min(total, SAMPLING.densitySamples);
  const sharpness = 1 / (2 * SAMPLING.sigma ** 2);
  const density = new Float32Array(total);
  for (let n = 0; n < total; n++) {
    const at = ROW_FLOATS * n;
    let sum = 0;
    for (let s = 0; s < samples; s++) {
      const sample = Math.floor((s * total) / samples);
      const from = ROW_FLOATS * sample;
      const dx = rows[at] - rows[from];
      const dy = rows[at + 1] - rows[from + 1];
      let squared = dx * dx + dy * dy;
      if (squared >= SAMPLING.reach || sample === n) continue;
      const dz = rows[at + 2] - rows[from + 2];
      const dw = rows[at + 3] - rows[from + 3];
      squared += dz * dz + dw * dw;
      if (squared < SAMPLING.reach) sum += Math.exp(-squared * sharpness);
    }
    density[n] = 1 + (sum * SAMPLING.densityScale) / samples;
  }
  return density;
}
