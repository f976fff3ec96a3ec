import { componentMaps } from '../../src/pages/compare/worker/component-maps.ts';
import {
  CpuFeatureMaths,
  encoded,
  type Encoded,
  type FeatureMaths,
} from '../../src/pages/compare/worker/feature-maths.ts';
import { similarityMaps } from '../../src/pages/compare/worker/similarity-maps.ts';
import { kMeans } from '../../src/features/k-means.ts';
import { seededRandom } from '../../src/geometry/random.ts';

/** Two photos at 518 px by a ViT-B: 37 × 37 patches, 768 channels. */
const GRID = { width: 37, height: 37 };
const CHANNELS = 768;

export type FeatureTimes = Record<string, number[]>;

/** Milliseconds of what the Compare page computes of features, on the processor. */
export async function benchFeatures(rounds: number): Promise<FeatureTimes> {
  const maths: FeatureMaths = new CpuFeatureMaths();
  const features = { a: randomFeatures(1), b: randomFeatures(2) };
  const at = { slot: 'a', x: 0.4, y: 0.6 } as const;
  const jobs: Record<string, () => Promise<unknown>> = {
    'PCA maps': () => componentMaps(maths, features, null, { fit: 'joint', mask: 'none' }),
    neighbours: () => maths.nearestBothWays(features.a, features.b),
    '8 clusters': () =>
      kMeans([features.a, features.b], { k: 8, seed: 1 }, (set, centres) => maths.nearest(set as Encoded, centres)),
    similarity: () => similarityMaps(maths, features, { at, count: 1, exclusion: 2, temperature: null }),
  };
  const times: FeatureTimes = {};
  for (const [name, job] of Object.entries(jobs)) {
    await job();
    times[name] = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      await job();
      times[name].push(performance.now() - start);
    }
  }
  return times;
}

/** A few smooth directions under noise, as features have. */
function randomFeatures(seed: number): Encoded {
  const random = seededRandom(seed);
  const points = GRID.width * GRID.height;
  const values = new Float32Array(points * CHANNELS);
  for (let i = 0; i < points; i++) {
    for (let c = 0; c < CHANNELS; c++) {
      const smooth =
        Math.sin(i / 90 + c / 7) + 0.6 * Math.sin(i / 31 + c) + 0.3 * Math.cos((i % GRID.width) / 5 + c / 3);
      values[i * CHANNELS + c] = smooth + random() - 0.5;
    }
  }
  return encoded({ grid: GRID, channels: CHANNELS, values });
}
