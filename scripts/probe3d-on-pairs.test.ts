import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FeatureMap } from '../src/core/feature-map.ts';
import type { Side } from '../src/core/geometry.ts';
import type { DatasetPair } from '../src/exports/dataset/pair-files.ts';
import { truthNpz } from '../src/exports/dataset/truth-npz.ts';
import { datasetPair } from '../src/exports/scene-dataset/scene-files.ts';
import { centreCrop, NAVI_RULES, SCANNET_RULES } from '../src/features/probe3d.ts';
import { activate } from '../src/gaussians/activate.ts';
import { aside, PROOF_SCENES, proofCamera } from '../src/gaussians/pairs/proof-scenes.test-helper.ts';
import { pairOf } from '../src/gaussians/pairs/scene-pair.ts';
import { renderSplats } from '../src/gaussians/raster/render.ts';
import { seededRandom } from '../src/geometry/random.ts';
import { Photo } from '../src/matching/photos/photo.ts';
import type { Encoding } from '../src/pages/compare/contract.ts';
import { CpuFeatureMaths, encoded } from '../src/pages/compare/worker/feature-maths.ts';
import type { FeatureStore } from '../src/pages/compare/worker/feature-store.ts';
import { scoreProbe } from '../src/pages/compare/worker/probe-scorer.ts';
import { readTruth } from '../src/pages/compare/worker/truth/read-truth.ts';
import { liftedFrame } from './node/lifted-frame.test-helper.ts';

/**
 * Probe3D's protocols on what the Lift and the Scene page hand to Compare: an encoder that knows where every place lies in space
 * finds nearly all of them, which it does only where depth, cameras and pose are read as they were written.
 */

type Pair = Omit<DatasetPair, 'colour'>;

const RULES = { 'probe3d-navi': NAVI_RULES, 'probe3d-scannet': SCANNET_RULES } as const;
const FREQUENCIES = 20;

/** A pair of which A's depth is known in the middle alone: all of it would be 400 million comparisons. */
function aboutTheMiddle(pair: Pair): Pair {
  const { width, height } = pair.size;
  const isMiddle = (i: number): boolean =>
    Math.abs((i % width) - width / 2) < width / 12 && Math.abs(Math.floor(i / width) - height / 2) < height / 12;
  return { ...pair, depth: { ...pair.depth, a: pair.depth.a.map((z, i) => (isMiddle(i) ? z : 0)) } };
}

/** Where a pixel's surface lies in A's frame. */
function pointOf({ size, depth, cameras: { pose: p, ...k } }: Pair, side: Side, at: number) {
  const z = depth[side][at];
  const x = (((at % size.width) + 0.5 - k[side][2]) / k[side][0]) * z;
  const y = ((Math.floor(at / size.width) + 0.5 - k[side][5]) / k[side][4]) * z;
  if (side === 'a') return [x, y, z];
  const [u, v, w] = [x - p[3], y - p[7], z - p[11]];
  return [0, 1, 2].map((i) => p[i] * u + p[4 + i] * v + p[8 + i] * w);
}

/** Waves through space: places are alike where they are near each other, and by chance nowhere else. */
function waves(pair: Pair, side: Side, rules: (typeof RULES)[keyof typeof RULES]): FeatureMap {
  const random = seededRandom(5);
  const middle = [...pair.depth.a].filter((z) => z > 0).sort((p, q) => p - q);
  const scale = 12 / middle[middle.length >> 1];
  const directions = Array.from({ length: FREQUENCIES }, () => [0, 1, 2].map(() => scale * (2 * random() - 1)));
  const crop = centreCrop(pair.size, rules.image);
  const { grid } = rules;
  const values = new Float32Array(grid.width * grid.height * 2 * FREQUENCIES);
  for (let i = 0; i < grid.width * grid.height; i += 1) {
    const x = crop.x + (((i % grid.width) + 0.5) / grid.width) * crop.width;
    const y = crop.y + ((Math.floor(i / grid.width) + 0.5) / grid.height) * crop.height;
    const at = Math.floor(y * pair.size.height) * pair.size.width + Math.floor(x * pair.size.width);
    const point = pointOf(pair, side, at);
    for (const [k, direction] of directions.entries()) {
      const phase = direction.reduce((sum, value, axis) => sum + value * point[axis], 0);
      values[2 * (i * FREQUENCIES + k)] = Math.cos(phase);
      values[2 * (i * FREQUENCIES + k) + 1] = Math.sin(phase);
    }
  }
  return { grid, channels: 2 * FREQUENCIES, values };
}

async function lifted(): Promise<Pair> {
  const frame = await liftedFrame('still-life', 3);
  return { ...frame, cameras: frame.facts.cameras };
}

async function splats(): Promise<Pair> {
  const gaussians = activate(PROOF_SCENES.coarseSphere().table);
  const view = (camera: ReturnType<typeof proofCamera>) => ({ camera, maps: renderSplats(gaussians, camera) });
  return datasetPair(pairOf(view(proofCamera()), view(aside(proofCamera(), 20)), 'plane'));
}

describe.each([
  ['a lifted photo', lifted],
  ['a scene of Gaussians', splats],
])('Probe3D’s protocols on a pair of %s', (_, make) => {
  let pair: Pair;
  beforeAll(async () => {
    pair = aboutTheMiddle(await make());
    vi.stubGlobal('createImageBitmap', async () => ({ width: 1, height: 1, close() {} }));
  }, 60_000);
  afterAll(() => void vi.unstubAllGlobals());

  const photo = () =>
    new Photo(
      {
        bitmap: { ...pair.size, close: () => {} } as unknown as ImageBitmap,
        info: { size: pair.size, workingSize: pair.size } as Photo['info'],
        hidden: null,
      },
      null,
    );
  const score = async (protocol: keyof typeof RULES, told: Pair = pair) => {
    const bytes = new Uint8Array(await (await truthNpz(told)).arrayBuffer());
    const truth = await readTruth([{ name: 'truth.npz', bytes }], { a: pair.size, b: pair.size });
    const maps = (['a', 'b'] as const).map((side) => encoded(waves(pair, side, RULES[protocol])));
    const store = { encode: async () => ({ map: maps.shift()!, milliseconds: 1 }), forget: () => {} };
    const encoding = { encoder: { name: 'stub' }, longSide: 448 } as Encoding;
    const context = { signal: new AbortController().signal, onProgress: () => {} };
    const photos = { a: photo(), b: photo() };
    return scoreProbe(
      store as unknown as FeatureStore,
      new CpuFeatureMaths(),
      encoding,
      photos,
      truth,
      protocol,
      context,
    );
  };

  it.each(Object.keys(RULES) as (keyof typeof RULES)[])('%s: who knows the places finds them', async (protocol) => {
    const { places, recall, viewpoint } = await score(protocol);
    const { spaceThresholds, pixelThresholds } = RULES[protocol];
    expect(places).toBeGreaterThan(100);
    expect(viewpoint).toBeGreaterThan(5);
    expect(recall).toHaveLength(spaceThresholds.length + pixelThresholds.length);
    // The middle one of the distances in pixels; B does not show all that is asked for.
    expect(recall[spaceThresholds.length + 1]).toBeGreaterThan(0.75);
  });

  it('a pose of the other direction: nothing is found', async () => {
    const [x, y, z] = [3, 7, 11].map((i) => -pair.cameras.pose[i]);
    const pose = pair.cameras.pose.with(3, x).with(7, y).with(11, z);
    const { recall } = await score('probe3d-scannet', { ...pair, cameras: { ...pair.cameras, pose } });
    expect(recall[1]).toBeLessThan(0.1);
  });
});
