import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/core/errors.ts';
import type { Matrix3 } from '../../../src/core/matrix3.ts';
import { encodeNpy, npyOfFloat32 } from '../../../src/formats/arrays/npy.ts';
import { readNumpyObjects } from '../../../src/formats/arrays/numpy-objects.ts';
import { bytesSource } from '../../../src/formats/byte-source.ts';
import { DAMAGES } from '../../../src/formats/damage.test-helper.ts';
import { randomNumbers } from '../../../src/formats/fixtures.test-helper.ts';
import { loadMatcher, modelIds } from '../../node/load-matcher.ts';
import type { NodeMatcher } from '../../node/match-pair.ts';
import { ROOT } from '../../node/tools.mjs';
import { evaluatePair, type PairResult } from '../evaluate-pair.ts';
import { scaledCamera } from '../measure-published.ts';
import { type EvaluationPair, readPairs } from '../pairs.ts';
import { longSide, type Protocol, protocolOf } from '../protocols.ts';
import { resizeAveraged, resizeBilinear } from '../resize-photo.ts';
import { publishedTable } from '../tables.ts';
import { denseTruth } from '../truth.ts';
import { readHdf5 } from '../read-hdf5.ts';
import { readListedPairs } from './index.ts';
import { fromParts, inverted, relative } from './poses.ts';

const FIXTURES = join(ROOT, 'scripts', 'evaluate', 'fixtures');
const SAMPLES = join(ROOT, 'public', 'samples');
const samples = new Map(readPairs(join(SAMPLES, 'pairs.json')).map((pair) => [pair.scene, pair]));
const STILL = samples.get('still-life')!;
const SQUARE = samples.get('square')!;
const SIZE = { width: 640, height: 480 };
/** Where the made cameras stand in the world; any place will do. */
const WORLD = fromParts([0, 0, 1, 0, 1, 0, -1, 0, 0], [2, -1, 3]);
const IDENTITY = fromParts([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);

const folder = mkdtempSync(join(tmpdir(), 'benchmarks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** World to camera for the two photos of a pair. */
const poses = ({ cameras }: EvaluationPair) => ({ a: WORLD, b: relative(inverted(WORLD), cameras!.T) });
/** Three decimals more than the lists themselves have. */
const line = (values: readonly number[]) => values.map((value) => value.toPrecision(12)).join(' ');
const rotation = (m: readonly number[]) => [0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => m[i]);
const translation = (m: readonly number[]) => [3, 7, 11].map((i) => m[i]);

function put(path: string, content: string | Uint8Array): string {
  const at = join(folder, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, content);
  return at;
}
const copy = (from: string, to: string) => put(to, readFileSync(from));
const photo = (pair: EvaluationPair, side: 'a' | 'b', to: string) => copy(pair[side], to);

beforeAll(() => {
  for (const pair of [STILL, SQUARE]) {
    for (const side of ['a', 'b'] as const) {
      const name = `${pair.scene}-${side}.jpg`;
      photo(pair, side, `megadepth/Undistorted_SfM/0015/images/${name}`);
      photo(pair, side, `glue/images/0015/${name}`);
      photo(pair, side, `posed/images/${name}`);
    }
  }
  for (const name of ['0015_0.1_0.3.npz', '0022_0.1_0.3.npz']) copy(join(FIXTURES, name), `loftr/${name}`);
  for (const name of ['test.npz', 'intrinsics.npz']) copy(join(FIXTURES, name), `scannet-loftr/${name}`);
  copy(join(FIXTURES, 'test.npz'), 'scannet-xfeat/test.npz');
  photo(STILL, 'a', 'scannet/scene0707_00/color/15.jpg');
  photo(STILL, 'b', 'scannet/scene0707_00/color/585.jpg');
  photo(SQUARE, 'a', 'scannet/scene0708_01/color/0.jpg');
  photo(SQUARE, 'b', 'scannet/scene0708_01/color/45.jpg');
  put(
    'glue/pairs_calibrated.txt',
    `0015/still-life-a.jpg 0015/still-life-b.jpg ${line(STILL.cameras!.K0)} ${line(STILL.cameras!.K1)} ${line(rotation(STILL.cameras!.T))} ${line(translation(STILL.cameras!.T))}
0015/square-a.jpg 0015/square-b.jpg ${line(SQUARE.cameras!.K0)} ${line(SQUARE.cameras!.K1)} ${line([...SQUARE.cameras!.T, 0, 0, 0, 1])}\n`,
  );
  const view = (pair: EvaluationPair, side: 'a' | 'b') => {
    const pose = poses(pair)[side];
    const K = side === 'a' ? pair.cameras!.K0 : pair.cameras!.K1;
    return `${pair.scene}-${side}.jpg ${line(rotation(pose))} ${line(translation(pose))} PINHOLE 640 480 ${line([K[0], K[4], K[2], K[5]])}`;
  };
  put('posed/views.txt', [view(STILL, 'a'), view(STILL, 'b'), view(SQUARE, 'a'), view(SQUARE, 'b')].join('\n'));
  put('posed/pairs.txt', 'still-life-a.jpg still-life-b.jpg\nsquare-a.jpg square-b.jpg\n');
  const rows = (values: readonly number[], length: number) =>
    Array.from({ length: values.length / length }, (_, i) => values.slice(length * i, length * (i + 1)));
  put(
    'xfeat.json',
    JSON.stringify(
      [STILL, SQUARE].map((pair) => ({
        image0: null,
        pair_names: ['a', 'b'].map((side) => `Undistorted_SfM/0015/images/${pair.scene}-${side}.jpg`),
        K0: rows(pair.cameras!.K0, 3),
        K1: rows(pair.cameras!.K1, 3),
        T_0to1: [...rows(pair.cameras!.T, 4), [0, 0, 0, 1]],
        scene_id: '0015_0',
        size0_hw: [416, 544],
        size1_hw: [384, 512],
      })),
    ),
  );
});

/** A list, the folder of its photos, and whose it is. */
const LAYOUTS = {
  'LoFTR, a scene as a pickled dictionary': ['loftr/0015_0.1_0.3.npz', 'megadepth', 'megadepth-1500', 'loftr'],
  'LoFTR, a scene as an npz of objects': ['loftr/0022_0.1_0.3.npz', 'megadepth', 'megadepth-1500', 'loftr'],
  'LoFTR, a folder of scenes': ['loftr', 'megadepth', 'megadepth-1500', 'loftr'],
  'glue-factory, calibrated pairs': ['glue/pairs_calibrated.txt', 'glue/images', 'megadepth-1500', 'glue-factory'],
  'glue-factory, posed views': ['posed', null, 'megadepth-1500', 'glue-factory'],
  'XFeat, JSON': ['xfeat.json', 'megadepth', 'megadepth-1500', 'xfeat'],
  'ScanNet, LoFTR': ['scannet-loftr/test.npz', 'scannet', 'scannet-1500', 'loftr'],
} as const;

let matcher: NodeMatcher;
beforeAll(async () => {
  matcher = await loadMatcher(modelIds()[0]);
});

describe.each(Object.entries(LAYOUTS))('%s', (_, [list, images, benchmark, protocol]) => {
  it('gives the pairs with their cameras and poses, and a pose by its protocol', async () => {
    const listed = await readListedPairs(join(folder, list), images && join(folder, images));
    expect(listed).toMatchObject({ benchmark, protocol });
    expect(listed.pairs).toHaveLength(list === 'loftr' ? 4 : 2);
    for (const [i, truth] of [STILL, SQUARE].entries()) {
      const { cameras, a, b } = listed.pairs[i];
      expect(readFileSync(a).equals(readFileSync(truth.a))).toBe(true);
      expect(readFileSync(b).equals(readFileSync(truth.b))).toBe(true);
      // ScanNet's lists have one camera a scene, those of LoFTR poses in single precision.
      expectNear(cameras!.K0, truth.cameras!.K0, 1e-6);
      if (benchmark === 'megadepth-1500') expectNear(cameras!.K1, truth.cameras!.K1, 1e-6);
      expectNear(cameras!.T, truth.cameras!.T, benchmark === 'scannet-1500' ? 1e-6 : 1e-8);
    }
    const still = { ...listed.pairs[0], cameras: { ...listed.pairs[0].cameras!, K1: STILL.cameras!.K1 } };
    // Small, and fewer samples: what is resized by whom is tested below.
    const own = { ...protocolOf(protocol, benchmark), iterations: 300 };
    const quick = benchmark === 'scannet-1500' ? own : { ...own, resize: longSide(320, 8) };
    const result = await evaluatePair(matcher, still, SETTINGS, quick);
    expect(result.pose).toBeUndefined();
    expect(Math.min(...result.published!.errors)).toBeLessThan(3);
    expect(result.published).toMatchObject({ own: false });
    expect(result.published!.matches).toBeGreaterThan(1000);
  });
});

const SETTINGS = { size: 224, rescue: false };

function expectNear(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(found[i] - wanted[i])).toBeLessThan(tolerance);
}

describe('ScanNet as XFeat and RoMa have it', () => {
  it('takes the camera of the colour pictures and, where they are there, the poses of the frames', async () => {
    const K = STILL.cameras!.K0;
    for (const scene of ['scene0707_00', 'scene0708_01']) {
      put(
        `scannet/${scene}/intrinsic/intrinsic_color.txt`,
        `${line([K[0], 0, K[2], 0])}\n${line([0, K[4], K[5], 0])}\n0 0 1 0\n0 0 0 1\n`,
      );
    }
    // Another pose than the list's, so that it shows which is taken.
    const moved = fromParts([1, 0, 0, 0, 1, 0, 0, 0, 1], [0.5, 0, 0]);
    put('scannet/scene0707_00/pose/15.txt', line([...IDENTITY, 0, 0, 0, 1]));
    put('scannet/scene0707_00/pose/585.txt', line([...moved, 0, 0, 0, 1]));
    const { pairs, protocol } = await readListedPairs(join(folder, 'scannet-xfeat/test.npz'), join(folder, 'scannet'));
    expect(protocol).toBe('xfeat');
    expectNear(pairs[0].cameras!.K0, K, 1e-9);
    // Camera to world, so that the points of a camera that moved by +x come nearer.
    expectNear(pairs[0].cameras!.T, inverted(moved), 1e-9);
    expectNear(pairs[1].cameras!.T, SQUARE.cameras!.T, 1e-6);
    expect(pairs[0].published).toEqual({});
  });
});

describe('protocols', () => {
  it('resize as their authors do', () => {
    expect(longSide(840, 8)({ width: 1600, height: 1067 })).toEqual({ width: 840, height: 560 });
    expect(longSide(1200, 32)({ width: 1271, height: 953 })).toEqual({ width: 1184, height: 896 });
    expect(longSide(1600)({ width: 1067, height: 1600 })).toEqual({ width: 1067, height: 1600 });
    expect(protocolOf('loftr', 'scannet-1500').resize!({ width: 1296, height: 968 })).toEqual(SIZE);
    expect(protocolOf('roma', 'megadepth-1500').measuredAt({ width: 1600, height: 800 }, SIZE)).toEqual({
      width: 1200,
      height: 600,
    });
    expect(protocolOf('xfeat', 'scannet-1500').thresholds).toEqual([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6]);
  });

  it('resize a ramp without moving it', () => {
    const ramp = (width: number, height: number) => ({
      width,
      height,
      data: Uint8ClampedArray.from(
        { length: 4 * width * height },
        (_, i) => (255 * (((i >> 2) % width) + 0.5)) / width,
      ),
    });
    for (const resized of [resizeBilinear, resizeAveraged]) {
      const { data } = resized(ramp(96, 6), { width: 48, height: 3 });
      for (let x = 1; x < 47; x++) expect(Math.abs(data[4 * (48 + x)] - (255 * (x + 0.5)) / 48)).toBeLessThan(1.5);
    }
    const K: Matrix3 = [100, 0, 48, 0, 100, 3, 0, 0, 1];
    expect(scaledCamera(K, { width: 96, height: 6 }, { width: 48, height: 3 })).toEqual([
      50, 0, 24, 0, 50, 1.5, 0, 0, 1,
    ]);
  });

  // By hand as LoFTR's error_auc has it: for 1° and 4° and 5°, (0.25 + 2.25 + 1) / 5.
  it('choose the best of several thresholds by the mean of the areas', () => {
    const result = (scene: string, errors: number[]) =>
      ({ scene, published: { errors, matches: 10, own: true } }) as unknown as PairResult;
    const protocol: Protocol = { ...protocolOf('xfeat', 'scannet-1500'), thresholds: [0.5, 1] };
    const table = publishedTable([result('p', [9, 1]), result('q', [180, 4])], protocol)!;
    expect(table.rows).toEqual([
      ['p', '1', '1', '90.0', '95.0', '97.5', '10', 'own'],
      ['q', '1', '1', '60.0', '80.0', '90.0', '10', 'own'],
      ['all, at another threshold', '0.5', '2', '0.0', '27.5', '38.8', '10', 'own'],
      ['all', '1', '2', '70.0', '85.0', '92.5', '10', 'own'],
    ]);
  });
});

describe('depth maps', () => {
  const wanted = Float32Array.from({ length: 77 }, (_, i) => i / 4);

  it.each(['contiguous', 'chunked', 'shuffled', 'latest'])('as HDF5, %s', async (name) => {
    const { shape, values } = await readHdf5(readFileSync(join(FIXTURES, `${name}.h5`)), 'depth');
    expect(shape).toEqual([7, 11]);
    expect(values).toEqual(wanted);
  });

  it('without the dataset, or damaged, are refused by name', async () => {
    const file = readFileSync(join(FIXTURES, 'chunked.h5'));
    await expect(readHdf5(file, 'height')).rejects.toMatchObject({ code: 'hdf5-malformed' });
    await expect(readHdf5(file.subarray(0, 900), 'depth')).rejects.toMatchObject({ code: 'hdf5-malformed' });
  });

  it('tell where a place lies in the other photo, whatever the size it is matched at', async () => {
    // A wall five away and a camera that moved by one to the right; a post at two stands in B's middle.
    const metres = (values: Float32Array<ArrayBuffer>) => encodeNpy(npyOfFloat32(values, [48, 64]));
    const a = put('depth/a.npy', metres(new Float32Array(64 * 48).fill(5)));
    const png = new PNG({ width: 64, height: 48, bitDepth: 16, colorType: 0, inputColorType: 0 } as never);
    const post = (x: number) => x >= 20 && x < 24;
    png.data = Buffer.from(
      new Uint16Array(Array.from({ length: 64 * 48 }, (_, i) => (post(i % 64) ? 2000 : 5000))).buffer,
    ) as never;
    const b = put(
      'depth/b.png',
      PNG.sync.write(png, { bitDepth: 16, colorType: 0, inputColorType: 0, inputHasAlpha: false } as never),
    );
    const K: Matrix3 = [500, 0, 320, 0, 500, 240, 0, 0, 1];
    const pair: EvaluationPair = {
      ...STILL,
      kind: 'pose',
      cameras: { K0: K, K1: K, T: fromParts([1, 0, 0, 0, 1, 0, 0, 0, 1], [-1, 0, 0]) },
      published: { cameraSize: SIZE, depths: { a, b } },
    };
    const half = { width: 320, height: 240 };
    const truth = (await denseTruth(pair, { a: half, b: SIZE }, { a: { width: 1280, height: 960 }, b: SIZE }))!;
    // 200 of 640 pixels left of A's x = 300: f · 1 / 5 = 100 pixels.
    expect(truth.at(150, 100)!.x).toBeCloseTo(200, 6);
    expect(truth.at(150, 100)!.y).toBeCloseTo(200, 6);
    expect(truth.at(165, 100)).toBeNull();
    expect(truth.grid).toEqual(SIZE);
  });
});

describe('damaged lists', () => {
  it('are refused with a code, 500 of each kind', async () => {
    const npz = ['0015_0.1_0.3.npz', '0022_0.1_0.3.npz'].map((name) => readFileSync(join(FIXTURES, name)));
    const h5 = ['contiguous', 'chunked', 'shuffled'].map((name) => readFileSync(join(FIXTURES, `${name}.h5`)));
    const random = randomNumbers(16);
    let refused = 0;
    for (let i = 0; i < 500; i++) {
      const damage = DAMAGES[i % DAMAGES.length];
      const pick = <T>(files: T[]) => files[Math.floor(random() * files.length)];
      const attempts = [
        () => readNumpyObjects(bytesSource(damage(pick(npz), random))),
        () => readHdf5(damage(pick(h5), random), 'depth'),
      ];
      for (const attempt of attempts) {
        const thrown = await attempt().then(
          () => null,
          (error: unknown) => error,
        );
        if (thrown === null) continue;
        expect(thrown).toBeInstanceOf(CodedError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(200);
  });

  it('say what they lack', async () => {
    const refuses = (path: string, pattern: RegExp) =>
      expect(readListedPairs(join(folder, path), folder)).rejects.toThrow(pattern);
    put('bad/pairs.txt', 'a.jpg b.jpg 1 2 3\n');
    await refuses('bad/pairs.txt', /line 1 needs two names/);
    put('bad/list.json', JSON.stringify([{ pair_names: ['a', 'b'], K0: [1] }]));
    await refuses('bad/list.json', /pair 0 needs pair_names, K0/);
    await refuses('bad', /holds no list/);
    await refuses('nowhere', /does not exist/);
    cpSync(join(FIXTURES, 'test.npz'), join(folder, 'bad', 'test.npz'));
    await refuses('bad/test.npz', /scene0707_00 has no camera/);
    put('posed-bad/views.txt', 'a.jpg 1 0 0 0 1 0 0 0 1 0 0 0 PINHOLE 640 480 500 500 320 240');
    put('posed-bad/pairs.txt', 'a.jpg b.jpg');
    await refuses('posed-bad', /line 1 names a view/);
  });
});
