import { expect, it } from 'vitest';
import { sampleMatches } from '../../../../compute/sample-matches/cpu.ts';
import { cameraAt, photoOf, SIZE } from '../../../../gaussians/two-view/two-planes.test-helper.ts';
import { DEFAULT_FIT } from '../../params.ts';
import { type Fitted, fitMatch } from '../geometry/fit-match.ts';
import { networkInput } from './network-input.ts';

const GRID = { width: 80, height: 60 };
const FOCAL = { a: 150, b: 195 };
const MANIFEST = {
  name: 'A network',
  input: { width: 64, height: 64 },
  near: 0.5,
  far: 100,
  gaussians: { channels: 37 as const, scaleMin: 1e-10, scaleMax: 3 },
};

/** A wall at 6 baselines and a board at 3, photographed with lenses of two focal lengths, and the exact match of both. */
async function matched() {
  const cameras = { a: cameraAt(0, FOCAL.a), b: cameraAt(1, FOCAL.b) };
  const photos = { a: photoOf(cameras.a, cameras.b, GRID), b: photoOf(cameras.b, cameras.a, GRID) };
  const fields = {
    a: { ...photos.a.field, photo: SIZE },
    b: { ...photos.b.field, photo: SIZE },
  };
  const fitted: Fitted = await fitMatch(
    { settings: { ...DEFAULT_FIT, model: 'essential', count: 1500 }, certainty: 0.3, cycleLimit: 0 },
    {
      photos: { a: SIZE, b: SIZE },
      exifFocal: FOCAL,
      verdict: 'good',
      sample: async (options) => sampleMatches(fields, options).rows,
      readField: async (side) => fields[side],
    },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  const pixels = { a: photos.a.pixels, b: photos.b.pixels } as Parameters<typeof networkInput>[0]['pixels'];
  return { cameras, matched: { pixels, photos: { a: SIZE, b: SIZE }, fields, fitted } };
}

it('gives the middle of both photos, each with its own lens, and how near things are', async () => {
  const { cameras, matched: pair } = await matched();
  const input = networkInput(pair, MANIFEST);
  expect(input.image).toHaveLength(6 * 64 * 64);
  expect(input.image.every((value) => value >= 0 && value <= 1)).toBe(true);
  for (const side of ['a', 'b'] as const) {
    expect(input.cameras[side]).toMatchObject({ fx: FOCAL[side], fy: FOCAL[side], cx: 80, cy: 60, ...SIZE });
  }
  // The board at 3 baselines (1.0016 units) is the nearest thing that both show.
  expect(input.nearDepth).toBeGreaterThan(2.7);
  expect(input.nearDepth).toBeLessThan(3.2);
  const cosine = [0, 1, 2].reduce(
    (sum, k) =>
      sum + (input.cameras.b.translation[k] * cameras.b.translation[k]) / Math.hypot(...cameras.b.translation),
    0,
  );
  expect(cosine).toBeGreaterThan(0.999);
  // What B does not show of A (its left edge) is not what scales are judged by.
  const share = input.covisible!.a.reduce((sum, value) => sum + value, 0) / (64 * 64);
  expect(share).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(1);
  // The middle of the photo is the middle of the input: 120 px high, scaled to 64.
  const { data } = pair.pixels.a;
  const middle = 4 * (60 * 160 + 80);
  expect(input.image[32 * 64 + 32] * 255).toBeCloseTo(data[middle], -1.4);
});

it('refuses a network of depth alone, and a fit without cameras', async () => {
  const { matched: pair } = await matched();
  const code = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(() => networkInput(pair, { ...MANIFEST, gaussians: null }))).toBe('scene-needs-gaussians');
  const none = { ...pair.fitted, result: { ...pair.fitted.result, cameras: null } };
  expect(code(() => networkInput({ ...pair, fitted: none }, MANIFEST))).toBe('scene-no-depth');
  const outliers = { ...pair.fitted.result, inliers: new Uint8Array(pair.fitted.result.inliers.length) };
  expect(code(() => networkInput({ ...pair, fitted: { ...pair.fitted, result: outliers } }, MANIFEST))).toBe(
    'scene-no-depth',
  );
});
