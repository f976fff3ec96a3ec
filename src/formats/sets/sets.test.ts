import initSqlJs from 'sql.js';
import h5wasm from 'h5wasm';
import { describe, expect, test } from 'vitest';
import { cameraOfText } from '../../core/camera-model.ts';
import { openHdf5 } from '../../exports/open-hdf5.ts';
import { camerasOfPhotos } from '../cameras/set-cameras.ts';
import { openAsColmap4, readAsColmap4 } from '../matches/colmap-4.test-helper.ts';
import { pairId } from '../matches/colmap-tables.ts';
import { colmapSetText, writeColmapSet } from './colmap-set.ts';
import { writeHloc } from './hloc.ts';
import { encodePairFile, type PairFile, parsePairFile } from './pair-file.ts';
import type { SetContent } from './set-content.ts';
import { encodeTracksCsv, encodeTracksJson } from './tracks-text.ts';

const geometry = {
  config: 'uncalibrated',
  inliers: [1, 0],
  fundamental: [0, 0, 1, 0, 0, 2, 3, 4, 0],
  essential: null,
  homography: null,
  pose: null,
} as const;

/** Two tracks: one through all three photos, one through the first two, which the geometry of that pair refuses. */
const CONTENT: SetContent = {
  model: 'small\nmatcher',
  photos: [
    { name: 'a, b.jpg', size: { width: 640, height: 480 }, focal: null, keypoints: Float32Array.of(10, 20, 30.5, 40) },
    { name: 'c.jpg', size: { width: 640, height: 480 }, focal: null, keypoints: Float32Array.of(50, 60, 70, 80) },
    { name: 'd.jpg', size: { width: 800, height: 600 }, focal: 900, keypoints: Float32Array.of(1, 2) },
  ],
  pairs: [
    { pair: [0, 1], matches: Uint32Array.of(0, 0, 1, 1), geometry },
    { pair: [0, 2], matches: Uint32Array.of(0, 0), geometry: { ...geometry, inliers: [1] } },
  ],
  tracks: {
    count: 2,
    begins: Uint32Array.of(0, 3, 5),
    photos: Uint32Array.of(0, 1, 2, 0, 1),
    places: Float32Array.of(10, 20, 50, 60, 1, 2, 30.5, 40, 70, 80),
    certainty: Float32Array.of(0.75, 0.5),
  },
};
const TRACKS = [Uint32Array.of(0, 1), Uint32Array.of(0, 1), Uint32Array.of(0)];

describe('a set as files', () => {
  test('COLMAP’s database: shared keypoints, cameras by size and focal length', async () => {
    const { Database } = await initSqlJs();
    const db = new Database(writeColmapSet(new Database(), CONTENT, 'shared'));
    const rows = (sql: string) => db.exec(sql)[0]?.values ?? [];
    expect(rows('SELECT camera_id, model, width, prior_focal_length FROM cameras')).toEqual([
      [1, 2, 640, 0],
      [2, 2, 800, 1],
    ]);
    expect(rows('SELECT image_id, name, camera_id FROM images')).toEqual([
      [1, 'a, b.jpg', 1],
      [2, 'c.jpg', 1],
      [3, 'd.jpg', 2],
    ]);
    const [[data]] = rows('SELECT data FROM keypoints WHERE image_id = 1') as [[Uint8Array]];
    expect([...new Float32Array(data.slice().buffer)]).toEqual([10, 20, 30.5, 40]);
    expect(rows('SELECT pair_id, m.rows, v.rows FROM matches m JOIN two_view_geometries v USING (pair_id)')).toEqual([
      [pairId(1, 2), 2, 1],
      [pairId(1, 3), 1, 1],
    ]);
    const [[params]] = rows('SELECT params FROM cameras WHERE camera_id = 2') as [[Uint8Array]];
    expect([...new Float64Array(params.slice().buffer)]).toEqual([900, 400, 300, 0]);
    db.close();
    const each = new Database(writeColmapSet(new Database(), CONTENT, 'each'));
    expect(each.exec('SELECT count(*) FROM cameras')[0].values).toEqual([[3]]);
    openAsColmap4(each);
    const read = readAsColmap4(each);
    expect(read.images.map(({ camera_id }) => camera_id)).toEqual([1, 2, 3]);
    expect(read.geometries.map(({ pair, inliers }) => [...pair, inliers])).toEqual([
      [1, 2, 1],
      [1, 3, 1],
    ]);
    each.close();
  });

  test('COLMAP’s text: keypoints, and matches that the geometry explains', () => {
    const files = colmapSetText(CONTENT, 'shared');
    expect(files.get('features/c.jpg.txt')!.split('\n')[1]).toMatch(/^50\.000 60\.000 1 0( 0){128}$/);
    expect(files.get('matches.txt')).toBe('a, b.jpg c.jpg\n0 0\n\na, b.jpg d.jpg\n0 0\n\n');
  });

  test('measured cameras are written as they were told, and are found again by the photos’ names', async () => {
    const { size } = CONTENT.photos[0];
    const short = cameraOfText('SIMPLE_RADIAL,640,480,555,321,239,-0.1')!;
    const fisheye = cameraOfText('RAD_TAN_THIN_PRISM_FISHEYE,640,480,400,401,320,240,1,2,3,4,5,6,7,8,9,10,11,12')!;
    const told = [short, fisheye, null];
    const photos = CONTENT.photos.map((photo, i) => ({ ...photo, name: `photo ${i}.jpg`, size, camera: told[i] }));
    const measured = { ...CONTENT, photos };
    const { Database } = await initSqlJs();
    const db = new Database(writeColmapSet(new Database(), measured, 'shared'));
    const rows = db.exec('SELECT model, params, prior_focal_length FROM cameras')[0].values as [
      number,
      Uint8Array,
      number,
    ][];
    expect(rows.map(([model, params, prior]) => [model, [...new Float64Array(params.slice().buffer)], prior])).toEqual([
      [2, [555, 321, 239, -0.1], 1],
      [11, [400, 401, 320, 240, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1],
      [2, [900, 320, 240, 0], 1],
    ]);
    openAsColmap4(db);
    expect(readAsColmap4(db).cameras.map(({ params }) => params.length)).toEqual([4, 16, 4]);
    db.close();
    const files = ['cameras.txt', 'images.txt'].map((name) => ({
      name,
      text: colmapSetText(measured, 'shared').get(name)!,
    }));
    const { cameras, refused } = await camerasOfPhotos(files, photos);
    expect(refused).toEqual([]);
    expect(cameras.slice(0, 2)).toEqual([short, fisheye]);
    expect(JSON.parse(encodeTracksJson(measured)).photos[0].camera).toEqual({
      model: 'SIMPLE_RADIAL',
      params: [555, 321, 239, -0.1],
    });
    // Photos of one camera share it, whatever else they are.
    const alike = { ...measured, photos: photos.map((photo) => ({ ...photo, camera: short })) };
    const shared = new Database(writeColmapSet(new Database(), alike, 'shared'));
    expect(shared.exec('SELECT count(*) FROM cameras')[0].values).toEqual([[1]]);
    shared.close();
  });

  test('hloc: the first pixel’s centre is 0, and photos are found by both names', async () => {
    const { features, matches } = writeHloc(CONTENT, TRACKS, await openHdf5());
    const { FS } = await h5wasm.ready;
    const open = (name: string, bytes: Uint8Array) => {
      FS!.writeFile(name, bytes);
      return new h5wasm.File(name, 'r');
    };
    const read = (file: InstanceType<typeof h5wasm.File>, path: string) => {
      const dataset = file.get(path) as InstanceType<typeof h5wasm.Dataset>;
      return { shape: dataset.shape, values: [...(dataset.value as Float32Array)] };
    };
    const f = open('f.h5', features);
    expect(f.keys().sort()).toEqual(['a, b.jpg', 'c.jpg', 'd.jpg']);
    expect(read(f, 'a, b.jpg/keypoints')).toEqual({ shape: [2, 2], values: [9.5, 19.5, 30, 39.5] });
    expect(read(f, 'd.jpg/image_size').values).toEqual([800, 600]);
    f.close();
    const m = open('m.h5', matches);
    expect(read(m, 'a, b.jpg/c.jpg/matches0')).toEqual({ shape: [2], values: [0, -1] });
    expect(read(m, 'a, b.jpg/d.jpg/matching_scores0').values).toEqual([0.75, 0]);
    m.close();
  });

  test('tracks as a table and as JSON say the same', () => {
    const lines = encodeTracksCsv(CONTENT).trim().split('\n');
    expect(lines.slice(3, 5)).toEqual(['track,photo,x,y,certainty', '0,"a, b.jpg",10.000,20.000,0.7500']);
    expect(lines).toHaveLength(9);
    const json = JSON.parse(encodeTracksJson(CONTENT));
    expect(json.tracks).toEqual([
      {
        certainty: 0.75,
        seen: [
          [0, 10, 20],
          [1, 50, 60],
          [2, 1, 2],
        ],
      },
      {
        certainty: 0.5,
        seen: [
          [0, 30.5, 40],
          [1, 70, 80],
        ],
      },
    ]);
    // As OpenCV counts: the first pixel's centre is 0, and both files say so.
    const zero = encodeTracksCsv(CONTENT, 0).split('\n');
    expect(zero.slice(2, 5)).toEqual([
      expect.stringContaining('is at (0, 0)'),
      'track,photo,x,y,certainty',
      '0,"a, b.jpg",9.500,19.500,0.7500',
    ]);
    const jsonZero = JSON.parse(encodeTracksJson(CONTENT, 0));
    expect([jsonZero.coordinates, jsonZero.tracks[0].seen[0]]).toEqual([
      expect.stringContaining('is at (0, 0)'),
      [0, 9.5, 19.5],
    ]);
    expect(json.photos[2]).toEqual({ name: 'd.jpg', width: 800, height: 600, focal: 900 });
  });
});

describe('a pair that is kept', () => {
  const { inliers: _, ...fitted } = geometry;
  const pair: PairFile = {
    key: 'abc',
    names: ['a.jpg', 'b.jpg'],
    verdict: {
      kind: 'good',
      sentence: 'They match.',
      overlap: { a: 0.5, b: 0.6 },
      meanCertainty: { a: 0.5, b: 0.6 },
      medianCycle: { a: 1, b: null },
    },
    geometry: fitted,
    matches: { count: 2, rows: Float32Array.of(1, 2, 3, 4, 0.5, 6, 7, 8, 9, 0.25), starts: Uint8Array.of(0, 1) },
  };

  test('comes back as it was', async () => {
    expect(await parsePairFile(await encodePairFile(pair))).toEqual(pair);
    const none = { ...pair, matches: { count: 0, rows: new Float32Array(), starts: new Uint8Array() } };
    expect(await parsePairFile(await encodePairFile(none))).toEqual(none);
    const measured = { ...pair, cameras: ['PINHOLE,640,480,1,1,1,1', null] as const };
    expect(await parsePairFile(await encodePairFile(measured))).toEqual(measured);
  });

  test('damage is told, never believed', async () => {
    const whole = await encodePairFile(pair);
    let refused = 0;
    for (let i = 0; i < 400; i++) {
      const bytes = whole.slice(0, i % 3 === 0 ? Math.floor((i / 400) * whole.length) : whole.length);
      for (let k = 0; k < 1 + (i % 4) && bytes.length; k++)
        bytes[(i * 7919 + k * 104729) % bytes.length] ^= 1 << ((i + k) % 8);
      await parsePairFile(bytes).then(
        (read) => expect(read.matches.rows).toHaveLength(5 * read.matches.count),
        (thrown) => {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/malformed|limit|unsupported|truncated/) });
          refused++;
        },
      );
    }
    expect(refused).toBeGreaterThan(300);
  });

  test.each([
    ['a matrix of eight numbers', { geometry: { ...fitted, fundamental: [1, 2, 3, 4, 5, 6, 7, 8] } }],
    ['a geometry of no known kind', { geometry: { ...fitted, config: 'toString' } }],
    ['rows that are no numbers', { matches: { ...pair.matches, rows: new Float32Array(10).fill(Number.NaN) } }],
    ['a side that is none', { matches: { ...pair.matches, starts: Uint8Array.of(0, 2) } }],
    ['no names', { names: ['a.jpg'] }],
  ])('%s is refused', async (_name, change) => {
    const bytes = await encodePairFile({ ...pair, ...change } as PairFile);
    await expect(parsePairFile(bytes)).rejects.toMatchObject({ code: 'set-pair-malformed' });
  });
});
