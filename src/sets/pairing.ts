/** Two photos of a set by their numbers, the smaller first. */
export type SetPair = readonly [i: number, j: number];

/** Which photos of a set are matched with each other. */
export const PAIR_RULES = ['sequence', 'all', 'likely'] as const;
export type PairRule = (typeof PAIR_RULES)[number];

/** Each photo with the `reach` ones after it: a walk, frames of a film. */
export function sequencePairs(count: number, reach: number): SetPair[] {
  const pairs: SetPair[] = [];
  for (let i = 0; i < count; i++) for (let j = i + 1; j <= Math.min(count - 1, i + reach); j++) pairs.push([i, j]);
  return pairs;
}

export const allPairs = (count: number): SetPair[] => sequencePairs(count, count - 1);

/**
 * Each photo with the `neighbours` ones whose pooled features are most like its own.
 * @param descriptors one unit vector a photo, see {@link pooledDescriptors}
 */
export function likelyPairs(descriptors: readonly Float32Array[], neighbours: number): SetPair[] {
  const count = descriptors.length;
  const chosen = new Set<number>();
  for (let i = 0; i < count; i++) {
    const order = descriptors.map((other, j) => ({ j, like: j === i ? -Infinity : dot(descriptors[i], other) }));
    order.sort((p, q) => q.like - p.like || p.j - q.j);
    for (const { j } of order.slice(0, Math.min(neighbours, count - 1)))
      chosen.add(Math.min(i, j) * count + Math.max(i, j));
  }
  return [...chosen].sort((p, q) => p - q).map((key): SetPair => [Math.floor(key / count), key % count]);
}

/**
 * One descriptor a photo from its coarse features: mean and deviation of every channel over the photo, less what all photos of
 * the set have in common, at length 1. Photos of one place lean the same way; whether they share a view only matching tells.
 * @param features [cells, channels] of each photo, one vector a cell after the other
 */
export function pooledDescriptors(features: readonly { channels: number; values: Float32Array }[]): Float32Array[] {
  const pooled = features.map(({ channels, values }) => pool(values, channels));
  if (!pooled.length) return [];
  const mean = new Float32Array(pooled[0].length);
  for (const one of pooled) one.forEach((value, c) => (mean[c] += value / pooled.length));
  return pooled.map((one) => {
    const centred = one.map((value, c) => value - mean[c]);
    const length = Math.hypot(...centred) || 1;
    return centred.map((value) => value / length);
  });
}

function pool(values: Float32Array, channels: number): Float32Array {
  const cells = values.length / channels;
  const sums = new Float64Array(2 * channels);
  for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === channels ? 0 : c + 1) {
    sums[c] += values[i] / cells;
    sums[channels + c] += values[i] ** 2 / cells;
  }
  for (let c = 0; c < channels; c++) sums[channels + c] = Math.sqrt(Math.max(0, sums[channels + c] - sums[c] ** 2));
  return Float32Array.from(sums);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c] * b[c];
  return sum;
}

/**
 * The pairs in an order that asks for few photos at a time: blocks of `room` photos against blocks of `room` photos. With the
 * features of 2 · `room` photos in memory, a photo is encoded once for every block it meets instead of once for every pair.
 */
export function inBlocks(pairs: readonly SetPair[], room: number): SetPair[] {
  const block = (photo: number) => Math.floor(photo / Math.max(1, room));
  return [...pairs].sort(([i, j], [k, l]) => block(i) - block(k) || block(j) - block(l) || i - k || j - l);
}

/** Part `index` (from 1) of `parts`: neighbours in order stay together, so that a part meets few photos. */
export function shardOf<T>(items: readonly T[], index: number, parts: number): T[] {
  const edge = (part: number) => Math.round((part * items.length) / parts);
  return items.slice(edge(index - 1), edge(index));
}
