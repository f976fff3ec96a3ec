import { describe, expect, test } from 'vitest';
import { seededRandom } from '../geometry/random.ts';
import type { Nearest, VectorSet } from '../core/feature-map.ts';
import { waveFeatures } from './wave-features.test-helper.ts';
import { kMeans } from './k-means.ts';

const CHANNELS = 5;

function setOf(vectors: number[][]): VectorSet {
  const values = Float32Array.from(vectors.flat());
  return { channels: CHANNELS, values, inverseNorms: Float32Array.from(vectors, (v) => 1 / Math.hypot(...v)) };
}

/** Plain and slow. */
function assign(set: VectorSet, centres: VectorSet): Nearest {
  const count = set.inverseNorms.length;
  const result = {
    index: new Uint32Array(count),
    best: new Float32Array(count).fill(-2),
    second: new Float32Array(count),
  };
  const { channels } = set;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < centres.inverseNorms.length; j++) {
      let cosine = 0;
      for (let c = 0; c < channels; c++) cosine += set.values[i * channels + c] * centres.values[j * channels + c];
      cosine *= set.inverseNorms[i];
      if (cosine > result.best[i]) [result.index[i], result.best[i]] = [j, cosine];
    }
  }
  return result;
}

/** Vectors about three axes, of any length, 40 + 25 + 10 of them. */
function planted(seed: number) {
  const random = seededRandom(seed);
  const truth = [...Array<number>(40).fill(0), ...Array<number>(25).fill(1), ...Array<number>(10).fill(2)];
  const vectors = truth.map((axis) => {
    const length = 0.2 + 5 * random();
    return Array.from({ length: CHANNELS }, (_, c) => length * ((c === axis ? 1 : 0) + 0.3 * (random() - 0.5)));
  });
  return { truth, vectors };
}

describe('k-means', () => {
  test('finds planted directions over two sets together, numbered by size', async () => {
    const { truth, vectors } = planted(1);
    const { labels, sizes, meanCosine } = await kMeans(
      [setOf(vectors.slice(0, 50)), setOf(vectors.slice(50))],
      { k: 3, seed: 7 },
      assign,
    );
    expect([...labels[0], ...labels[1]]).toEqual(truth);
    expect(sizes).toEqual([40, 25, 10]);
    expect(meanCosine).toBeGreaterThan(0.95);
  });

  test('ends where every vector has its nearest centre, and every centre is the direction of its mean', async () => {
    const random = seededRandom(4);
    const vectors = Array.from({ length: 60 }, () => Array.from({ length: CHANNELS }, () => random() - 0.5));
    const set = setOf(vectors);
    const { labels, centres } = await kMeans([set], { k: 6, seed: 2, maxIterations: 200 }, assign);
    const centreSet = { channels: CHANNELS, values: centres, inverseNorms: new Float32Array(6).fill(1) };
    expect([...assign(set, centreSet).index]).toEqual([...labels[0]]);
    for (let c = 0; c < 6; c++) {
      const members = vectors.filter((_, i) => labels[0][i] === c);
      const mean = Array.from({ length: CHANNELS }, (_, d) =>
        members.reduce((sum, v) => sum + v[d] / Math.hypot(...v), 0),
      );
      mean.forEach((value, d) => expect(centres[c * CHANNELS + d]).toBeCloseTo(value / Math.hypot(...mean), 5));
    }
  });

  test('is the same for the same seed, and may differ for another', async () => {
    const random = seededRandom(8);
    const set = setOf(Array.from({ length: 80 }, () => Array.from({ length: CHANNELS }, () => random() - 0.5)));
    const run = async (seed: number) => [...(await kMeans([set], { k: 8, seed }, assign)).labels[0]];
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  test('copes with more clusters than different vectors, and refuses more than vectors', async () => {
    const set = setOf(Array.from({ length: 6 }, () => [1, 2, 3, 4, 5]));
    const { sizes } = await kMeans([set], { k: 4, seed: 1 }, assign);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(6);
    await expect(kMeans([set], { k: 7, seed: 1 }, assign)).rejects.toThrow(RangeError);
  });

  // Printed by scripts/reference/features.py: the best of 2,000 runs of NumPy from random starts.
  test.each([
    [3, 0.821817, '200122001220112001120011200112'],
    [4, 0.892169, '311203112031220312003120031203'],
    [5, 0.923735, '104321043210432003210432104321'],
  ])('into %i clusters reaches the best that NumPy finds, and no better', async (k, best, labels) => {
    const { values, channels } = waveFeatures();
    const norms = Float32Array.from({ length: 30 }, (_, i) => {
      return 1 / Math.hypot(...values.subarray(i * channels, (i + 1) * channels));
    });
    const runs = await Promise.all(
      Array.from({ length: 80 }, (_, seed) => kMeans([{ channels, values, inverseNorms: norms }], { k, seed }, assign)),
    );
    const found = runs.reduce((top, run) => (run.meanCosine > top.meanCosine ? run : top));
    expect(found.meanCosine).toBeCloseTo(best, 5);
    // Clusters of the same size may come in either order: what counts is which places are together.
    expect(partition([...found.labels[0]])).toEqual(partition([...labels].map(Number)));
  });
});

/** Labels renamed in the order in which they appear. */
function partition(labels: number[]): number[] {
  const order = [...new Set(labels)];
  return labels.map((label) => order.indexOf(label));
}
