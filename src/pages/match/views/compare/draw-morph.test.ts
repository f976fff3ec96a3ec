import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Side, Size } from '../../../../core/geometry.ts';
import { drawMorph } from './morph-cpu.ts';
import type { PaneScene } from '../pane/cpu.ts';
import { drawPhoto } from '../photo/cpu.ts';
import { mipChain } from '../../../../compute/mip-chain/cpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { makeFields, uploadFields } from '../../testing/fields.ts';
import { contrast, makePhoto, pictureError, renderStage } from '../../testing/stage.ts';
import { DrawMorph } from './morph-gpu.ts';
import type { PaneSource } from '../pane/gpu.ts';
import { MipChain } from '../../../../compute/mip-chain/gpu.ts';
import { PaneBindings } from '../pane/bindings.ts';
import type { Color } from '../../../../core/colors/stage-colors.ts';
import type { PaneUniforms } from '../pane/bindings.ts';

const STAGE: Size = { width: 83, height: 61 };
const PHOTO: Size = { width: 96, height: 70 };
const DARK: Color = [0.078, 0.082, 0.094, 1];

const fields = makeFields({ a: { width: 9, height: 7 }, b: { width: 8, height: 9 } }, { a: PHOTO, b: PHOTO });
const photos = { a: makePhoto(PHOTO, 4), b: makePhoto(PHOTO, 9) };
const levels = { a: mipChain(photos.a), b: mipChain(photos.b) };

let gpu: TestGpu;
let bindings: PaneBindings;
let pass: DrawMorph;
let sources: Record<Side, PaneSource>;

beforeAll(async () => {
  gpu = await TestGpu.open();
  bindings = new PaneBindings(gpu.device, gpu.scope);
  pass = new DrawMorph(bindings, 'rgba8unorm');
  const mips = new MipChain(gpu.device);
  const [a, b] = [photos.a, photos.b].map((p) =>
    mips.make(gpu.scope, gpu.uploadTexture('photo', p.data, p.width, p.height)),
  );
  const buffers = uploadFields(gpu, fields);
  sources = {
    a: { photos: bindings.photosGroup(a, b), field: bindings.fieldGroup(buffers.a) },
    b: { photos: bindings.photosGroup(b, a), field: bindings.fieldGroup(buffers.b) },
  };
});
afterAll(() => gpu.close());

function uniforms(side: Side, threshold: number): PaneUniforms {
  const { grid } = fields[side];
  return {
    stage: [STAGE.width, STAGE.height],
    rect: [2.3, 1.7, 78.1, 57.2],
    ground: DARK,
    empty: DARK,
    photo: [PHOTO.width, PHOTO.height],
    grid: [grid.width, grid.height],
    threshold,
    cycleLimit: 0,
    muted: 0,
    opacity: 1,
    amount: 0,
    dividerX: 0,
    checkerSize: 0.1,
    flowScale: 0.5,
    cycleScale: 0.1,
    pixelRatio: 1,
    colorMap: 0,
    mode: 0,
  };
}

function draw(amount: number, threshold = 0.3): Promise<Pixels> {
  const layer = (side: Side, share: number, opacity: number) => ({
    offset: bindings.push({ ...uniforms(side, threshold), amount: share, opacity }),
    grid: fields[side].grid,
    source: sources[side],
  });
  const layers = { a: layer('a', amount, 1), b: layer('b', 1 - amount, 1), bOver: layer('b', 1 - amount, amount) };
  return renderStage(gpu, STAGE, DARK, (encoder) => pass.draw(encoder, layers));
}

function scenes(threshold = 0.3): Record<Side, PaneScene> {
  return {
    a: { pane: uniforms('a', threshold), here: levels.a, there: levels.b, field: fields.a },
    b: { pane: uniforms('b', threshold), here: levels.b, there: levels.a, field: fields.b },
  };
}

/** Share of pixels with a channel further than `tolerance` steps of 255 from the reference. */
function wrongShare(
  { data, width, height }: Pixels,
  reference: (x: number, y: number) => number[],
  tolerance: number,
): number {
  let wrong = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = reference(x + 0.5, y + 0.5);
      if (color.some((c, i) => Math.abs(data[(y * width + x) * 4 + i] - 255 * c) > tolerance)) wrong++;
    }
  }
  return wrong / (width * height);
}

describe('the morph equals its reference', () => {
  // The rasteriser rounds corners to a sixteenth of a pixel, so a pixel on a mesh's rim may fall to either side.
  test.each([0, 0.2, 0.5, 0.85, 1])('at %f', async (amount) => {
    const { a, b } = scenes();
    const picture = await draw(amount);
    expect(wrongShare(picture, drawMorph(a, b, amount), 4)).toBeLessThan(0.01);
    expect(contrast(picture)).toBeGreaterThan(10);
  });
});

test('it starts at A and ends at B', async () => {
  const { a, b } = scenes();
  // Where the photo's rim only half covers a pixel, backdrop and mesh add up.
  const inside = (scene: PaneScene) => (x: number, y: number) =>
    x > 4 && y > 3 && x < 79 && y < 57 ? drawPhoto(scene, x, y) : [];
  expect(wrongShare(await draw(0), inside(a), 4)).toBeLessThan(0.002);
  expect(wrongShare(await draw(1), inside(b), 4)).toBeLessThan(0.002);
});

test('without any certain place the dimmed cross-dissolve remains', async () => {
  const { a, b } = scenes(1.2);
  const picture = await draw(0.5, 1.2);
  expect(pictureError(picture, drawMorph(a, b, 0.5))).toBeLessThanOrEqual(2);
  expect(contrast(picture)).toBeLessThan(contrast(await draw(0)));
});
