import { beforeAll, describe, expect, it } from 'vitest';
import { sampleMatches } from '../../src/compute/sample-matches/cpu.ts';
import type { Side } from '../../src/core/geometry.ts';
import type { SweepInputs } from '../../src/gaussians/depthsplat/cameras.ts';
import {
  makeScene,
  type NetworkScene,
  type SceneInput,
  type TwoViewOutput,
} from '../../src/gaussians/depthsplat/scene.ts';
import type { PlainFrame } from '../../src/pages/lift/worker/drawing/frame.ts';
import { DEFAULT_FIT } from '../../src/pages/match/params.ts';
import { type Fitted, fitMatch } from '../../src/pages/match/worker/geometry/fit-match.ts';
import { type MatchedPhotos, networkInput } from '../../src/pages/match/worker/network-scene/network-input.ts';
import { liftedFrame } from '../node/lifted-frame.test-helper.ts';

/**
 * The scale that DepthSplat's front end chooses on lifted pairs, whose depth is known: pose from matches by the page's own fit,
 * near depth by its triangulation, factors by its search. The network's place is taken by a plane sweep, so that the search is
 * judged and not random weights: it knows what the network is given (two photos and the sweep's inputs), has the network's 128
 * candidates between the same bounds, and takes at every pixel the one at which the photos look alike.
 */

const SIZE = { width: 72, height: 48 };
const PIXELS = SIZE.width * SIZE.height;
const MANIFEST = {
  name: 'A plane sweep',
  input: SIZE,
  near: 0.5,
  far: 100,
  gaussians: { channels: 37 as const, scaleMin: 1e-10, scaleMax: 3 },
};
const CANDIDATES = 128;
/** What a place that the other photo does not show counts as. */
const UNLIKE = 0.25;

/** Lifted views of a sample photo as the page would have matched them. */
async function liftedPair(sample: string, seed: number): Promise<{ frame: PlainFrame; pair: MatchedPhotos }> {
  const frame = await liftedFrame(sample, seed);
  const field = (side: Side) => ({
    photo: frame.size,
    grid: frame.size,
    warp: frame.warp[side],
    certainty: Float32Array.from(frame.visible[side], (seen) => 0.98 * seen),
    cycle: new Float32Array(frame.visible[side].length),
  });
  const fields = { a: field('a'), b: field('b') };
  const photos = { a: frame.size, b: frame.size };
  const fitted: Fitted = await fitMatch(
    { settings: { ...DEFAULT_FIT, model: 'essential', count: 1500 }, certainty: 0.3, cycleLimit: 0 },
    {
      photos,
      exifFocal: { a: frame.cameras.a.fx, b: frame.cameras.b.fx },
      verdict: 'good',
      sample: async (options) => sampleMatches(fields, options).rows,
      readField: async (side) => fields[side],
    },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  const pixels = {
    a: { data: frame.colour.a, ...frame.size },
    b: { data: frame.colour.b, ...frame.size },
  };
  return { frame, pair: { pixels, photos, fields, fitted } };
}

/** The same pair with a pose `scale` times as long: all that follows, triangulation included, is in that unit. */
function withPoseScale(pair: MatchedPhotos, scale: number): MatchedPhotos {
  const { result } = pair.fitted;
  const [x, y, z] = result.cameras!.translation;
  const cameras = { ...result.cameras!, translation: [scale * x, scale * y, scale * z] as const };
  return { ...pair, fitted: { ...pair.fitted, result: { ...result, cameras } as Fitted['result'] } };
}

/** A plane sweep over 3×3 pixels, with Gaussians of two thirds of a pixel where it found the surface. */
function planeSweep({ image, cameras }: SceneInput) {
  return async (sweep: SweepInputs): Promise<TwoViewOutput> => {
    const depth = new Float32Array(2 * PIXELS);
    const gaussians = new Float32Array(2 * 37 * PIXELS);
    const focal = (cameras.a.fx * SIZE.width) / cameras.a.width;
    for (const view of [0, 1]) {
      const inverse = sweptInverseDepth(image, sweep, view);
      for (let i = 0; i < PIXELS; i += 1) {
        depth[view * PIXELS + i] = 1 / inverse[i];
        const put = (channel: number, value: number): void => {
          gaussians[(view * 37 + channel) * PIXELS + i] = value;
        };
        put(0, 4);
        for (const axis of [0, 1, 2]) put(3 + axis, 4 + Math.log(Math.expm1(0.66 / (inverse[i] * focal))));
        put(9, 1);
      }
    }
    return { depth, gaussians };
  };
}

function sweptInverseDepth(image: Float32Array, sweep: SweepInputs, view: number): Float32Array {
  const { width, height } = SIZE;
  const [far, near] = [sweep.inverse_far[view], sweep.inverse_near[view]];
  const step = (near - far) / (CANDIDATES - 1);
  const costs = Array.from({ length: CANDIDATES }, (_, k) => costAt(image, sweep, view, far + k * step));
  const inverse = new Float32Array(PIXELS).fill(far);
  const sums = new Float32Array(CANDIDATES);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const i = y * width + x;
      for (const [k, cost] of costs.entries()) {
        sums[k] = 0;
        for (const row of [i - width, i, i + width]) sums[k] += cost[row - 1] + cost[row] + cost[row + 1];
      }
      const best = sums.indexOf(Math.min(...sums));
      // Between candidates, as the network's expectation over them: the vertex of the parabola through three.
      const [before, at, after] = [sums[Math.max(0, best - 1)], sums[best], sums[Math.min(CANDIDATES - 1, best + 1)]];
      const bend = before - 2 * at + after;
      inverse[i] = far + step * (best + (bend > 0 ? (before - after) / (2 * bend) : 0));
    }
  }
  return inverse;
}

/** How unlike both photos are where A's pixels would lie with this inverse depth, at most {@link UNLIKE}. */
function costAt(image: Float32Array, { turn, shift }: SweepInputs, view: number, iota: number): Float32Array {
  const { width, height } = SIZE;
  const [own, other] = [view, 1 - view].map((v) => image.subarray(3 * v * PIXELS, 3 * (v + 1) * PIXELS));
  const [m, t] = [turn.subarray(9 * view), shift.subarray(3 * view)];
  const cost = new Float32Array(PIXELS).fill(UNLIKE);
  for (let i = 0; i < PIXELS; i += 1) {
    const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    const z = m[6] * x + m[7] * y + m[8] + iota * t[2];
    const u = (m[0] * x + m[1] * y + m[2] + iota * t[0]) / z - 0.5;
    const v = (m[3] * x + m[4] * y + m[5] + iota * t[1]) / z - 0.5;
    if (!(z > 0 && u >= 0 && v >= 0 && u < width - 1 && v < height - 1)) continue;
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [p, q] = [u - left, v - top];
    let sum = 0;
    for (let c = 0; c < 3; c += 1) {
      const k = c * PIXELS + top * width + left;
      const above = other[k] * (1 - p) + other[k + 1] * p;
      const below = other[k + width] * (1 - p) + other[k + width + 1] * p;
      sum += Math.abs(above * (1 - q) + below * q - own[c * PIXELS + i]);
    }
    cost[i] = Math.min(UNLIKE, sum / 3);
  }
  return cost;
}

/** Depths of A's inner pixels in baselines: what a scene says, and what is true, where both photos show the place. */
function inBaselines({ depth, baseline }: NetworkScene, { size, depth: truth, visible, cameras }: PlainFrame) {
  const unit = Math.hypot(...cameras.translation);
  const rows: { found: number; true: number }[] = [];
  const scale = Math.max(SIZE.width / size.width, SIZE.height / size.height);
  const margin = [(size.width * scale - SIZE.width) / 2, (size.height * scale - SIZE.height) / 2];
  for (let y = 1; y < SIZE.height - 1; y += 1) {
    for (let x = 1; x < SIZE.width - 1; x += 1) {
      const [column, row] = [Math.floor((x + 0.5 + margin[0]) / scale), Math.floor((y + 0.5 + margin[1]) / scale)];
      const at = row * size.width + column;
      if (visible.a[at]) rows.push({ found: depth[y * SIZE.width + x] / baseline, true: truth.a[at] / unit });
    }
  }
  return rows;
}

const middle = (values: readonly number[]): number => [...values].sort((p, q) => p - q)[values.length >> 1];

describe.each([
  ['still-life', 3],
  ['valley', 1],
])('a lifted pair of %s', (sample, seed) => {
  let frame: PlainFrame;
  let pair: MatchedPhotos;
  let reference: NetworkScene;
  const sceneAt = (input: SceneInput, factors?: readonly number[]): Promise<NetworkScene> =>
    makeScene(input, planeSweep(input), { factors });
  /** Median over the places that both photos show of found over true depth, and of how far that is from 1. */
  const judged = (scene: NetworkScene) => {
    const shares = inBaselines(scene, frame).map((row) => row.found / row.true);
    return { count: shares.length, share: middle(shares), off: middle(shares.map((share) => Math.abs(share - 1))) };
  };
  /** By how much depths in baselines differ from the reference's, all pixels, ascending. */
  const apart = (scene: NetworkScene): number[] =>
    Array.from(scene.depth, (depth, i) =>
      Math.abs((depth * reference.baseline) / (scene.baseline * reference.depth[i]) - 1),
    ).sort((p, q) => p - q);
  beforeAll(async () => {
    ({ frame, pair } = await liftedPair(sample, seed));
    reference = await sceneAt(networkInput(pair, MANIFEST));
  }, 60_000);

  it('the depth that is chosen is the true one', () => {
    const { count, share, off } = judged(reference);
    expect(count).toBeGreaterThan(PIXELS / 3);
    expect(Math.abs(share - 1)).toBeLessThan(0.03);
    // What a sweep over 72 pixels can tell.
    expect(off).toBeLessThan(0.08);
  });

  it.each([0.2, 5])('poses %f times as long: the same depth within 5 % at every pixel', async (scale) => {
    const scene = await sceneAt(networkInput(withPoseScale(pair, scale), MANIFEST));
    expect(scene.factor).toBe(reference.factor);
    expect(apart(scene).at(-1)).toBeLessThan(0.05);
  });

  it.each([0.5, 2])('the nearest things taken for %f times as far: the same depth within 5 %', async (wrong) => {
    const input = networkInput(pair, MANIFEST);
    const misled = { ...input, nearDepth: wrong * input.nearDepth };
    const scene = await sceneAt(misled);
    expect(middle(apart(scene))).toBeLessThan(0.05);
    if (wrong > 1) return;
    // Poses that are too long put everything where candidates are far apart: a shorter one is looked for, and drawn better.
    const unsearched = await sceneAt(misled, [1]);
    expect(scene.factor).toBeLessThan(1);
    expect(scene.psnr).toBeGreaterThan(unsearched.psnr + 0.1);
  });
});
