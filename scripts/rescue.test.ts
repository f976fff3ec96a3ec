import { readFileSync } from 'node:fs';
import { decode } from 'jpeg-js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CpuPhoto } from '../src/matching/backend/cpu-backend.ts';
import type { PairMatcher } from '../src/matching/pair-matcher.ts';
import { judge } from '../src/matching/judged.ts';
import { refine } from '../src/matching/refine.ts';
import { toSubpixel } from '../src/matching/search/subpixel.ts';
import { verdictOf } from '../src/matching/verdict.ts';
import type { PlainMatchField } from '../src/compute/field/cpu.ts';
import { drawFrame } from '../src/compute/frame/cpu.ts';
import type { Pixels } from '../src/compute/preprocess/cpu.ts';
import { type Matrix3, project } from '../src/core/matrix3.ts';
import { seededRandom } from '../src/geometry/random.ts';
import { KINDS } from './battery/made-pairs.ts';
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

/** Photo A of a sample. */
function sample(name: string): Pixels {
  const file = readFileSync(new URL(`../public/samples/${name}/a.jpg`, import.meta.url));
  const { data, width, height } = decode(file, { useTArray: true });
  return { data: new Uint8ClampedArray(data), width, height };
}

beforeAll(async () => {
  pair = await loadMatcher(modelIds()[0]);
  original = sample('facade');
}, 60_000);

/** A match as the page makes it, first look and all that follows. */
async function matched(name: string, a: Pixels, b: Pixels, longSide = LONG_SIDE) {
  const photos = { a: new DrawnPhoto(`${name}-a`, a), b: new DrawnPhoto(`${name}-b`, b) };
  const first = await judge(pair, await pair.match(photos, { longSide: { a: longSide, b: longSide }, frame: null }));
  const refined = await toSubpixel(pair, photos, await refine(pair, photos, longSide, first));
  const verdict = verdictOf(refined.statistics, pair.matcher.manifest.verdict, refined.rescue);
  return { first, refined, verdict };
}

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
    expect(fractions.at(-1)).toBe(1);
    // At full size, as the first look.
    expect(refined.field.a.grid).toEqual(first.field.a.grid);
    expect(refined.field.b.grid).toEqual(first.field.b.grid);
  }, 60_000);

  it('finds a photo upside down to a pixel, on the grid of a match with itself', async () => {
    const turned: Matrix3 = [-1, 0, 0, 0, -1, 0, 0, 0, 1];
    const { first, refined } = await matched('whole-turn', original, drawFrame(original, turned, original), 448);
    const { grid, warp } = refined.field.a;
    expect(grid).toEqual(first.field.a.grid);
    const points = grid.width * grid.height;
    const within = Array.from({ length: points }, (_, k) => {
      const [x, y] = project(
        turned,
        (2 * (k % grid.width) + 1) / grid.width - 1,
        (2 * Math.floor(k / grid.width) + 1) / grid.height - 1,
      );
      return Math.hypot(((warp[k] - x) * original.width) / 2, ((warp[points + k] - y) * original.height) / 2) <= 1;
    });
    expect(Math.max(original.width, original.height)).toBe(640);
    // The network alone: 0.95.
    expect(within.filter(Boolean).length / points).toBeGreaterThan(0.97);
  }, 60_000);

  it('finds a mirrored photo, or nothing, and says that it is mirrored', async () => {
    const mirror: Matrix3 = [-1, 0, 0, 0, 1, 0, 0, 0, 1];
    const { refined, verdict } = await matched('mirror', original, drawFrame(original, mirror, original), 320);
    if (verdict.kind === 'none') return;
    expect(medianError(refined.field, mirror)).toBeLessThan(0.01);
    expect(verdict).toMatchObject({ isMirrored: true, sentence: expect.stringContaining('mirrored') });
  }, 60_000);

  it('finds a detail in either order, with the same overlaps', async () => {
    // A quarter of each side: what the detail's frame shows of the photo.
    const detail: Matrix3 = [0.25, 0, 0.2, 0, 0.25, -0.1, 0, 0, 1];
    const part = drawFrame(original, detail, { width: original.width / 4, height: original.height / 4 });
    const one = await matched('detail', part, original, 448);
    const other = await matched('photo', original, part, 448);
    for (const { verdict } of [one, other]) expect(verdict.kind).not.toBe('none');
    expect(one.verdict.overlap.a).toBeGreaterThan(0.9);
    expect(one.verdict.overlap.b).toBeCloseTo(1 / 16, 1.7);
    expect(other.verdict.overlap.a).toBeCloseTo(one.verdict.overlap.b, 2);
    expect(other.verdict.overlap.b).toBeCloseTo(one.verdict.overlap.a, 2);
    // A cell of the detail's grid is 0.003 of the photo; the whole detail a quarter.
    expect(medianError(one.refined.field, detail)).toBeLessThan(0.004);
  }, 60_000);

  it('finds the door of a front of equal windows, or says that the scene repeats itself', async () => {
    const random = seededRandom(2003);
    const { a, b, motion } = KINDS.windows(original, random, original);
    const { refined, verdict } = await matched('windows', a, b, 448);
    if (verdict.kind === 'good') expect(medianError(refined.field, motion!)).toBeLessThan(0.005);
    else expect(verdict.repeats).toBe(true);
  }, 60_000);

  it('says no to photos of different scenes after a few matches', async () => {
    const other = sample('elsewhere');
    const { refined, verdict } = await matched('unrelated', original, other, 320);
    expect(verdict.kind).toBe('none');
    expect(refined.tries).toBeLessThanOrEqual(8);
  }, 60_000);

  it('leaves a match alone that is good already', async () => {
    const photos = { a: new DrawnPhoto('same-a', original), b: new DrawnPhoto('same-b', original) };
    const plan = { longSide: { a: LONG_SIDE, b: LONG_SIDE }, frame: null };
    const first = await judge(pair, await pair.match(photos, plan));
    expect(first.statistics.a.consistentShare).toBeGreaterThan(0.9);
    const refined = await refine(pair, photos, LONG_SIDE, first);
    expect(refined.field).toBe(first.field);
    expect(refined.tries).toBe(0);
  }, 60_000);

  it('keeps the best so far when it is stopped', async () => {
    const photos = {
      a: new DrawnPhoto('stop-a', drawFrame(original, UPSIDE_DOWN, { width: 320, height: 240 })),
      b: new DrawnPhoto('stop-b', original),
    };
    const first = await judge(pair, await pair.match(photos, { longSide: { a: 128, b: 128 }, frame: null }));
    const controller = new AbortController();
    const looks: unknown[] = [];
    const refined = await refine(pair, photos, 128, first, {
      stop: controller.signal,
      onTry: (_, look) => {
        looks.push(look);
        if (look?.rotation === 180) controller.abort();
      },
    });
    expect(looks).toContainEqual({ rotation: 180 });
    // The last word is the bar's.
    expect(looks.at(-1)).toBeUndefined();
    expect(refined.rescue.tried).toBe(true);
    expect(refined.statistics).toEqual(first.statistics);
  }, 60_000);

  it('stops when it is cancelled', async () => {
    const photos = {
      a: new DrawnPhoto('cancel-a', drawFrame(original, UPSIDE_DOWN, { width: 320, height: 240 })),
      b: new DrawnPhoto('cancel-b', original),
    };
    const first = await judge(pair, await pair.match(photos, { longSide: { a: 128, b: 128 }, frame: null }));
    const controller = new AbortController();
    const running = refine(pair, photos, 128, first, { signal: controller.signal, onTry: () => controller.abort() });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  }, 60_000);
});
