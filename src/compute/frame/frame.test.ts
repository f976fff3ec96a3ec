import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Size } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import { composeBackward, composeForward, drawFrame, type PlainDecoded } from './cpu.ts';
import type { Pixels } from '../preprocess/cpu.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { randomNumbers } from '../../pages/match/testing/fields.ts';
import { FramePass } from './gpu.ts';

const SLANTED: Matrix3 = [0.9, -0.35, 0.1, 0.3, 0.8, -0.15, 0.12, -0.08, 1];
const ZOOMED_OUT: Matrix3 = [2.6, 0.3, 0, -0.2, 2.4, 0.1, 0, 0, 1];
const QUARTER_TURN: Matrix3 = [0, 1, 0, -1, 0, 0, 0, 0, 1];

let gpu: TestGpu;
let pass: FramePass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new FramePass(gpu.device, gpu.scope);
});
afterAll(() => gpu.close());

function smoothNoise(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 4; c++, i++)
        data[i] = c === 3 ? 255 : 128 + 100 * Math.sin(0.3 * x + c) * Math.cos(0.23 * y - c);
    }
  }
  return { data, width, height };
}

function decoded(grid: Size, seed: number): PlainDecoded {
  const random = randomNumbers(seed);
  const points = grid.width * grid.height;
  return {
    grid,
    warp: new Float32Array(2 * points).map(() => 2.2 * random() - 1.1),
    logit: new Float32Array(points).map(() => 12 * random() - 6),
  };
}

const upload = (plain: PlainDecoded) => ({
  grid: plain.grid,
  warp: gpu.upload('warp', plain.warp),
  logit: gpu.upload('logit', plain.logit),
});
const empty = (grid: Size) => decoded(grid, 0);
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);

describe('drawing a frame equals the reference', () => {
  test.each<[string, Matrix3, Size]>([
    ['slanted', SLANTED, { width: 33, height: 21 }],
    ['zoomed out (averages many pixels)', ZOOMED_OUT, { width: 17, height: 19 }],
    ['turned', QUARTER_TURN, { width: 24, height: 40 }],
  ])('%s', async (_, frame, size) => {
    const photo = smoothNoise(61, 43);
    const texture = gpu.uploadTexture('photo', photo.data, photo.width, photo.height);
    const usage = FramePass.pictureUsage | GPUTextureUsage.COPY_SRC;
    const picture = gpu.scope.texture('picture', { size: [size.width, size.height], format: 'rgba8unorm', usage });
    await gpu.submit((encoder) => pass.draw(encoder, texture, picture, frame));
    const expected = drawFrame(photo, frame, size).data;
    const drawn = await gpu.readTexture(picture);
    // Samples that fall on the photo's very edge may land on either side of it in float32.
    const wrong = Array.from(drawn).filter((v, i) => Math.abs(v - expected[i]) > 1).length;
    expect(wrong).toBeLessThan(0.005 * drawn.length);
  });
});

describe('a straight frame, drawn by rows and columns, is drawn as any other', () => {
  test.each<[string, Matrix3, Size]>([
    ['as it is, smaller', [1, 0, 0, 0, 1, 0, 0, 0, 1], { width: 25, height: 17 }],
    ['mirrored, larger', [-1, 0, 0, 0, 1, 0, 0, 0, 1], { width: 101, height: 66 }],
    ['half outside, by a factor', [1.6, 0, 0.9, 0, -1.2, -1.1, 0, 0, 2], { width: 40, height: 31 }],
    ['turned, mirrored and cut out', [0, 0.4, 0.3, 0.7, 0, -0.2, 0, 0, 1], { width: 19, height: 36 }],
    ['elsewhere', [0.5, 0, 3, 0, 0.5, 0, 0, 0, 1], { width: 9, height: 7 }],
  ])('%s', (_, frame, size) => {
    const photo = smoothNoise(61, 43);
    const general = frame.map((value, k) => (k === 6 ? Number.MIN_VALUE : value)) as unknown as Matrix3;
    const straight = drawFrame(photo, frame, size);
    expect(straight).toMatchObject(size);
    expect(largestDifference(straight.data, drawFrame(photo, general, size).data)).toBeLessThanOrEqual(1);
  });
});

describe('composing equals the reference', () => {
  test.each<[string, Matrix3]>([
    ['slanted', SLANTED],
    ['zoomed out', ZOOMED_OUT],
    ['turned', QUARTER_TURN],
  ])('%s', async (_, frame) => {
    const source = decoded({ width: 23, height: 17 }, 7);
    const forward = upload(empty(source.grid));
    const backwardGrid = { width: 31, height: 11 };
    const backward = upload(empty(backwardGrid));
    const buffers = upload(source);
    await gpu.submit((encoder) => {
      pass.composeForward(encoder, buffers, forward, frame);
      pass.composeBackward(encoder, buffers, backward, frame);
    });
    const expectedForward = composeForward(source, frame);
    expect(largestDifference(await gpu.readFloats(forward.warp, 2 * 23 * 17), expectedForward.warp)).toBeLessThan(2e-5);
    expect(largestDifference(await gpu.readFloats(forward.logit, 23 * 17), expectedForward.logit)).toBe(0);
    const expectedBackward = composeBackward(source, frame, backwardGrid);
    expect(largestDifference(await gpu.readFloats(backward.warp, 2 * 31 * 11), expectedBackward.warp)).toBeLessThan(
      2e-4,
    );
    expect(largestDifference(await gpu.readFloats(backward.logit, 31 * 11), expectedBackward.logit)).toBeLessThan(2e-3);
  });
});

test('a frame that is drawn and taken out again leaves the identity', () => {
  // The network's part played by hand: the frame shows B from A exactly, so A→frame is the identity.
  const grid = { width: 40, height: 30 };
  const identity = decoded(grid, 1);
  for (let y = 0, k = 0; y < 30; y++) {
    for (let x = 0; x < 40; x++, k++) {
      identity.warp[k] = (2 * x + 1) / 40 - 1;
      identity.warp[1200 + k] = (2 * y + 1) / 30 - 1;
    }
  }
  const there = composeForward(identity, QUARTER_TURN);
  const back = composeBackward(identity, QUARTER_TURN, { width: 30, height: 40 });
  // A's top left corner is where the frame's matrix takes it, and the way back ends where it began.
  expect([there.warp[0], there.warp[1200]]).toEqual([identity.warp[1200], -identity.warp[0]]);
  const k = 5 * 30 + 7;
  const [x, y] = [(2 * 7 + 1) / 30 - 1, (2 * 5 + 1) / 40 - 1];
  expect(back.warp[k]).toBeCloseTo(-y, 5);
  expect(back.warp[1200 + k]).toBeCloseTo(x, 5);
});
