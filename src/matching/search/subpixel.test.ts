import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlainField, PlainMatchField } from '../../compute/field/cpu.ts';
import { cycleError } from '../../compute/cycle/cpu.ts';
import { certainty } from '../../compute/certainty/cpu.ts';
import type { Size } from '../../core/geometry.ts';
import { uploadFields } from '../../pages/match/testing/fields.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import type { Backend, PhotoHandle } from '../backend/backend.ts';
import { CpuBackend } from '../backend/cpu-backend.ts';
import { GpuBackend, type GpuMatchField } from '../backend/gpu-backend.ts';
import { NO_RESCUE } from '../../core/match.ts';
import { judge } from '../judged.ts';
import type { PairMatcher } from '../pair-matcher.ts';
import { toSubpixel } from './subpixel.ts';

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());

const PHOTO = { width: 181, height: 133 };
const GRID = { width: 45, height: 33 };
const VERDICT = { certainty: 0.3, cycleShare: 0.015, none: 0.06, good: 0.3 };

/** Texture, and sky above it. What is taken for something else looks otherwise in B. */
function image({ width, height }: Size, key: string): Float32Array {
  const plane = width * height;
  return Float32Array.from({ length: 3 * plane }, (_, k) => {
    const [x, y] = [(k % width) / width, Math.floor((k % plane) / width) / height];
    if (key === 'b' && Math.abs(2 * x - 0.5) < 0.2 && Math.abs(2 * y - 1.5) < 0.24)
      return 0.5 + 0.3 * Math.sin(150 * y);
    return y < 0.4 ? 0.7 : 0.5 + 0.2 * Math.sin(70 * x + 11 * y) + 0.2 * Math.cos(61 * y - 13 * x);
  });
}

/** A few places that are taken for others. */
const isOther = (x: number, y: number) => Math.abs(x + 0.5) < 0.08 && Math.abs(y - 0.5) < 0.12;

/** A photo and itself as a network matches them: a little off, and anywhere in the sky, of which it is not sure. */
function fieldOf(): PlainField & { logit: Float32Array } {
  const points = GRID.width * GRID.height;
  const warp = new Float32Array(2 * points);
  const logit = new Float32Array(points);
  for (let k = 0; k < points; k++) {
    const [x, y] = [
      (2 * (k % GRID.width) + 1) / GRID.width - 1,
      (2 * Math.floor(k / GRID.width) + 1) / GRID.height - 1,
    ];
    const isSky = y < -0.3;
    warp[k] = x + (isSky ? 0.2 * Math.sin(9 * y) : isOther(x, y) ? 0.3 : 0.004 * Math.sin(5 * x));
    warp[points + k] = y + (isSky ? 0.1 : 0.004 * Math.cos(4 * x));
    logit[k] = isSky ? -3 : isOther(x, y) ? 0 : 3;
  }
  return { grid: GRID, photo: PHOTO, warp, logit, certainty: certainty(warp, logit), cycle: new Float32Array(points) };
}

function matcherOf<Field>(backend: Backend<PhotoHandle, Field>, onGpu: boolean): PairMatcher<PhotoHandle, Field> {
  const plainImage = ({ key }: PhotoHandle, size: Size): RuntimeTensor => ({
    dims: [1, 3, size.height, size.width],
    data: onGpu ? null : image(size, key),
    buffer: onGpu ? gpu.upload('image', image(size, key)) : null,
    dispose: () => {},
  });
  const matcher = { manifest: { verdict: VERDICT, subpixel: true } };
  return { backend, matcher, plainImage } as unknown as PairMatcher<PhotoHandle, Field>;
}

it('both backends take sky to the one motion of the rest, texture to a fraction of a pixel, and doubt what lies elsewhere', async () => {
  const plain: PlainMatchField = { a: fieldOf(), b: fieldOf() };
  plain.a.cycle = cycleError(plain.a, plain.b);
  plain.b.cycle = cycleError(plain.b, plain.a);
  const photos = { a: { key: 'a', size: PHOTO }, b: { key: 'b', size: PHOTO } };
  const inputSize = { a: PHOTO, b: PHOTO };
  const cached = { a: true, b: true };

  const cpu = matcherOf(new CpuBackend(null) as unknown as Backend<PhotoHandle, PlainMatchField>, false);
  const expected = await toSubpixel(cpu, photos, {
    ...(await judge(cpu, { field: plain, inputSize, cached })),
    rescue: NO_RESCUE,
  });
  const backend = new GpuBackend(gpu.gpu, null as never, gpu.scope);
  const device = matcherOf(backend as unknown as Backend<PhotoHandle, GpuMatchField>, true);
  const uploaded: GpuMatchField = { ...uploadFields(gpu, plain), release: () => {} };
  const found = await toSubpixel(device, photos, {
    ...(await judge(device, { field: uploaded, inputSize, cached })),
    rescue: NO_RESCUE,
  });

  const points = GRID.width * GRID.height;
  for (const side of ['a', 'b'] as const) {
    const field = await backend.readField(found.field, side);
    const wanted = expected.field[side];
    const off = (warp: Float32Array) =>
      Array.from({ length: points }, (_, k) => {
        const [x, y] = [
          (2 * (k % GRID.width) + 1) / GRID.width - 1,
          (2 * Math.floor(k / GRID.width) + 1) / GRID.height - 1,
        ];
        return Math.hypot(((warp[k] - x) * PHOTO.width) / 2, ((warp[points + k] - y) * PHOTO.height) / 2);
      });
    const share = (errors: number[]) => errors.filter((error) => error < 0.5).length / points;
    expect(share(off(plain[side].warp))).toBeLessThan(0.75);
    expect(share(off(wanted.warp))).toBeGreaterThan(0.93);
    expect(share(off(field.warp))).toBeGreaterThan(0.93);
    field.certainty.forEach((value, k) => {
      expect(value).toBeCloseTo(wanted.certainty[k], 2);
      const [x, y] = [
        (2 * (k % GRID.width) + 1) / GRID.width - 1,
        (2 * Math.floor(k / GRID.width) + 1) / GRID.height - 1,
      ];
      // What follows is no more certain for it, and what lies elsewhere is less.
      if (y < -0.35) expect(value).toBeCloseTo(plain[side].certainty[k], 3);
      if (isOther(x, y)) expect(value).toBeLessThan(0.25);
    });
    expect(found.statistics[side].certainShare).toBeCloseTo(expected.statistics[side].certainShare, 2);
  }
  backend.dispose(found.field);
}, 30_000);
