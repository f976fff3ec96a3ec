import { readFileSync } from 'node:fs';
import { decode } from 'jpeg-js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CpuPhoto } from '../src/matching/backend/cpu-backend.ts';
import type { PairMatcher } from '../src/matching/pair-matcher.ts';
import { judge, refine } from '../src/matching/refine.ts';
import type { PlainMatchField } from '../src/compute/field/cpu.ts';
import { drawFrame } from '../src/compute/frame/cpu.ts';
import type { Pixels } from '../src/compute/preprocess/cpu.ts';
import { type Matrix3, project } from '../src/core/matrix3.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';

/** A view of a sample photo, so that the exact warp is the view's own homography. */
class DrawnPhoto implements CpuPhoto {
  readonly size: { width: number; height: number };
  constructor(
    readonly key: string,
    private readonly drawn: Pixels,
  ) {
    this.size = { width: drawn.width, height: drawn.height };
  }
  pixels(): Pixels {
    return this.drawn;
  }
}

const LONG_SIDE = 256;
const UPSIDE_DOWN: Matrix3 = [-0.95, 0.05, 0, -0.05, -0.95, 0, 0, 0, 1];

let pair: PairMatcher<CpuPhoto, PlainMatchField>;
let original: Pixels;
beforeAll(async () => {
  pair = await loadMatcher(modelIds()[0]);
  const { data, width, height } = decode(readFileSync(new URL('../public/samples/facade/a.jpg', import.meta.url)), {
    useTArray: true,
  });
  original = { data: new Uint8ClampedArray(data), width, height };
});

/** Median distance, in normalised units, between the field on the frame's picture and the frame itself. */
function medianError(field: PlainMatchField, frame: Matrix3): number {
  const { grid, warp } = field.a;
  const points = grid.width * grid.height;
  const errors: number[] = [];
  for (let k = 0; k < points; k++) {
    const [u, v] = project(
      frame,
      (2 * (k % grid.width) + 1) / grid.width - 1,
      (2 * Math.floor(k / grid.width) + 1) / grid.height - 1,
    );
    if (Math.abs(u) < 1 && Math.abs(v) < 1) errors.push(Math.hypot(warp[k] - u, warp[points + k] - v));
  }
  return errors.sort((a, b) => a - b)[errors.length >> 1];
}

describe('refine', () => {
  it('finds a photo that is upside down, which one look alone does not', async () => {
    const size = { width: 320, height: 240 };
    const photos = {
      a: new DrawnPhoto('turned', drawFrame(original, UPSIDE_DOWN, size)),
      b: new DrawnPhoto('upright', original),
    };
    const plan = { longSide: { a: LONG_SIDE, b: LONG_SIDE }, frame: null };
    const first = await judge(pair, await pair.match(photos, plan));
    const fractions: number[] = [];
    const refined = await refine(pair, photos, LONG_SIDE, first, { onTry: (fraction) => fractions.push(fraction) });
    expect(refined.rescue).toMatchObject({ tried: true, rotation: 180 });
    expect(refined.statistics.a.consistentShare).toBeGreaterThan(2 * first.statistics.a.consistentShare);
    expect(medianError(first.field, UPSIDE_DOWN)).toBeGreaterThan(0.1);
    expect(medianError(refined.field, UPSIDE_DOWN)).toBeLessThan(0.02);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });

  it('leaves a match alone that is good already', async () => {
    const photos = { a: new DrawnPhoto('same-a', original), b: new DrawnPhoto('same-b', original) };
    const plan = { longSide: { a: LONG_SIDE, b: LONG_SIDE }, frame: null };
    const first = await judge(pair, await pair.match(photos, plan));
    expect(first.statistics.a.consistentShare).toBeGreaterThan(0.9);
    const refined = await refine(pair, photos, LONG_SIDE, first);
    expect(refined.field).toBe(first.field);
    expect(refined.tries).toBe(0);
  });

  it('stops when it is cancelled', async () => {
    const photos = {
      a: new DrawnPhoto('cancel-a', drawFrame(original, UPSIDE_DOWN, { width: 320, height: 240 })),
      b: new DrawnPhoto('cancel-b', original),
    };
    const first = await judge(pair, await pair.match(photos, { longSide: { a: 128, b: 128 }, frame: null }));
    const controller = new AbortController();
    const running = refine(pair, photos, 128, first, { signal: controller.signal, onTry: () => controller.abort() });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });
});
