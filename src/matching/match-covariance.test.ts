import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROW_FLOATS } from '../compute/sample-matches/cpu.ts';
import type { Gpu } from '../platform/gpu/device.ts';
import { TestGpu } from '../platform/gpu/testing/dawn.ts';
import type { Runtime, RuntimeTensor } from '../platform/runtime/runtime.ts';
import type { IDENTITY3 } from '../core/matrix3.ts';
import type { CpuPhoto } from './backend/cpu-backend.ts';
import { CpuBackend } from './backend/cpu-backend.ts';
import { GpuBackend, type GpuPhoto } from './backend/gpu-backend.ts';
import { runtimeTensor } from './backend/runtime-tensor.test-helper.ts';
import { covarianceAt, covarianceOf, covarianceOfRows, precisionInPhoto } from './match-covariance.ts';
import { matchTable } from './match-table.ts';
import type { Decoded } from './matcher.ts';

/** A's grid has 3 × 2 places, B's 2 × 2; B's photo is 200 × 60, so that its cells are 100 × 30 pixels. */
const GRIDS = { a: { width: 3, height: 2 }, b: { width: 2, height: 2 } };
const PHOTOS = { a: { width: 30, height: 20 }, b: { width: 200, height: 60 } };

/** Precision in cells: of A's places 4, 1, 2 and more from place to place; of B's 16, 0, 4. */
const RAW = {
  a: Float32Array.from({ length: 18 }, (_, i) => [4, 1, 2][Math.floor(i / 6)] * (1 + (i % 6))),
  b: Float32Array.from({ length: 12 }, (_, i) => [16, 0, 4][Math.floor(i / 4)]),
};

/** The determinant of [[4, 1], [1, 2]] is 7; in cells of 100 × 30 pixels. */
const AT_FIRST = { xx: (2 / 7) * 100 * 100, xy: (-1 / 7) * 100 * 30, yy: (4 / 7) * 30 * 30 };

function expectClose(actual: object | null | undefined, expected: Record<string, number>, factor = 1): void {
  for (const [key, value] of Object.entries(expected))
    expect((actual as Record<string, number>)[key] / (value / factor), key).toBeCloseTo(1, 4);
}

describe('covariance', () => {
  test('is the inverse of the precision, in the other photo’s pixels', () => {
    const precision = precisionInPhoto(RAW.a, GRIDS.b, PHOTOS.b);
    const field = { grid: GRIDS.a, precision } as Parameters<typeof covarianceAt>[0];
    expectClose(covarianceAt(field, { x: -0.9, y: -0.9 }), AT_FIRST);
    // The last cell's precision is six times as high.
    expectClose(covarianceAt(field, { x: 0.99, y: 0.99 }), AT_FIRST, 6);
    expectClose(covarianceAt(field, { x: 7, y: 7 }), AT_FIRST, 6);
    expect(covarianceAt({ ...field, precision: undefined }, { x: 0, y: 0 })).toBeNull();
  });

  test('is not told where the precision has no inverse', () => {
    expect(covarianceOf(1, 1, 1)).toBeNull();
    expect(covarianceOf(-1, 0, -1)).toBeNull();
    expect(covarianceOf(NaN, 0, 1)).toBeNull();
    expect(covarianceOf(4, 0, 1)).toEqual({ xx: 0.25, xy: -0, yy: 1 });
  });

  test('of sampled rows is that of the end that was found', () => {
    const precision = { a: precisionInPhoto(RAW.a, GRIDS.b, PHOTOS.b), b: precisionInPhoto(RAW.b, GRIDS.a, PHOTOS.a) };
    const fieldOf = (side: 'a' | 'b') => ({ grid: GRIDS[side], precision: precision[side] }) as never;
    const fields = { a: fieldOf('a'), b: fieldOf('b') };
    // Asked in A's first cell; asked in B's last.
    const rows = new Float32Array(2 * ROW_FLOATS);
    rows.set([-0.9, -0.9, 0.1, 0.2, 0.8, 0]);
    rows.set([0.3, 0.4, 0.9, 0.9, 0.7, 1], ROW_FLOATS);
    const { covariance, count } = matchTable(rows, PHOTOS, fields);
    expect([count, ...covariance!.inB]).toEqual([2, 1, 0]);
    const [xx, xy, yy] = covariance!.values;
    expectClose({ xx, xy, yy }, AT_FIRST);
    // A's cells are 10 × 10 pixels.
    const later = [...covariance!.values.subarray(3)];
    [6.25, 0, 25].forEach((value, i) => expect(later[i]).toBeCloseTo(value, 4));
    expect(matchTable(rows, PHOTOS).covariance).toBeUndefined();
    expect(
      covarianceOfRows(rows, { a: fields.a, b: { ...(fields.b as object), precision: undefined } as never }),
    ).toBeUndefined();
  });
});

/** One direction as a decoder gives it: everything moves nowhere. */
function decodedOf(
  side: 'a' | 'b',
  tensor: (values: Float32Array, dims: number[]) => RuntimeTensor,
  isSure: boolean,
): Decoded {
  const { width, height } = GRIDS[side];
  const points = width * height;
  const warp = tensor(new Float32Array(2 * points), [1, 2, height, width]);
  const logit = tensor(new Float32Array(points).fill(3), [1, 1, height, width]);
  const precision = isSure ? tensor(RAW[side], [1, 3, height, width]) : null;
  return { warp, logit, precision, outputs: { warp, logit, ...(precision && { precision }) } };
}

describe.each(['cpu', 'gpu'] as const)('a field on the %s', (where) => {
  let gpu: TestGpu;
  beforeAll(async () => {
    gpu = await TestGpu.open();
  });
  afterAll(() => gpu.close());

  const tensor = (values: Float32Array, dims: number[]) => runtimeTensor(where === 'gpu' ? gpu : null, values, dims);
  const photo = (side: 'a' | 'b') => ({ key: side, size: PHOTOS[side] }) as CpuPhoto & GpuPhoto;
  const finished = (isSure: boolean, frame: typeof IDENTITY3 | null = null) => {
    const decoded = { a: decodedOf('a', tensor, isSure), b: decodedOf('b', tensor, isSure) };
    const photos = { a: photo('a'), b: photo('b') };
    const backend =
      where === 'cpu'
        ? new CpuBackend(null)
        : (new GpuBackend({ device: gpu.device } as Gpu, {} as Runtime, gpu.scope) as unknown as CpuBackend);
    return { backend, field: backend.finish(decoded, photos, frame as never) };
  };

  test('keeps what the network knows, tells it of one place, and turns with its sides', async () => {
    const { backend, field } = finished(true);
    expectClose((await backend.probe(field, 'a', { x: -0.9, y: -0.9 })).covariance, AT_FIRST);
    const { precision } = await backend.readField(field, 'a');
    expect([...precision!]).toEqual([...precisionInPhoto(RAW.a, GRIDS.b, PHOTOS.b)]);
    const swapped = backend.swapped(field);
    expectClose((await backend.probe(swapped, 'b', { x: -0.9, y: -0.9 })).covariance, AT_FIRST);
    backend.dispose(field);
  });

  test('has none where the network has none', async () => {
    const { backend, field } = finished(false);
    expect((await backend.probe(field, 'a', { x: 0, y: 0 })).covariance).toBeUndefined();
    expect((await backend.readField(field, 'a')).precision).toBeUndefined();
    backend.dispose(field);
  });
});
