import type { DepthSettings } from '../../contract/settings.ts';

/** What is cut out of the depth: places where `map` ([h, w], 0…1) is above the threshold. */
export interface SkyMask {
  map: Float32Array;
  threshold: number;
}

export type DepthRange = Pick<DepthSettings, 'scale' | 'shift' | 'near' | 'far'>;

/** Depth of one normalised disparity, scene units. */
export function depthOf(disparity: number, { scale, shift, near, far }: DepthRange): number {
  const inverse = scale * disparity + shift;
  return inverse > 0 ? Math.min(Math.max(1 / inverse, near), far) : far;
}

/**
 * Depth [h, w] along the photo's axis: z = 1 / (scale · d + shift), clamped to near…far; 0 (none) where the
 * disparity is not above 0 or not a number, and in the sky.
 * @param disparity [h, w], 0.001…1.001 as prepareDisparity makes it
 */
export function disparityToDepth(disparity: Float32Array, range: DepthRange, sky: SkyMask | null): Float32Array {
  const depth = new Float32Array(disparity.length);
  for (let i = 0; i < depth.length; i++) {
    if (disparity[i] > 0 && !(sky && sky.map[i] > sky.threshold)) depth[i] = depthOf(disparity[i], range);
  }
  return depth;
}

/** Half of a float: the median is found in two counts of 65,536 bins. */
const COARSE_BITS = 16;

/**
 * Median of the depths above 0 (the lower one of two), 1 where there is none: the unit of translations and light
 * positions. Exact, in time proportional to the number of places.
 */
export function medianDepth(depth: Float32Array): number {
  // Positive floats sort as their bits do: first their upper half is counted, then the lower half of the bin found.
  const bits = new Uint32Array(depth.buffer, depth.byteOffset, depth.length);
  const upper = new Uint32Array(1 << COARSE_BITS);
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    if (!(depth[i] > 0)) continue;
    upper[bits[i] >>> COARSE_BITS]++;
    count++;
  }
  if (!count) return 1;
  const rank = (count - 1) >> 1;
  const [high, before] = binOfRank(upper, rank);
  const lower = new Uint32Array(1 << COARSE_BITS);
  for (let i = 0; i < bits.length; i++) if (depth[i] > 0 && bits[i] >>> COARSE_BITS === high) lower[bits[i] & 0xffff]++;
  const [low] = binOfRank(lower, rank - before);
  return new Float32Array(Uint32Array.of((high << COARSE_BITS) | low).buffer)[0];
}

function binOfRank(histogram: Uint32Array, rank: number): [bin: number, before: number] {
  let before = 0;
  let bin = 0;
  while (before + histogram[bin] <= rank) before += histogram[bin++];
  return [bin, before];
}
