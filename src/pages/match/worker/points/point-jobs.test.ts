import { describe, expect, it } from 'vitest';
import { RESULT } from '../../../../formats/matches/exported-match.test-helper.ts';
import { probe } from '../../../../compute/probe/cpu.ts';
import { normalisedToPixel, pixelToNormalised } from '../../../../core/coordinates.ts';
import type { Side } from '../../../../core/geometry.ts';
import { exportPoints, matchKeypointLists, matchPoints, type PointScene } from './point-jobs.ts';

const SIZES = { a: { width: 64, height: 32 }, b: { width: 100, height: 50 } };
const SHIFT = { a: [30, 10], b: [-30, -10] } as const;

/** Every place of A lies 30 px to the right and 10 px down in B, and the other way round. */
function field(side: Side) {
  const [photo, other] = side === 'a' ? [SIZES.a, SIZES.b] : [SIZES.b, SIZES.a];
  const grid = { width: photo.width / 2, height: photo.height / 2 };
  const points = grid.width * grid.height;
  const warp = new Float32Array(2 * points);
  for (let y = 0, i = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++, i++) {
      const to = pixelToNormalised({ x: 2 * x + 1 + SHIFT[side][0], y: 2 * y + 1 + SHIFT[side][1] }, other);
      warp[i] = to.x;
      warp[points + i] = to.y;
    }
  }
  const certainty = Float32Array.from({ length: points }, (_, i) => (i % 7) / 7);
  return { grid, photo, warp, certainty, cycle: certainty.map((value) => 5 * value) };
}

const FIELDS = { a: field('a'), b: field('b') };
const scene: PointScene = { sizes: SIZES, result: RESULT, readField: async (side) => FIELDS[side] };
const source = (text: string) => ({ name: 'list', text, centre: 'auto' as const });

describe('chosen points', () => {
  it('are answered as the probe answers one', async () => {
    const places = [
      [10.3, 8.7],
      [33, 20],
      [63.9, 31.9],
      [0.5, 0.5],
    ];
    const table = await matchPoints({ side: 'a', source: source(places.join('\n')) }, scene);
    places.forEach(([x, y], i) => {
      const told = probe(FIELDS.a, pixelToNormalised({ x, y }, SIZES.a));
      const to = normalisedToPixel(told.to, SIZES.b);
      expect([...table.to.subarray(2 * i, 2 * i + 2)]).toEqual([to.x, to.y]);
      expect(table.certainty[i]).toBeCloseTo(told.certainty, 6);
      expect(table.cycle[i]).toBeCloseTo(told.cycle, 6);
    });
    expect(table.to[2]).toBeCloseTo(63, 3);
    expect(table.to[3]).toBeCloseTo(30, 3);
  });

  it('outside of their photo have no answer', async () => {
    const table = await matchPoints({ side: 'a', source: source('-1,5\n64.01,5\n5,5') }, scene);
    expect(table.outside).toBe(2);
    expect([...table.to].map(Number.isNaN)).toEqual([true, true, true, true, false, false]);
  });

  it('a hundred thousand are one call', async () => {
    const text = Array.from({ length: 100_000 }, (_, i) => `${i % 64},${i % 32}`).join('\n');
    expect((await matchPoints({ side: 'b', source: source(text) }, scene)).count).toBe(100_000);
  });

  it('of both photos become pairs by the warp', async () => {
    const table = await matchKeypointLists(
      {
        a: source('12,9\n20,15\n40,25'),
        b: source('# pixel_center: 0\n49.7,24.5\n41.5,18.5\n5,5'),
        options: { maxDistance: 1, minCertainty: 0, check: 'both' },
      },
      scene,
    );
    expect([...table.indexA]).toEqual([0, 1]);
    expect([...table.indexB]).toEqual([1, 0]);
    expect([...table.places]).toEqual([12, 9, 42, 19, 20, 15, 50.2, 25]);
    expect(table.distance[1]).toBeCloseTo(0.2, 3);
    expect(table.given).toEqual({ a: 3, b: 3 });
    const file = exportPoints({ kind: 'keypoints', table, format: 'csv', names: { a: 'x.jpg', b: 'y.jpg' } }, scene);
    expect(file.name).toBe('x-y-keypoints.csv');
    expect(await file.blob.text()).toContain('\n0,1,12,9,42,19,');
  });

  it('are saved with the first pixel’s centre where it is wished', async () => {
    const table = await matchPoints({ side: 'a', source: { ...source('0,1\n4,5'), centre: 'integer' } }, scene);
    const save = async (firstPixel?: 0 | 0.5) => {
      const names = { a: 'x.jpg', b: 'y.jpg' };
      return exportPoints({ kind: 'points', table, format: 'csv', names, firstPixel }, scene).blob.text();
    };
    const rows = (text: string) =>
      text
        .split('\n')
        .filter((line) => /^[\d.]+,/.test(line))
        .map((line) => line.split(',').map(Number));
    const [usual, opencv] = [rows(await save()), rows(await save(0))];
    expect(usual[0].slice(0, 2)).toEqual([0.5, 1.5]);
    expect(opencv[0].slice(0, 2)).toEqual([0, 1]);
    expect(opencv[1][2]).toBeCloseTo(usual[1][2] - 0.5, 6);
    expect(await save(0)).toContain('(top-left) pixel is at (0, 0)');
  });
});
