import { describe, expect, it, vi } from 'vitest';
import { bytesSource } from '../byte-source.ts';
import { codeOf, countingSource } from '../fixtures.test-helper.ts';
import { lazyTensor } from './lazy-tensor.ts';
import type { TensorDType } from './tensor.ts';

vi.mock('../limits.ts', async (original) => ({
  ...(await original<typeof import('../limits.ts')>()),
  // Small, so that views are gathered in pieces and limits are met without gigabytes.
  MAX_GATHER_BYTES: 64,
  MAX_EXPANDED_BYTES: 1024,
}));

const floats = (count: number) =>
  countingSource(bytesSource(new Uint8Array(Float32Array.from({ length: count }, (_, i) => i).buffer)));

function tensor(shape: number[], strides: number[], offset = 0, count = 1000, dtype: TensorDType = 'float32') {
  const storage = floats(count);
  return Object.assign(lazyTensor({ name: 't', path: ['t'], dtype, shape, strides, offset, storage }), { storage });
}

/** What the view must hold, element by element. */
function expected(shape: number[], strides: number[], offset: number): number[] {
  return shape.reduceRight<(base: number) => number[]>(
    (inner, length, axis) => (base) => Array.from({ length }, (_, i) => inner(base + i * strides[axis]!)).flat(),
    (base) => [base],
  )(offset);
}

describe('lazyTensor', () => {
  it.each([
    ['dense', [3, 4], [4, 1], 5],
    ['transposed', [4, 3], [1, 4], 0],
    ['a column', [20], [30], 7],
    ['every third of a wide matrix, in pieces', [5, 40], [200, 3], 2],
    ['four axes in another order', [3, 2, 5, 4], [4, 300, 12, 1], 1],
    ['repeated rows', [5, 4], [0, 1], 3],
    ['axes of length one with odd strides', [1, 4, 1], [777, 2, 999], 0],
    ['a scalar', [], [], 9],
  ])('reads %s', async (_, shape, strides, offset) => {
    const view = tensor(shape, strides, offset);
    expect([...(await view.readFloat32())]).toEqual(expected(shape, strides, offset));
    expect(view.storage.largestRead).toBeLessThanOrEqual(Math.max(64, view.size * 4));
  });

  it('reads nothing for an empty tensor, wherever it points', async () => {
    const view = tensor([0, 5], [5, 1], 4000);
    expect((await view.readBytes()).length).toBe(0);
    expect(view.storage.bytesRead).toBe(0);
  });

  it.each([
    ['past the end', [10, 100], [100, 1], 1],
    ['by its strides', [2], [1000], 0],
    ['a negative stride', [2], [-1], 5],
    ['a fractional size', [1.5], [1], 0],
    ['too few strides', [2, 2], [1], 0],
  ])('rejects a view that leaves its storage: %s', (_, shape, strides, offset) => {
    expect(() => tensor(shape, strides, offset)).toThrow(expect.objectContaining({ code: 'tensor-malformed' }));
  });

  it('rejects shapes beyond counting', () => {
    expect(() => tensor([2 ** 30, 2 ** 30], [0, 0])).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
    expect(() => tensor(new Array(65).fill(1), new Array(65).fill(0))).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
  });

  it('refuses to blow up a few bytes', async () => {
    expect(await codeOf(tensor([1 << 20], [0]).readBytes())).toBe('limit-exceeded');
    expect(await codeOf(tensor([2 ** 39], [0]).readFloat32())).toBe('limit-exceeded');
  });

  it('refuses large views that overlap with themselves', async () => {
    expect(await codeOf(tensor([4, 4], [100, 100]).readBytes())).toBe('unsupported-view');
  });

  it.each([
    ['int64', [-1, 2 ** 40], new BigInt64Array([-1n, 2n ** 40n])],
    ['int32', [-1, 7], new Int32Array([-1, 7])],
    ['int16', [-1, 7], new Int16Array([-1, 7])],
    ['int8', [-1, 7], new Int8Array([-1, 7])],
    ['uint8', [255, 7], new Uint8Array([255, 7])],
    ['bool', [1, 0], new Uint8Array([1, 0])],
    ['float64', [0.5, -3], new Float64Array([0.5, -3])],
  ] as const)('widens %s', async (dtype, values, { buffer }) => {
    const storage = bytesSource(new Uint8Array(buffer));
    const read = lazyTensor({ name: 't', path: ['t'], dtype, shape: [2], strides: [1], offset: 0, storage });
    expect([...(await read.readFloat32())]).toEqual(values);
  });
});
