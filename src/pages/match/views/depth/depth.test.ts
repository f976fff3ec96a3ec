import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mipChain } from '../../../../compute/mip-chain/cpu.ts';
import { MipChain } from '../../../../compute/mip-chain/gpu.ts';
import type { PlainField } from '../../../../compute/field/cpu.ts';
import { colorMapAt } from '../../../../core/colors/color-maps.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import { STAGE_COLORS } from '../../../../core/colors/stage-colors.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import type { StagePose } from '../../contract/alignment.ts';
import type { Pane } from '../../contract/layout.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { uploadField } from '../../testing/fields.ts';
import { contrast, makePhoto, pictureError, renderStage } from '../../testing/stage.ts';
import { PaneBindings } from '../pane/bindings.ts';
import type { PaneScene } from '../pane/cpu.ts';
import type { Frame } from '../pane/frame.ts';
import { type DrawnPair, PanePass } from '../pane/gpu.ts';
import { depthCpu } from './cpu.ts';
import { depthPass } from './gpu.ts';
import { depth } from './view.ts';

const STAGE: Size = { width: 131, height: 97 };
const PHOTOS = { a: { width: 203, height: 155 }, b: { width: 121, height: 177 } };
const GRID = { a: { width: 23, height: 17 }, b: { width: 13, height: 19 } };

/** Camera B stands to the right of A, slightly ahead, and is turned towards what A sees. */
const TURN = 0.12;
const R: Matrix3 = [Math.cos(TURN), 0, Math.sin(TURN), 0, 1, 0, -Math.sin(TURN), 0, Math.cos(TURN)];
const T = [-0.96, 0, -0.28] as const;
const POSE: StagePose = {
  rotation: R,
  translation: T,
  focal: { a: [1.1, 1.1 * (203 / 155)], b: [1.3, 1.3 * (121 / 177)] },
  principal: { a: [0.53, 0.46], b: [0.48, 0.52] },
  inverseDepths: { a: [0.1, 0.3], b: [0.12, 0.31] },
  residual: 0.01,
};

/** 1 / depth of the scene before A at a unit place of A: nearer to the right. */
const inverseAt = (u: number) => 0.1 + 0.2 * u;

/** A's warp of that scene; the lower rows are led off the epipolar line, and the left border is uncertain. */
function fieldOfA(): PlainField {
  const { width, height } = GRID.a;
  const points = width * height;
  const warp = new Float32Array(2 * points);
  const certainty = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    const [u, v] = [((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height];
    const ray = [(u - POSE.principal.a[0]) / POSE.focal.a[0], (v - POSE.principal.a[1]) / POSE.focal.a[1], 1];
    const there = [0, 1, 2].map(
      (k) => R[3 * k] * ray[0] + R[3 * k + 1] * ray[1] + R[3 * k + 2] * ray[2] + inverseAt(u) * T[k],
    );
    warp[i] = 2 * (POSE.focal.b[0] * (there[0] / there[2]) + POSE.principal.b[0]) - 1;
    warp[points + i] = 2 * (POSE.focal.b[1] * (there[1] / there[2]) + POSE.principal.b[1]) - 1 + (v > 0.75 ? 0.3 : 0);
    certainty[i] = u < 0.1 ? 0.05 : 0.95;
  }
  return { grid: GRID.a, photo: PHOTOS.a, warp, certainty, cycle: new Float32Array(points) };
}

const field = fieldOfA();
const photos = { a: makePhoto(PHOTOS.a, 1), b: makePhoto(PHOTOS.b, 2) };
const levels = { a: mipChain(photos.a), b: mipChain(photos.b) };
const pane = (side: Side): Pane => ({ side, kind: 'depth', rect: { x: 0, y: 0, ...STAGE } });
const frameOf = (pose: StagePose | null, scale = 1, theme: 'light' | 'dark' = 'light'): Frame => ({
  settings: { ...DEFAULT_VIEW, view: 'depth', opacity: 1, camera: { x: 0.6, y: 0.45, scale } },
  ground: STAGE_COLORS[theme],
  stage: STAGE,
  pixelRatio: 1,
  linesShown: false,
  fit: {
    inliers: { kind: 'epipolar', matrix: R, half: { a: [1, 1], b: [1, 1] }, threshold: 1 },
    alignment: null,
    pose,
  },
  now: 0,
});

/** The rule as a function of the stage pixel. The same field serves both sides: only the rule is compared. */
function cpuPicture(frame: Frame, side: Side) {
  const { picture, uniforms, own } = depthCpu.rule(frame, pane(side), PHOTOS[side], field.grid);
  const other = side === 'a' ? 'b' : 'a';
  const scene: PaneScene = { pane: uniforms, here: levels[side], there: levels[other], field, own };
  return { color: (x: number, y: number) => picture(scene, x, y), uniforms };
}

let gpu: TestGpu;
let pass: PanePass;
let pair: DrawnPair;
beforeAll(async () => {
  gpu = await TestGpu.open();
  const bindings = new PaneBindings(gpu.device, gpu.scope);
  const mips = new MipChain(gpu.device);
  const texture = (side: Side) => {
    const { data, width, height } = photos[side];
    return mips.make(gpu.scope, gpu.uploadTexture('photo', data, width, height));
  };
  const textures = { a: texture('a'), b: texture('b') };
  const group = bindings.fieldGroup(uploadField(gpu, 'a', field));
  pair = {
    photo: (side) => PHOTOS[side],
    grid: () => field.grid,
    source: (side) => ({
      photos: bindings.photosGroup(textures[side], textures[side === 'a' ? 'b' : 'a']),
      field: group,
    }),
  };
  pass = new PanePass(bindings, gpu.scope, 'rgba8unorm', depthPass);
});
afterAll(() => gpu.close());

const draw = (frame: Frame, side: Side) =>
  renderStage(gpu, STAGE, frame.ground, (encoder) => pass.draw(encoder, frame, pane(side), pair));

describe.each([
  ['fitted', 1],
  ['zoomed', 5.3],
])('depth, %s', (_, scale) => {
  test.each([
    ['a', 'light'],
    ['a', 'dark'],
    ['b', 'light'],
  ] as const)('on %s in the %s theme equals its twin', async (side, theme) => {
    const frame = frameOf(POSE, scale, theme);
    const picture = await draw(frame, side);
    expect(pictureError(picture, cpuPicture(frame, side).color)).toBeLessThanOrEqual(2);
    expect(contrast(picture)).toBeGreaterThan(4);
  });
});

test('without cameras the photo steps back, on the GPU as on the CPU', async () => {
  const frame = frameOf(null);
  const picture = await draw(frame, 'a');
  expect(pictureError(picture, cpuPicture(frame, 'a').color)).toBeLessThanOrEqual(2);
  const known = await draw(frameOf(POSE), 'a');
  expect(known.data.filter((v, i) => Math.abs(v - picture.data[i]) > 8).length).toBeGreaterThan(
    0.2 * picture.data.length,
  );
});

test('a place has the colour of its true depth; uncertain ones and rays that do not meet have none', () => {
  const { color, uniforms } = cpuPicture(frameOf(POSE), 'a');
  const none = cpuPicture(frameOf(null), 'a').color;
  const stageAt = (u: number, v: number) =>
    [uniforms.rect[0] + u * uniforms.rect[2], uniforms.rect[1] + v * uniforms.rect[3]] as const;
  for (const u of [0.25, 0.5, 0.8]) {
    const expected = colorMapAt(DEFAULT_VIEW.colorMap, (inverseAt(u) - 0.1) / 0.2);
    color(...stageAt(u, 0.4)).forEach((value, c) => expect(Math.abs(255 * value - expected[c])).toBeLessThan(4));
  }
  for (const place of [stageAt(0.03, 0.4), stageAt(0.5, 0.9)]) expect(color(...place)).toEqual(none(...place));
});

test('the legend tells depths, or what to do without cameras', () => {
  const settings = { ...DEFAULT_VIEW, view: 'depth' } as const;
  const legend = depth.legend(settings, { photoA: PHOTOS.a, inverseDepths: { a: [0, 0.5], b: [0.1, 0.2] } });
  expect(legend).toMatchObject({ kind: 'ramp', ticks: ['∞', '4.0', '2.0'] });
  expect(depth.legend(settings, { photoA: PHOTOS.a, inverseDepths: null })).toMatchObject({
    text: expect.stringContaining('fit an essential matrix'),
  });
});
