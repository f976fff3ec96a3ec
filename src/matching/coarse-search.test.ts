import { expect, it } from 'vitest';
import type { MatcherManifest } from '../models/manifest.ts';
import { IDENTITY3, type Matrix3, multiply3, project } from '../core/matrix3.ts';
import { seededRandom } from '../geometry/random.ts';
import type { PhotoHandle } from './backend/backend.ts';
import { CoarseSearch } from './coarse-search.ts';
import { tokensOf } from './coarse.ts';
import type { MatchPlan, PairMatcher } from './pair-matcher.ts';
import { slantedTries, viewTries } from './view-tries.ts';

const CHANNELS = 32;

/** A photo of the one scene, seen through a frame. */
interface SeenPhoto extends PhotoHandle {
  through: Matrix3;
}

const photoOf = (key: string, through: Matrix3): SeenPhoto => ({ key, size: { width: 640, height: 480 }, through });

/**
 * An encoder that knows what a place shows and, `layout` times as strongly, where in the picture it lies: a street looks like
 * any other one upside down to such features.
 */
function pairWith(layout: number): PairMatcher<SeenPhoto, unknown> {
  const random = seededRandom(5);
  const waves = Array.from({ length: CHANNELS }, () => [9 * (random() - 0.5), 9 * (random() - 0.5), 6.3 * random()]);
  const tokens = async (photo: SeenPhoto, _: number, frame: MatchPlan['frame']) => {
    const grid = { width: 20, height: 15 };
    const cells = grid.width * grid.height;
    const data = new Float32Array(2 * CHANNELS * cells);
    const view = multiply3(photo.through, frame?.matrix ?? IDENTITY3);
    for (let cell = 0; cell < cells; cell++) {
      const x = (2 * (cell % grid.width) + 1) / grid.width - 1;
      const y = (2 * Math.floor(cell / grid.width) + 1) / grid.height - 1;
      const [u, v] = project(view, x, y);
      waves.forEach(([p, q, phase], c) => {
        data[c * cells + cell] = Math.sin(p * u + q * v + phase);
        data[(CHANNELS + c) * cells + cell] = layout * Math.sin(p * x + q * y + phase);
      });
    }
    return tokensOf(data, [1, 2 * CHANNELS, grid.height, grid.width], frame?.matrix ?? null);
  };
  const input = { defaultLongSide: 448 };
  const manifest = { passes: [{ input }] } as unknown as MatcherManifest;
  return { tokens, coarseFeature: 'coarse', matcher: { manifest } } as unknown as PairMatcher<SeenPhoto, unknown>;
}

const UPSIDE_DOWN: Matrix3 = [-1, 0, 0, 0, -1, 0, 0, 0, 1];
const MIRRORED: Matrix3 = [-1, 0, 0, 0, 1, 0, 0, 0, 1];

const searchOf = (through: Matrix3, layout: number) =>
  new CoarseSearch(pairWith(layout), { a: photoOf('a', IDENTITY3), b: photoOf('b', through) }, null, {});

it('goes on after a sure motion that the decoder refuted, and offers no motion twice', async () => {
  const turns: number[][] = [];
  for await (const candidates of searchOf(UPSIDE_DOWN, 1.4).proposals()) {
    turns.push(candidates.map(({ rotation }) => rotation));
    if (turns.length === 3) break;
  }
  expect(turns[0]).toEqual([0]);
  expect(turns[1]).toContain(180);
  expect(turns.slice(1).flat()).not.toContain(0);
});

it('ends at the first sure motion where nobody asks for more', async () => {
  const first = await searchOf(UPSIDE_DOWN, 0).proposals().next();
  expect(first.value[0]).toMatchObject({ rotation: 180, isMirrored: false });
});

it('finds the motion by which photos fit far better than by a known one, mirrored or turned; none beside a right one', async () => {
  expect(await searchOf(MIRRORED, 0.3).rival(IDENTITY3)).toMatchObject({ isMirrored: true, rotation: 0 });
  expect(await searchOf(UPSIDE_DOWN, 0.3).rival(IDENTITY3)).toMatchObject({ isMirrored: false, rotation: 180 });
  expect(await searchOf(IDENTITY3, 0.3).rival(IDENTITY3)).toBeNull();
});

it('slanted views after a search are upright, both photos along both axes first; alone all turns are tried', () => {
  const slants = slantedTries();
  expect(slants.every(({ rotation, tilt }) => rotation === 0 && tilt)).toBe(true);
  const last = slants.findIndex(({ isLast }) => isLast);
  const likely = slants.slice(0, last + 1).map(({ tilt }) => `${tilt!.direction} ${tilt!.by}`);
  expect(likely.sort()).toEqual(['0 0.5', '0 2', '90 0.5', '90 2']);
  const all = viewTries(false);
  expect(all.filter(({ tilt, rotation }) => tilt && rotation === 0)).toEqual(
    slants.map(({ rotation, scale, tilt }) => ({ rotation, scale, tilt })),
  );
  expect(new Set(all.filter(({ tilt }) => tilt).map(({ rotation }) => rotation))).toEqual(new Set([0, 45, -45]));
  expect(viewTries(true).some(({ tilt }) => tilt)).toBe(false);
});
