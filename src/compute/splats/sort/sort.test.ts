import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../../geometry/random.ts';
import { TestGpu } from '../../../platform/gpu/testing/dawn.ts';
import { recordSteps } from '../step.ts';
import { prefixSumSteps, RadixSort, SortKernels } from './gpu.ts';

let gpu: TestGpu;
let kernels: SortKernels;
beforeAll(async () => {
  gpu = await TestGpu.open();
  kernels = new SortKernels(gpu.device);
}, 60_000);
afterAll(() => gpu.close());

test.each([1, 255, 2048, 2049, 70_001])('prefix sums of %d numbers', async (length) => {
  const random = seededRandom(length);
  const numbers = Uint32Array.from({ length }, () => Math.floor(random() * 9));
  const values = gpu.upload('values', numbers);
  const total = gpu.scope.storage('total', 4);
  const steps = prefixSumSteps(kernels, gpu.scope, values, length, total);
  await gpu.submit((encoder) => {
    const pass = encoder.beginComputePass();
    recordSteps(pass, steps);
    pass.end();
  });
  const sums = await gpu.readUints(values, length);
  let sum = 0;
  const expected = numbers.map((value) => (sum += value) - value);
  expect(sums).toEqual(expected);
  expect((await gpu.readUints(total, 1))[0]).toBe(sum);
});

test.each([
  // [keys, capacity, bits, distinct keys]
  [1, 1, 32, 4],
  [257, 300, 32, 7],
  [5000, 5000, 32, 2 ** 32],
  [4095, 9001, 10, 1000],
  [9001, 9001, 13, 8000],
])('sorts %d keys in room for %d by %d bits, equal ones in their order', async (count, capacity, bits, distinct) => {
  const random = seededRandom(count);
  const keys = Uint32Array.from({ length: count }, () => Math.floor(random() * distinct));
  const scope = gpu.scope.child('sort');
  const counts = scope.storage('counts', 8);
  const sort = new RadixSort(kernels, scope, capacity, bits, counts, 1);
  const { queue } = gpu.device;
  queue.writeBuffer(counts, 0, Uint32Array.of(77, count));
  queue.writeBuffer(sort.keys, 0, keys);
  queue.writeBuffer(sort.values, 0, Uint32Array.from(keys.keys()));
  await gpu.submit((encoder) => {
    const pass = encoder.beginComputePass();
    recordSteps(pass, sort.steps);
    pass.end();
  });
  const expected = [...keys.keys()].sort((a, b) => keys[a] - keys[b] || a - b);
  expect([...(await gpu.readUints(sort.values, count))]).toEqual(expected);
  expect([...(await gpu.readUints(sort.keys, count))]).toEqual(expected.map((i) => keys[i]));
  scope.destroy();
});
