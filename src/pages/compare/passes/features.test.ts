import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, waveFeatures } from '../../../features/wave-features.test-helper.ts';
import type { FeatureMap } from '../../../core/feature-map.ts';
import { uploadFeatures, uploadVectors } from './feature-buffer/feature-buffer.ts';
import { featureMoments } from './feature-covariance/cpu.ts';
import { projectFeatures } from './feature-projection/cpu.ts';
import { cosines, nearest, vectorSet } from './feature-vectors/cpu.ts';
import { TestGpu } from '../../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../match/testing/fields.ts';
import { FeatureCosinePass } from './feature-cosine/gpu.ts';
import { FeatureMomentsPass } from './feature-moments/gpu.ts';
import { FeatureNearestPass } from './feature-nearest/gpu.ts';
import { FeatureProjectionPass } from './feature-projection/gpu.ts';

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());

/** Features with a mean far from 0, as networks have them. */
function randomMap(width: number, height: number, channels: number, seed: number): FeatureMap {
  const random = randomNumbers(seed);
  const values = Float32Array.from(
    { length: width * height * channels },
    (_, at) => 3 * random() - 1 + (at % channels) / channels,
  );
  return { grid: { width, height }, channels, values };
}

describe('the references', () => {
  const waves = waveFeatures();

  test('the covariance is NumPy’s', () => {
    const { covariance } = featureMoments([waves]);
    expect(covariance[0 * 6 + 1]).toBeCloseTo(0.384454, 5);
    expect(covariance[5 * 6 + 2]).toBeCloseTo(-0.233455, 5);
    expect([0, 7, 14, 21, 28, 35].reduce((sum, at) => sum + covariance[at], 0)).toBeCloseTo(3.45341, 4);
  });

  test('the covariance of two maps is that of one with all their places', () => {
    const parts = featureMoments([rowsOf(waves, 0, 11), rowsOf(waves, 11, 30)]);
    const whole = featureMoments([waves]);
    parts.covariance.forEach((value, i) => expect(value).toBeCloseTo(whole.covariance[i], 6));
  });

  test('nearest neighbours are NumPy’s', () => {
    const [a, b] = [rowsOf(waves, 0, 12), rowsOf(waves, 12, 30)].map(({ values, channels }) =>
      vectorSet(values, channels),
    );
    const { index, best, second } = nearest(a, b);
    expect([...index]).toEqual([17, 4, 14, 1, 6, 12, 4, 0, 1, 7, 13, 4]);
    [0.95436, 0.93882, 0.946].forEach((value, i) => expect(best[i]).toBeCloseTo(value, 4));
    [0.78847, 0.87363, 0.8765].forEach((value, i) => expect(second[i]).toBeCloseTo(value, 4));
  });

  test('a null vector is like nothing', () => {
    const set = vectorSet(Float32Array.of(0, 0, 3, 4), 2);
    expect([...cosines(set, Float32Array.of(0, 2))].map((c) => Number(c.toFixed(6)))).toEqual([0, 0.8]);
    expect([...cosines(set, new Float32Array(2))]).toEqual([0, 0]);
  });
});

test.each([
  ['one map, channels below a tile', [randomMap(5, 3, 7, 1)]],
  ['two maps of odd sizes, several tiles', [randomMap(13, 7, 37, 2), randomMap(9, 11, 37, 3)]],
])('covariance and projection equal the reference: %s', async (_, maps) => {
  const expected = featureMoments(maps);
  const { channels } = expected;
  const buffers = maps.map((map) => uploadFeatures(gpu.scope, map));
  const mean = gpu.scope.storage('mean', 4 * channels);
  const covariance = gpu.scope.storage('covariance', 4 * channels * channels);
  const moments = new FeatureMomentsPass(gpu.device, gpu.scope);
  // Twice: nothing of the first run may be left in the second.
  for (let i = 0; i < 2; i++) await gpu.submit((encoder) => moments.run(encoder, buffers, mean, covariance));
  (await gpu.readFloats(mean, channels)).forEach((value, c) => expect(value).toBeCloseTo(expected.mean[c], 4));
  (await gpu.readFloats(covariance, channels ** 2)).forEach((value, i) =>
    expect(value).toBeCloseTo(expected.covariance[i], 4),
  );

  const basis = randomMap(3, 1, channels, 9).values;
  const projection = { mean: expected.mean, basis, components: 3 };
  const scores = gpu.scope.storage('scores', 12 * buffers[0].count);
  const pass = new FeatureProjectionPass(gpu.device, gpu.scope);
  const basisBuffer = gpu.upload('basis', basis);
  await gpu.submit((encoder) => pass.run(encoder, buffers[0], mean, basisBuffer, 3, scores));
  const wanted = projectFeatures(maps[0], projection);
  (await gpu.readFloats(scores, wanted.length)).forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 3));
});

test.each([
  ['few centres', randomMap(11, 9, 19, 4), randomMap(3, 1, 19, 5)],
  ['another photo, channels beyond a chunk', randomMap(7, 13, 131, 6), randomMap(10, 7, 131, 7)],
  ['one candidate', randomMap(1, 1, 5, 8), randomMap(1, 1, 5, 9)],
])('nearest and cosines equal the reference: %s', async (_, map, others) => {
  const [set, candidates] = [vectorSet(map.values, map.channels), vectorSet(others.values, map.channels)];
  const [vectors, rivals] = [uploadVectors(gpu.scope, set), uploadVectors(gpu.scope, candidates)];
  const pass = new FeatureNearestPass(gpu.device, gpu.scope);
  const bytes = FeatureNearestPass.bytes(vectors.count);
  const found = gpu.scope.storage('found', bytes);
  await gpu.submit((encoder) => pass.run(encoder, vectors, rivals, found));
  const answer = FeatureNearestPass.parse((await gpu.readUints(found, bytes / 4)).buffer as ArrayBuffer);
  const expected = nearest(set, candidates);
  expect([...answer.index]).toEqual([...expected.index]);
  answer.best.forEach((value, i) => expect(value).toBeCloseTo(expected.best[i], 4));
  answer.second.forEach((value, i) => expect(value).toBeCloseTo(expected.second[i], 4));

  const query = others.values.subarray(0, map.channels);
  const cosinePass = new FeatureCosinePass(gpu.device, gpu.scope);
  const cosine = gpu.scope.storage('cosine', 4 * vectors.count);
  const queryBuffer = gpu.upload('query', query);
  await gpu.submit((encoder) => cosinePass.run(encoder, vectors, queryBuffer, candidates.inverseNorms[0], cosine));
  const wanted = cosines(set, query);
  (await gpu.readFloats(cosine, vectors.count)).forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 4));
});
