import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IDENTITY3 } from '../../core/matrix3.ts';
import type { Gpu } from '../../platform/gpu/device.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import type { Runtime } from '../../platform/runtime/runtime.ts';
import type { CpuPhoto } from './cpu-backend.ts';
import { CpuBackend } from './cpu-backend.ts';
import type { GpuPhoto } from './gpu-backend.ts';
import { GpuBackend } from './gpu-backend.ts';
import type { Decoded } from '../matcher.ts';
import { ownMatchesOf } from './own-matches.ts';
import { runtimeTensor } from './runtime-tensor.test-helper.ts';

const GRIDS = { a: { width: 16, height: 8 }, b: { width: 24, height: 8 } };
const PHOTOS = { a: { width: 32, height: 80 }, b: { width: 240, height: 8 } };

/** Two cells, the second of which is a match: (4.5, 0) in A, (11, 3.25) in B, confidence 0.75. */
const RAW = Float32Array.from([0, 4.5, 0, 0, 1, 11, 1, 3.25, 0.5, 0.75, 0, 1]);
/** The first pixel's centre is at (0.5, 0.5); A's pixels are 2 × 10 to a cell of its grid, B's 10 × 1. */
const ROWS = [10, 5, 115, 3.75, 0.75];

test('are the entries that the network returns, in pixels of the photos', () => {
  const [here, there] = (['a', 'b'] as const).map((side) => ({ grid: GRIDS[side], photo: PHOTOS[side] }));
  expect([...ownMatchesOf(RAW, here, there)]).toEqual(ROWS);
  const none = RAW.slice();
  none[11] = 0;
  expect(ownMatchesOf(none, here, there)).toHaveLength(0);
});

describe.each(['cpu', 'gpu'] as const)('a field on the %s', (where) => {
  let gpu: TestGpu;
  beforeAll(async () => {
    gpu = await TestGpu.open();
  });
  afterAll(() => gpu.close());

  const tensor = (values: Float32Array, dims: number[]) => runtimeTensor(where === 'gpu' ? gpu : null, values, dims);
  const decodedOf = (side: 'a' | 'b'): Decoded => {
    const { width, height } = GRIDS[side];
    const warp = tensor(new Float32Array(2 * width * height), [1, 2, height, width]);
    const logit = tensor(new Float32Array(width * height), [1, 1, height, width]);
    const own = side === 'a' ? tensor(RAW, [1, 6, 1, 2]) : null;
    return { warp, logit, precision: null, own, outputs: { warp, logit, ...(own && { own }) } };
  };
  const backendOf = () =>
    where === 'cpu'
      ? new CpuBackend(null)
      : (new GpuBackend({ device: gpu.device } as Gpu, {} as Runtime, gpu.scope) as unknown as CpuBackend);
  const photos = () => {
    const photo = (side: 'a' | 'b') => ({ key: side, size: PHOTOS[side] }) as CpuPhoto & GpuPhoto;
    return { a: photo('a'), b: photo('b') };
  };

  test('keeps the network’s own matches of each direction', async () => {
    const backend = backendOf();
    const field = backend.finish({ a: decodedOf('a'), b: decodedOf('b') }, photos(), null);
    expect([...(await backend.readField(field, 'a')).own!]).toEqual(ROWS);
    expect((await backend.readField(field, 'b')).own).toBeUndefined();
    expect([...(await backend.readField(backend.swapped(field), 'b')).own!]).toEqual(ROWS);
    backend.dispose(field);
  });

  test('has none where a drawn view of B was matched', async () => {
    const backend = backendOf();
    const field = backend.finish({ a: decodedOf('a'), b: decodedOf('b') }, photos(), {
      matrix: IDENTITY3,
      grid: { width: 4, height: 3 },
    });
    expect((await backend.readField(field, 'a')).own).toBeUndefined();
    backend.dispose(field);
  });
});
