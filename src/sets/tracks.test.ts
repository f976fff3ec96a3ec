import { describe, expect, test } from 'vitest';
import type { PlainField, PlainMatchField } from '../compute/field/cpu.ts';
import { pixelToNormalised } from '../core/coordinates.ts';
import type { Size } from '../core/geometry.ts';
import { assembleSet, flipped } from './assemble.ts';
import { type PairMatches, pairMatches } from './pair-matches.ts';
import { allPairs, type SetPair } from './pairing.ts';
import { buildTracks, type Tracks } from './tracks.ts';

/** Photos of a flat scene: photo k shows the plane's place p at scale · p + shift. */
const VIEWS = [
  { scale: 1, x: 0, y: 0 },
  { scale: 1.1, x: -30, y: 12.3 },
  { scale: 0.93, x: 25.7, y: -8 },
  { scale: 1, x: -61.5, y: 3.4 },
];
const SIZE = { width: 640, height: 471 };
const GRID = { width: 80, height: 59 };

const taken = (from: number, to: number, x: number, y: number): [number, number] => {
  const [a, b] = [VIEWS[from], VIEWS[to]];
  return [((x - a.x) / a.scale) * b.scale + b.x, ((y - a.y) / a.scale) * b.scale + b.y];
};

function fieldOf(from: number, to: number, noise = 0): PlainField {
  const points = GRID.width * GRID.height;
  const warp = new Float32Array(2 * points);
  const certainty = new Float32Array(points);
  for (let k = 0; k < points; k++) {
    const x = (((k % GRID.width) + 0.5) * SIZE.width) / GRID.width;
    const y = ((Math.floor(k / GRID.width) + 0.5) * SIZE.height) / GRID.height;
    const [u, v] = taken(from, to, x, y);
    const place = pixelToNormalised({ x: u + noise * Math.sin(91.7 * k), y: v + noise * Math.cos(47.3 * k) }, SIZE);
    warp[k] = place.x;
    warp[points + k] = place.y;
    certainty[k] = Math.abs(place.x) <= 1 && Math.abs(place.y) <= 1 ? 0.9 : 0;
  }
  return { grid: GRID, photo: SIZE, warp, certainty, cycle: new Float32Array(points) };
}

const LIMITS = { certainty: 0.3, cycleShare: 0.01, places: 1e6 };
const matched = ([i, j]: SetPair, noise = 0): { pair: SetPair; matches: PairMatches } => {
  const fields: PlainMatchField = { a: fieldOf(i, j, noise), b: fieldOf(j, i, noise) };
  return { pair: [i, j], matches: pairMatches(fields, LIMITS) };
};

/** Largest distance between two observations of one track, brought to the same photo. */
function worst(tracks: Tracks): number {
  let most = 0;
  for (let track = 0; track < tracks.count; track++) {
    for (let p = tracks.begins[track]; p < tracks.begins[track + 1]; p++) {
      for (let q = p + 1; q < tracks.begins[track + 1]; q++) {
        const [x, y] = tracks.places.subarray(2 * p);
        const [u, v] = taken(tracks.photos[p], tracks.photos[q], x, y);
        most = Math.max(most, Math.hypot(u - tracks.places[2 * q], v - tracks.places[2 * q + 1]));
      }
    }
  }
  return most;
}

const photosOnce = (tracks: Tracks) =>
  Array.from({ length: tracks.count }, (_, track) => {
    const photos = [...tracks.photos.subarray(tracks.begins[track], tracks.begins[track + 1])];
    return new Set(photos).size === photos.length && photos.length >= 2;
  }).every(Boolean);

const sizes: Size[] = VIEWS.map(() => SIZE);
const row = (x: number, y: number, u: number, v: number, certainty = 0.9) => [x, y, u, v, certainty];
const given = (
  pair: SetPair,
  rows: number[][],
  starts = rows.map(() => 0),
): { pair: SetPair; matches: PairMatches } => ({
  pair,
  matches: { count: rows.length, rows: Float32Array.from(rows.flat()), starts: Uint8Array.from(starts) },
});

describe('candidates', () => {
  test('come from both directions, certain and consistent', () => {
    const { matches } = matched([0, 1]);
    expect(new Set(matches.starts)).toEqual(new Set([0, 1]));
    for (let i = 0; i < matches.count; i += 97) {
      const [x, y, u, v] = matches.rows.subarray(5 * i);
      const [p, q] = taken(0, 1, x, y);
      expect(Math.hypot(p - u, q - v)).toBeLessThan(0.01);
    }
    const field = fieldOf(0, 1);
    field.cycle.fill(20);
    field.certainty[5] = Number.NaN;
    expect(pairMatches({ a: field, b: fieldOf(1, 0) }, LIMITS).starts.every(Boolean)).toBe(true);
    const few = pairMatches({ a: fieldOf(0, 1), b: fieldOf(1, 0) }, { ...LIMITS, places: 500 });
    expect(few.count).toBeGreaterThan(500);
    expect(few.count).toBeLessThan(1300);
  });
});

describe('tracks', () => {
  test('go through all photos that see a place, to a fraction of a pixel', () => {
    const tracks = buildTracks(
      sizes,
      allPairs(4).map((pair) => matched(pair)),
    );
    expect(photosOnce(tracks)).toBe(true);
    expect(tracks.photos.length / tracks.count).toBeGreaterThan(3);
    expect(worst(tracks)).toBeLessThan(1.5);
  });

  test('noise of half a pixel is averaged, not multiplied', () => {
    const tracks = buildTracks(
      sizes,
      allPairs(4).map((pair) => matched(pair, 0.5)),
    );
    expect(photosOnce(tracks)).toBe(true);
    expect(worst(tracks)).toBeLessThan(4);
  });

  test('a sequence alone makes tracks longer than its reach', () => {
    const tracks = buildTracks(
      sizes,
      (
        [
          [0, 1],
          [1, 2],
          [2, 3],
        ] as const
      ).map((pair) => matched(pair)),
    );
    const longest = Math.max(
      ...Array.from({ length: tracks.count }, (_, t) => tracks.begins[t + 1] - tracks.begins[t]),
    );
    expect(longest).toBe(4);
    expect(photosOnce(tracks)).toBe(true);
  });

  test('two places of one photo that meet in another stay apart', () => {
    // Two windows of photo 0 are both found in the one window of photo 1.
    const tracks = buildTracks(sizes, [given([0, 1], [row(100, 100, 300, 200), row(400, 100, 300.2, 200)])]);
    expect(tracks.count).toBe(2);
    expect(photosOnce(tracks)).toBe(true);
  });

  test('places that agree are one, at their weighted mean', () => {
    const tracks = buildTracks(sizes, [
      given([0, 1], [row(100, 100, 300, 200, 0.9)]),
      given([1, 2], [row(300.6, 200, 50, 60, 0.3)]),
    ]);
    expect(tracks.count).toBe(1);
    expect([...tracks.photos]).toEqual([0, 1, 2]);
    expect(tracks.places[2]).toBeCloseTo(300.15, 4);
    expect(tracks.certainty[0]).toBeCloseTo(0.6, 5);
  });

  test('one photo twice, and nothing at all', () => {
    const same = given([0, 1], [row(10, 10, 10, 10), row(10, 10, 10, 10)], [0, 1]);
    expect(buildTracks(sizes, [same]).count).toBe(1);
    expect(buildTracks(sizes, []).count).toBe(0);
    expect(buildTracks([], []).count).toBe(0);
  });
});

describe('a set that is put together', () => {
  const photos = VIEWS.map((_, i) => ({ name: `${i}.jpg`, size: SIZE, focal: null }));
  /** Of the plane, as a two-view geometry. */
  const homography = ([i, j]: SetPair) => {
    const [a, b] = [VIEWS[i], VIEWS[j]];
    const s = b.scale / a.scale;
    return [s, 0, b.x - s * a.x, 0, s, b.y - s * a.y, 0, 0, 1] as const;
  };
  const results = allPairs(4).map((pair) => ({
    ...matched(pair),
    geometry: {
      config: 'planarOrPanoramic' as const,
      fundamental: null,
      essential: null,
      homography: homography(pair),
      pose: null,
    },
  }));

  test('has about as many keypoints as wanted, shared by all pairs', () => {
    const { content, keypointTracks, meanLength } = assembleSet(photos, results, { model: 'm', keypoints: 800 });
    expect(meanLength).toBeGreaterThan(3);
    content.photos.forEach(({ keypoints }, i) => {
      expect(keypoints.length / 2).toBeGreaterThan(300);
      expect(keypoints.length / 2).toBeLessThan(1600);
      expect(keypointTracks[i]).toHaveLength(keypoints.length / 2);
    });
    for (const { pair, matches, geometry } of content.pairs) {
      expect(geometry.inliers.length).toBe(matches.length / 2);
      for (let k = 0; k < matches.length; k += 2) {
        expect(keypointTracks[pair[0]][matches[k]]).toBe(keypointTracks[pair[1]][matches[k + 1]]);
      }
      // No keypoint has two partners in one photo.
      expect(new Set(matches.filter((_, k) => k % 2 === 0)).size).toBe(matches.length / 2);
    }
  });

  test('leaves out what a geometry does not explain', () => {
    const wrong = results.map((result, k) =>
      k === 0
        ? { ...result, geometry: { ...result.geometry, homography: [1, 0, 200, 0, 1, 0, 0, 0, 1] as const } }
        : result,
    );
    const { content } = assembleSet(photos, wrong, { model: 'm' });
    expect(content.pairs.map(({ pair }) => pair.join())).not.toContain('0,1');
    const degenerate = results.map((result) => ({
      ...result,
      geometry: { ...result.geometry, config: 'degenerate' as const },
    }));
    expect(assembleSet(photos, degenerate, { model: 'm' }).content.tracks.count).toBe(0);
  });
});

test('a pair with its photos exchanged says the same', () => {
  const result = {
    ...matched([0, 1]),
    geometry: {
      config: 'planarOrPanoramic' as const,
      fundamental: [1, 2, 3, 4, 5, 6, 7, 8, 9] as const,
      essential: null,
      homography: [1.1, 0, -30, 0, 1.1, 12.3, 0, 0, 1] as const,
      pose: null,
    },
  };
  const turned = flipped(result);
  expect(turned.pair).toEqual([1, 0]);
  expect([...turned.matches.rows.subarray(0, 4)]).toEqual([2, 3, 0, 1].map((k) => result.matches.rows[k]));
  expect(turned.matches.starts[0]).toBe(1);
  const back = flipped(turned);
  expect(back.matches).toEqual(result.matches);
  back.geometry.homography!.forEach((value, k) => expect(value).toBeCloseTo(result.geometry.homography[k], 9));
  expect(turned.geometry.fundamental).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
});
