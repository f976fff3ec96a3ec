import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rect, Size } from '../../../core/geometry.ts';
import { COMPARE_MODES } from '../contract/view.ts';
import { drawAligned } from './compare/aligned-cpu.ts';
import { drawCompare } from './compare/cpu.ts';
import { drawFlow } from './flow/cpu.ts';
import { drawCertainty } from './certainty/cpu.ts';
import { drawCycle } from './cycle/cpu.ts';
import type { PanePicture, PaneScene } from './pane/cpu.ts';
import { drawPhoto } from './photo/cpu.ts';
import { drawWarp } from './warp/cpu.ts';
import { mipChain } from '../../../compute/mip-chain/cpu.ts';
import type { Pixels } from '../../../compute/preprocess/cpu.ts';
import { TestGpu } from '../../../platform/gpu/testing/dawn.ts';
import { makeFields, uploadField } from '../testing/fields.ts';
import { contrast, makePhoto, pictureError, renderStage } from '../testing/stage.ts';
import { certaintyPass } from './certainty/gpu.ts';
import { alignedPass, comparePass } from './compare/gpu.ts';
import { cyclePass } from './cycle/gpu.ts';
import { flowPass } from './flow/gpu.ts';
import { PanePass, type PanePassOptions } from './pane/gpu.ts';
import { photoPass } from './photo/gpu.ts';
import { warpPass } from './warp/gpu.ts';
import { MipChain } from '../../../compute/mip-chain/gpu.ts';
import { PaneBindings } from './pane/bindings.ts';
import type { PaneUniforms, PlaneUniforms } from './pane/bindings.ts';
import type { Color } from '../../../core/colors/stage-colors.ts';

const STAGE: Size = { width: 131, height: 97 };
const PHOTO_A: Size = { width: 203, height: 155 };
const PHOTO_B: Size = { width: 121, height: 177 };
const LIGHT: Color = [0.957, 0.957, 0.945, 1];
const DARK: Color = [0.078, 0.082, 0.094, 1];
const mode = (name: (typeof COMPARE_MODES)[number]) => COMPARE_MODES.indexOf(name);

/** Where the photo lies: shrunk with a letterbox, or enlarged beyond the stage; neither on whole pixels. */
const PLACES: [string, Rect][] = [
  ['fitted', { x: 3.3, y: 1.6, width: 122.2, height: 93.3 }],
  ['zoomed', { x: -301.7, y: -177.2, width: 890.4, height: 679.9 }],
];
const THEMES: [string, Color, Color][] = [
  ['light', LIGHT, [1, 1, 1, 1]],
  ['dark', DARK, [0, 0, 0, 1]],
];

const fields = makeFields({ a: { width: 23, height: 17 }, b: { width: 13, height: 19 } }, { a: PHOTO_A, b: PHOTO_B });
fields.a.cycle.set(fields.a.cycle.map((_, i) => 5 + 5 * Math.sin(i * 0.37)));
const photos = { a: makePhoto(PHOTO_A, 1), b: makePhoto(PHOTO_B, 2) };
const levels = { a: mipChain(photos.a), b: mipChain(photos.b) };

let gpu: TestGpu;
let bindings: PaneBindings;
let source: { photos: GPUBindGroup; field: GPUBindGroup };
let passes: Record<'photo' | 'warp' | 'certainty' | 'cycle' | 'flow' | 'compare' | 'aligned', PanePass>;

beforeAll(async () => {
  gpu = await TestGpu.open();
  bindings = new PaneBindings(gpu.device, gpu.scope);
  const mips = new MipChain(gpu.device);
  const texture = ({ data, width, height }: Pixels) =>
    mips.make(gpu.scope, gpu.uploadTexture('photo', data, width, height));
  source = {
    photos: bindings.photosGroup(texture(photos.a), texture(photos.b)),
    field: bindings.fieldGroup(uploadField(gpu, 'a', fields.a)),
  };
  const pass = (options: PanePassOptions) => new PanePass(bindings, gpu.scope, 'rgba8unorm', options);
  passes = {
    photo: pass(photoPass),
    warp: pass(warpPass),
    certainty: pass(certaintyPass),
    cycle: pass(cyclePass),
    flow: pass(flowPass),
    compare: pass(comparePass),
    aligned: pass(alignedPass),
  };
});
afterAll(() => gpu.close());

function uniforms(place: Rect, changes: Partial<PaneUniforms> = {}): PaneUniforms {
  return {
    stage: [STAGE.width, STAGE.height],
    rect: [place.x, place.y, place.width, place.height],
    ground: LIGHT,
    empty: [1, 1, 1, 1],
    photo: [PHOTO_A.width, PHOTO_A.height],
    grid: [fields.a.grid.width, fields.a.grid.height],
    threshold: 0.3,
    cycleLimit: 0,
    muted: 0,
    opacity: 0.75,
    amount: 0.4,
    dividerX: 60.3,
    checkerSize: 0.11,
    flowScale: 0.3,
    cycleScale: 0.04,
    pixelRatio: 1,
    colorMap: 0,
    mode: 0,
    ...changes,
  };
}

const draw = (pass: PanePass, pane: PaneUniforms) =>
  renderStage(gpu, STAGE, pane.ground, (encoder) => pass.drawWith(encoder, bindings.push(pane), source));

const sceneOf = (pane: PaneUniforms): PaneScene => ({ pane, here: levels.a, there: levels.b, field: fields.a });

/** A homography with perspective whose horizon crosses the canvas. */
const PLANE: PlaneUniforms = {
  planeRow0: [0.9, -0.2, 0.15],
  planeRow1: [0.15, 1.1, -0.1],
  planeRow2: [0.5, 0.1, 0.7],
  canvas: [0, 0, 1, 1],
};
const PANORAMA: PlaneUniforms = { ...PLANE, canvas: [-1.6, -0.6, 3.6, 2.1] };

const VIEWS: [string, keyof typeof passes, PanePicture, Partial<PaneUniforms>][] = [
  ['photo', 'photo', drawPhoto, {}],
  ['muted photo', 'photo', drawPhoto, { muted: 0.75 }],
  ['warp', 'warp', drawWarp, {}],
  ['warp with the cycle filter', 'warp', drawWarp, { cycleLimit: 6 }],
  ['certainty', 'certainty', drawCertainty, {}],
  ['certainty without threshold in another map', 'certainty', drawCertainty, { threshold: 0, colorMap: 2, opacity: 1 }],
  ['cycle', 'cycle', drawCycle, { colorMap: 1 }],
  ['flow', 'flow', drawFlow, { pixelRatio: 2 }],
  ['flow beyond full scale', 'flow', drawFlow, { flowScale: 0.05 }],
  ['swipe', 'compare', drawCompare, { mode: mode('swipe'), pixelRatio: 2 }],
  ['blend', 'compare', drawCompare, { mode: mode('blend') }],
  ['checker', 'compare', drawCompare, { mode: mode('checker') }],
  ['difference', 'compare', drawCompare, { mode: mode('difference') }],
  ['rectified blend', 'aligned', drawAligned, { mode: mode('blend'), ...PLANE }],
  ['rectified checker', 'aligned', drawAligned, { mode: mode('checker'), ...PLANE }],
  ['panorama, difference', 'aligned', drawAligned, { mode: mode('difference'), ...PANORAMA }],
  ['panorama, swipe', 'aligned', drawAligned, { mode: mode('swipe'), pixelRatio: 2, ...PANORAMA }],
];

describe.each(PLACES)('%s', (_, place) => {
  describe.each(THEMES)('%s', (_, ground, empty) => {
    test.each(VIEWS)('%s equals its reference', async (_, pass, reference, changes) => {
      const pane = uniforms(place, { ground, empty, ...changes });
      const scene = sceneOf(pane);
      const picture = await draw(passes[pass], pane);
      expect(pictureError(picture, (x, y) => reference(scene, x, y))).toBeLessThanOrEqual(2);
      expect(contrast(picture)).toBeGreaterThan(4);
    });
  });
});

describe('pictures', () => {
  test('every view differs from every other', async () => {
    const pictures: Pixels[] = [];
    for (const [, pass, , changes] of VIEWS) pictures.push(await draw(passes[pass], uniforms(PLACES[0][1], changes)));
    for (let i = 0; i < pictures.length; i++) {
      for (let j = 0; j < i; j++) {
        const changed = pictures[i].data.filter((v, k) => Math.abs(v - pictures[j].data[k]) > 8).length;
        expect(changed, `${VIEWS[i][0]} and ${VIEWS[j][0]}`).toBeGreaterThan(0.02 * pictures[i].data.length);
      }
    }
  });

  test('the letterbox is the stage’s background', async () => {
    for (const [name, pass, , changes] of VIEWS) {
      const { data } = await draw(passes[pass], uniforms(PLACES[0][1], { ground: DARK, ...changes }));
      expect([...data.subarray(0, 3)], name).toEqual(DARK.slice(0, 3).map((c) => Math.round(255 * c)));
    }
  });

  test('a place known to be wrong shows the background of the rebuilt photo', async () => {
    const { data } = await draw(passes.warp, uniforms(PLACES[0][1], { threshold: 1.2, empty: [0, 0, 0, 1] }));
    const middle = (48 * STAGE.width + 65) * 4;
    expect([...data.subarray(middle, middle + 3)]).toEqual([0, 0, 0]);
  });

  test('amount 0 of the swipe is all A', async () => {
    const [, place] = PLACES[1];
    const swipe = await draw(passes.compare, uniforms(place, { dividerX: -10 }));
    const photo = await draw(passes.photo, uniforms(place));
    expect(Buffer.from(swipe.data).equals(Buffer.from(photo.data))).toBe(true);
  });
});
