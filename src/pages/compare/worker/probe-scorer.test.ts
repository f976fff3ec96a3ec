import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeatureMap } from '../../../core/feature-map.ts';
import type { Size } from '../../../core/geometry.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import type { Encoding, ScoreProtocol } from '../contract.ts';
import type { Normalisation } from './encoder-pool.ts';
import { CpuFeatureMaths, encoded } from './feature-maths.ts';
import type { FeatureStore } from './feature-store.ts';
import { scoreProbe } from './probe-scorer.ts';
import type { Truth } from './truth/read-truth.ts';
import { readTruth } from './truth/read-truth.ts';

const CONTEXT = { signal: new AbortController().signal, onProgress: () => {} };
const ENCODING = { encoder: { name: 'stub' }, longSide: 448 } as Encoding;
const SIZE: Size = { width: 1280, height: 960 };

/** Cells with a vector of their own: a place is found where it is, and nowhere else. */
function distinct({ width, height }: Size, channels = 24): FeatureMap {
  let state = 1;
  const values = Float32Array.from({ length: width * height * channels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
  return { grid: { width, height }, channels, values };
}

/** What was asked of the encoder, and features for it. */
class Encoders {
  readonly asked: { size: Size; longSide: number; normalisation?: Normalisation }[] = [];
  readonly forgotten: string[] = [];

  constructor(private readonly maps: FeatureMap[]) {}

  async encode({ longSide }: Encoding, { size }: Photo, _: unknown, normalisation?: Normalisation) {
    this.asked.push({ size, longSide, normalisation });
    return { map: encoded(this.maps[this.asked.length - 1]), milliseconds: 1 };
  }

  forget({ key }: Photo): void {
    this.forgotten.push(key);
  }
}

describe('scoring as Probe3D does', () => {
  const cuts: number[][] = [];
  const closed = vi.fn();

  beforeEach(() => {
    cuts.length = 0;
    closed.mockClear();
    vi.stubGlobal('createImageBitmap', async (_: ImageBitmap, ...rest: [number, number, number, number, object]) => {
      cuts.push(rest.slice(0, 4) as number[]);
      return { width: 1, height: 1, close: closed };
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const photo = () =>
    new Photo(
      {
        bitmap: { ...SIZE, close: () => {} } as unknown as ImageBitmap,
        info: { size: SIZE, workingSize: SIZE } as Photo['info'],
        hidden: null,
      },
      null,
    );
  const truthOf = (content: object): Promise<Truth> =>
    readTruth([{ name: 'scene.json', bytes: new TextEncoder().encode(JSON.stringify(content)) }], { a: SIZE, b: SIZE });
  const score = (encoders: Encoders, truth: Truth, protocol: Exclude<ScoreProtocol, 'covisible'>) =>
    scoreProbe(
      encoders as unknown as FeatureStore,
      new CpuFeatureMaths(),
      ENCODING,
      { a: photo(), b: photo() },
      truth,
      protocol,
      CONTEXT,
    );

  const K = [
    [1200, 0, 640],
    [0, 1200, 480],
    [0, 0, 1],
  ];
  const STAY = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ];
  // Two of 16 × 12 cells know their depth: 2 · 10 · 10 places of ScanNet's 160 × 120.
  const depth = Array.from({ length: 12 }, (_, y) =>
    Array.from({ length: 16 }, (__, x) => Number(y === 5 && x > 6 && x < 9)),
  );
  const scene = { K, pose_ab: STAY, depth_a: depth, depth_b: depth };

  it('finds every place of the same photo, at the protocol’s size and with its normalisation', async () => {
    const map = distinct({ width: 40, height: 30 });
    const encoders = new Encoders([map, map]);
    const result = await score(encoders, await truthOf(scene), 'probe3d-scannet');
    expect(result).toEqual({ places: 200, recall: [1, 1, 1], viewpoint: 0 });
    const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
    const asked = { size: { width: 640, height: 480 }, longSide: 640, normalisation: half };
    expect(encoders.asked).toEqual([asked, asked]);
    expect(cuts).toEqual([
      [0, 0, 1280, 960],
      [0, 0, 1280, 960],
    ]);
    // Its photos and features are not kept.
    expect(closed).toHaveBeenCalledTimes(2);
    expect(encoders.forgotten).toHaveLength(2);
  });

  it('NAVI: a square about the middle, the network’s own normalisation, distances in space first', async () => {
    const map = distinct({ width: 32, height: 32 });
    const encoders = new Encoders([map, map]);
    const { places, recall } = await score(encoders, await truthOf(scene), 'probe3d-navi');
    // Each of the two cells spans 80 of the 960 pixels across, 10.67 of 128 places.
    expect(places).toBeGreaterThan(200);
    expect(recall).toEqual([1, 1, 1, 1, 1, 1]);
    expect(encoders.asked[0]).toEqual({ size: { width: 512, height: 512 }, longSide: 512, normalisation: undefined });
    expect(cuts[0]).toEqual([160, 0, 960, 960]);
  });

  it('features that say nothing find little', async () => {
    const encoders = new Encoders([distinct({ width: 40, height: 30 }), distinct({ width: 30, height: 40 })]);
    const { recall } = await score(encoders, await truthOf(scene), 'probe3d-scannet');
    expect(recall[0]).toBeLessThan(0.5);
  });

  it.each([
    ['no depth of B', { K, pose_ab: STAY, depth_a: depth }],
    [
      'no depth at all',
      {
        homography: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
    ],
    ['depth that is nowhere known', { ...scene, depth_b: depth.map((row) => row.map(() => 0)) }],
  ])('%s is told with a code', async (_, content) => {
    const map = distinct({ width: 4, height: 3 });
    await expect(score(new Encoders([map, map]), await truthOf(content), 'probe3d-scannet')).rejects.toMatchObject({
      code: 'truth-no-depth',
    });
  });
});
