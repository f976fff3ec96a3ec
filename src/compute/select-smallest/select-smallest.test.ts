import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_KEY, selectSmallest } from './cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../pages/match/testing/fields.ts';
import { SelectSmallestPass } from './gpu.ts';

let gpu: TestGpu;
let pass: SelectSmallestPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new SelectSmallestPass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

async function onGpu(keys: Uint32Array, wanted: number): Promise<Uint32Array> {
  const state = gpu.scope.storage('state', SelectSmallestPass.stateBytes);
  const indices = gpu.scope.storage('indices', 4 * wanted);
  const blocks = gpu.scope.storage('blocks', SelectSmallestPass.blockBytes(keys.length));
  const selection = { keys: gpu.upload('keys', keys), length: keys.length, wanted, indices, state, blocks };
  await gpu.submit((encoder) => pass.run(encoder, selection));
  const total = (await gpu.readUints(state, 4))[3];
  return (await gpu.readUints(indices, wanted)).subarray(0, total);
}

function bySorting(keys: Uint32Array, wanted: number): number[] {
  const limit = keys.slice().sort()[Math.min(wanted, keys.length) - 1];
  return [...keys.keys()].filter((i) => keys[i] <= limit && keys[i] !== NO_KEY);
}

function randomKeys(length: number, range: number, holes: number): Uint32Array {
  const random = randomNumbers(length + 1);
  return new Uint32Array(length).map(() => (random() < holes ? NO_KEY : Math.floor(random() * range)));
}

test.each([
  ['a handful', 10, 4, 0],
  ['all of them', 100, 100, 0],
  ['more than there are', 100, 500, 0],
  ['more than have a key', 5000, 3000, 0.7],
  ['one of many', 70_001, 1, 0.1],
  ['across many blocks', 1_200_001, 4096, 0.3],
])('%s', async (_, length, wanted, holes) => {
  const keys = randomKeys(length, 2 ** 32, holes);
  const expected = bySorting(keys, wanted);
  expect([...selectSmallest(keys, wanted)]).toEqual(expected);
  expect([...(await onGpu(keys, wanted))]).toEqual(expected);
});

test('equal keys at the limit: exactly as many as wanted, the same as the reference', async () => {
  const keys = randomKeys(9000, 5, 0.2);
  const expected = selectSmallest(keys, 3333);
  expect(expected.length).toBe(3333);
  expect(await onGpu(keys, 3333)).toEqual(expected);
});

test('nothing has a key', async () => {
  const keys = new Uint32Array(5000).fill(NO_KEY);
  expect(selectSmallest(keys, 10).length).toBe(0);
  expect((await onGpu(keys, 10)).length).toBe(0);
});
