import { seededRandom } from '../geometry/random.ts';
import type { Nearest, VectorSet } from '../core/feature-map.ts';

export interface KMeansOptions {
  /** Clusters, at most the number of vectors. */
  k: number;
  seed: number;
  maxIterations?: number;
}

export interface Clusters {
  /** Per set, [count]: the cluster of each vector. 0 is the largest cluster, and so on. */
  labels: Uint8Array<ArrayBuffer>[];
  /** [k, channels] unit vectors. */
  centres: Float32Array<ArrayBuffer>;
  /** Vectors in each cluster. */
  sizes: number[];
  /** Mean cosine of the vectors with their centres. */
  meanCosine: number;
  iterations: number;
}

/** The nearest centre of every vector of a set: the part that may run on the GPU. */
export type AssignToCentres = (set: VectorSet, centres: VectorSet) => Nearest | Promise<Nearest>;

const MAX_ITERATIONS = 50;

/**
 * Spherical k-means (Dhillon and Modha 2001) over several sets together, begun by k-means++ (Arthur and Vassilvitskii
 * 2007) with the squared chord 2 (1 − cosine) as the distance. The same seed gives the same clusters.
 */
export async function kMeans(
  sets: readonly VectorSet[],
  options: KMeansOptions,
  assign: AssignToCentres,
): Promise<Clusters> {
  const { channels } = sets[0];
  const { k } = options;
  let centres = firstCentres(sets, options);
  let assigned: Nearest[] = [];
  let iterations = 0;
  for (; iterations < (options.maxIterations ?? MAX_ITERATIONS); iterations++) {
    const centreSet = { channels, values: centres, inverseNorms: new Float32Array(k).fill(1) };
    const now = await Promise.all(sets.map((set) => assign(set, centreSet)));
    const isSettled =
      assigned.length > 0 && now.every(({ index }, s) => index.every((label, i) => label === assigned[s].index[i]));
    assigned = now;
    if (isSettled) break;
    centres = nextCentres(sets, assigned, k);
  }
  return bySize(sets, assigned, centres, k, iterations);
}

/** k-means++: each next centre is drawn with a chance that grows with its distance from those there are. */
function firstCentres(sets: readonly VectorSet[], { k, seed }: KMeansOptions): Float32Array<ArrayBuffer> {
  const { channels } = sets[0];
  const count = sets.reduce((sum, { inverseNorms }) => sum + inverseNorms.length, 0);
  if (k > count) throw new RangeError(`${count} vectors make no ${k} clusters`);
  const random = seededRandom(seed);
  const centres = new Float32Array(k * channels);
  const distances = new Float64Array(count).fill(1);
  for (let c = 0; c < k; c++) {
    const total = distances.reduce((sum, d) => sum + d, 0);
    let left = random() * total;
    let chosen = 0;
    // Equal vectors all have distance 0: then any will do.
    while (chosen < count - 1 && (left -= distances[chosen]) > 0) chosen++;
    const centre = centres.subarray(c * channels, (c + 1) * channels);
    copyUnit(sets, chosen, centre);
    let at = 0;
    for (const { values, inverseNorms } of sets) {
      for (let i = 0; i < inverseNorms.length; i++, at++) {
        let cosine = 0;
        for (let d = 0; d < channels; d++) cosine += values[i * channels + d] * centre[d];
        const distance = Math.max(0, 1 - cosine * inverseNorms[i]);
        distances[at] = c === 0 ? distance : Math.min(distances[at], distance);
      }
    }
  }
  return centres;
}

/** Directions of the clusters' means; an empty cluster takes the vector that fits its own the least. */
function nextCentres(sets: readonly VectorSet[], assigned: readonly Nearest[], k: number): Float32Array<ArrayBuffer> {
  const { channels } = sets[0];
  const sums = new Float64Array(k * channels);
  const members = new Uint32Array(k);
  sets.forEach(({ values, inverseNorms }, s) => {
    inverseNorms.forEach((scale, i) => {
      const label = assigned[s].index[i];
      members[label]++;
      for (let d = 0; d < channels; d++) sums[label * channels + d] += values[i * channels + d] * scale;
    });
  });
  const centres = new Float32Array(k * channels);
  const fits = assigned.flatMap(({ best }) => [...best]);
  for (let c = 0; c < k; c++) {
    const centre = centres.subarray(c * channels, (c + 1) * channels);
    const sum = sums.subarray(c * channels, (c + 1) * channels);
    const length = Math.hypot(...sum);
    if (members[c] > 0 && length > 0) {
      for (let d = 0; d < channels; d++) centre[d] = sum[d] / length;
    } else {
      const worst = fits.reduce((least, fit, i) => (fit < fits[least] ? i : least), 0);
      fits[worst] = Infinity;
      copyUnit(sets, worst, centre);
    }
  }
  return centres;
}

/** Copies the vector with this number over all sets, at unit length. */
function copyUnit(sets: readonly VectorSet[], index: number, target: Float32Array): void {
  let i = index;
  let s = 0;
  while (i >= sets[s].inverseNorms.length) i -= sets[s++].inverseNorms.length;
  const { values, inverseNorms, channels } = sets[s];
  for (let d = 0; d < channels; d++) target[d] = values[i * channels + d] * inverseNorms[i];
}

/** Clusters numbered by falling size, so that their colours stay when a cluster is added. */
function bySize(
  sets: readonly VectorSet[],
  assigned: readonly Nearest[],
  centres: Float32Array,
  k: number,
  iterations: number,
): Clusters {
  const { channels } = sets[0];
  const sizes = new Array<number>(k).fill(0);
  let cosines = 0;
  let count = 0;
  for (const { index, best } of assigned) {
    index.forEach((label) => sizes[label]++);
    best.forEach((cosine) => (cosines += cosine));
    count += index.length;
  }
  const order = sizes.map((_, c) => c).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const rank = new Uint8Array(k);
  order.forEach((c, place) => (rank[c] = place));
  const sorted = new Float32Array(centres.length);
  order.forEach((c, place) => sorted.set(centres.subarray(c * channels, (c + 1) * channels), place * channels));
  return {
    labels: assigned.map(({ index }) => Uint8Array.from(index, (label) => rank[label])),
    centres: sorted,
    sizes: order.map((c) => sizes[c]),
    meanCosine: cosines / count,
    iterations,
  };
}
