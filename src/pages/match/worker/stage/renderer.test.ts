import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MatchBuffers } from '../../views/matches/gpu.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { TestGpu } from '../../../../platform/gpu/testing/dawn.ts';
import { makeFields, uploadFields } from '../../testing/fields.ts';
import { contrast, makePhoto } from '../../testing/stage.ts';
import type { Size } from '../../../../core/geometry.ts';
import { panesOnStage } from '../../contract/layout.ts';
import { photoRect } from '../../../../core/viewer/zoom.ts';
import { COMPARE_MODES } from '../../contract/view.ts';
import { DEFAULT_VIEW } from '../../params.ts';
import { VIEWS } from '../../views/index.ts';
import type { ViewSettings } from '../../contract/view.ts';
import { Renderer } from './renderer.ts';
import { TextureTarget } from '../../../../platform/gpu/stage-target.ts';
import { flickerPhase } from '../../views/pane/frame.ts';

const STAGE: Size = { width: 221, height: 133 };
const PHOTOS = { a: { width: 160, height: 120 }, b: { width: 100, height: 140 } };

let gpu: TestGpu;
let target: TextureTarget;
let renderer: Renderer;
beforeAll(async () => {
  gpu = await TestGpu.open();
});
afterAll(() => gpu.close());
beforeEach(() => {
  target = new TextureTarget(gpu.device);
  renderer = new Renderer(gpu.gpu, target, gpu.scope);
  renderer.resize(STAGE, 1);
});
afterEach(() => renderer.destroy());

function showPhotos(): void {
  for (const side of ['a', 'b'] as const) {
    const { data, width, height } = makePhoto(PHOTOS[side], side === 'a' ? 1 : 2);
    const texture = gpu.uploadTexture(side, data, width, height);
    renderer.setPhoto(side, texture);
    // The renderer keeps a copy of its own.
    gpu.scope.release(texture);
  }
}

function showMatch(): void {
  showPhotos();
  const fields = makeFields({ a: { width: 21, height: 15 }, b: { width: 13, height: 17 } }, PHOTOS);
  fields.a.cycle.fill(2);
  fields.b.cycle.fill(1);
  renderer.setField(uploadFields(gpu, fields));
  renderer.setMatches(twoMatches());
}

function twoMatches(): MatchBuffers {
  const rows = gpu.upload('rows', new Float32Array([-0.5, -0.5, 0.5, 0.5, 1, 0, 0, 0, 0.5, 0, -0.5, 0, 0.4, 1, 0, 0]));
  const indirect = gpu.scope.buffer('indirect', 16, GPUBufferUsage.INDIRECT | GPUBufferUsage.COPY_DST);
  gpu.device.queue.writeBuffer(indirect, 0, new Uint32Array([4, 2, 0, 0]));
  return { rows, indirect };
}

async function shoot(changes: Partial<ViewSettings> = {}, theme: 'light' | 'dark' = 'light', now = 0): Promise<Pixels> {
  // Surfaces validation errors of everything before.
  await gpu.submit(() => {});
  renderer.setView({ ...DEFAULT_VIEW, ...changes }, theme);
  renderer.draw(now);
  const texture = target.texture!;
  return { data: await gpu.readTexture(texture), width: texture.width, height: texture.height };
}

const colorAt = ({ data, width }: Pixels, x: number, y: number) => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3),
];
// toEqual on a whole picture takes a second.
const areEqual = (a: Pixels, b: Pixels) => Buffer.from(a.data).equals(Buffer.from(b.data));
const changedShare = (a: Pixels, b: Pixels) =>
  a.data.filter((v, i) => Math.abs(v - b.data[i]) > 8).length / a.data.length;

describe('without photos', () => {
  test.each([
    ['light', [244, 244, 241]],
    ['dark', [20, 21, 24]],
  ] as const)('the %s stage is its background', async (theme, color) => {
    const picture = await shoot({ view: 'warp' }, theme);
    expect(contrast({ ...picture, data: picture.data.map((v, i) => (i % 4 === 3 ? v : v - color[i % 4])) })).toBe(0);
  });
});

describe('before a match', () => {
  test('every view shows the two photos', async () => {
    showPhotos();
    const first = await shoot({ view: 'matches' });
    expect(contrast(first)).toBeGreaterThan(20);
    for (const view of VIEWS) expect(areEqual(await shoot({ view }), first), view).toBe(true);
  });

  test('one photo is drawn alone', async () => {
    showPhotos();
    const both = await shoot();
    renderer.setPhoto('b', null);
    const [a] = panesOnStage('matches', false, STAGE, PHOTOS);
    const alone = await shoot();
    const rect = photoRect(a, PHOTOS.a, DEFAULT_VIEW.camera);
    const [x, y] = [Math.round(rect.x + rect.width / 2), Math.round(rect.y + rect.height / 2)];
    expect(colorAt(alone, x, y)).not.toEqual([244, 244, 241]);
    expect(changedShare(alone, both)).toBeGreaterThan(0.1);
  });
});

describe('with a match', () => {
  const cases: [string, Partial<ViewSettings>][] = [
    ...VIEWS.filter((view) => view !== 'compare').map((view): [string, Partial<ViewSettings>] => [view, { view }]),
    ...COMPARE_MODES.filter((mode) => mode !== 'flicker').map((mode): [string, Partial<ViewSettings>] => [
      mode,
      { view: 'compare', compareMode: mode, amount: 0.4 },
    ]),
  ];

  test('every view is drawn, and differs from the others', async () => {
    showMatch();
    const pictures: Pixels[] = [];
    for (const [, settings] of cases) pictures.push(await shoot(settings));
    for (let i = 0; i < cases.length; i++) {
      expect(contrast(pictures[i]), cases[i][0]).toBeGreaterThan(10);
      for (let j = 0; j < i; j++)
        expect(changedShare(pictures[i], pictures[j]), `${cases[i][0]}, ${cases[j][0]}`).toBeGreaterThan(0.02);
    }
  });

  test('nothing is drawn outside the panes', async () => {
    showMatch();
    for (const [name, settings] of cases.filter(([name]) => name !== 'matches')) {
      const view = settings.view ?? 'matches';
      const picture = await shoot({ ...settings, camera: { x: 0.4, y: 0.6, scale: 3 } }, 'dark');
      const panes = panesOnStage(view, true, STAGE, PHOTOS).map(({ rect }) => rect);
      const inPane = (x: number, y: number) =>
        panes.some((p) => x >= p.x - 1 && y >= p.y - 1 && x <= p.x + p.width + 1 && y <= p.y + p.height + 1);
      for (let y = 0; y < STAGE.height; y++) {
        for (let x = 0; x < STAGE.width; x++)
          if (!inPane(x + 0.5, y + 0.5)) expect(colorAt(picture, x, y), name).toEqual([20, 21, 24]);
      }
    }
  });

  test('lines and points are drawn over the photos, and gone with the matches', async () => {
    showMatch();
    const lines = await shoot({ view: 'matches', count: 10 });
    const points = await shoot({ view: 'matches', count: 10, matchStyle: 'points' });
    expect(changedShare(lines, points)).toBeGreaterThan(0.002);
    renderer.setMatches(null);
    expect(changedShare(points, await shoot({ view: 'matches', count: 10 }))).toBeGreaterThan(0.002);
  });

  test('a homography takes the place of the match in comparisons, on A alone and on a canvas for both', async () => {
    showMatch();
    const settings = { view: 'compare', compareMode: 'blend', amount: 1 } as const;
    const byMatch = await shoot(settings);
    // Without a homography the match stays.
    expect(areEqual(await shoot({ ...settings, compareBy: 'panorama' }), byMatch)).toBe(true);
    const homography = [1, 0, -0.4, 0, 1, 0, 0, 0, 1] as const;
    const inliers = { kind: 'homography', matrix: homography, half: { a: [1, 1], b: [1, 1] }, threshold: 0.1 } as const;
    const alignment = { homography, canvas: { x: 0, y: 0, width: 1.4, height: 1 } };
    renderer.setFit({ inliers, alignment });
    expect(areEqual(await shoot(settings), byMatch)).toBe(true);
    const plane = await shoot({ ...settings, compareBy: 'plane' });
    const panorama = await shoot({ ...settings, compareBy: 'panorama' });
    expect(changedShare(plane, byMatch)).toBeGreaterThan(0.1);
    expect(changedShare(panorama, plane)).toBeGreaterThan(0.1);
    // The canvas is wider than A by two fifths: it fills the stage's width.
    const left = (picture: Pixels) => colorAt(picture, 6, 66);
    expect(left(plane)).toEqual([244, 244, 241]);
    expect(left(panorama)).not.toEqual([244, 244, 241]);
    // Models that map points to lines colour matches, and lay nothing on anything.
    renderer.setFit({ inliers: { ...inliers, kind: 'epipolar' }, alignment: null });
    expect(areEqual(await shoot({ ...settings, compareBy: 'plane' }), byMatch)).toBe(true);
    const position = await shoot({ view: 'matches' });
    expect(changedShare(await shoot({ view: 'matches', colorBy: 'inliers' }), position)).toBeGreaterThan(0.0005);
    renderer.setFit(null);
    expect(areEqual(await shoot({ view: 'matches', colorBy: 'inliers' }), position)).toBe(true);
  });

  test('a photo’s centre stays put at twice the pixel ratio', async () => {
    showMatch();
    const once = await shoot({ view: 'warp' });
    renderer.resize(STAGE, 2);
    const twice = await shoot({ view: 'warp' });
    expect([twice.width, twice.height]).toEqual([2 * STAGE.width, 2 * STAGE.height]);
    for (const pane of panesOnStage('warp', true, STAGE, PHOTOS)) {
      const [x, y] = [Math.round(pane.rect.x + pane.rect.width / 2), Math.round(pane.rect.y + pane.rect.height / 2)];
      const mean = [0, 1, 2].map(
        (c) => (colorAt(twice, 2 * x, 2 * y)[c] + colorAt(twice, 2 * x + 1, 2 * y + 1)[c]) / 2,
      );
      mean.forEach((value, c) => expect(Math.abs(value - colorAt(once, x, y)[c])).toBeLessThan(16));
    }
  });

  test('flicker shows A and the rebuilt A by turns, and asks for frames only then', async () => {
    showMatch();
    const flicker = { view: 'compare', compareMode: 'flicker' } as const;
    const later = [0, 100, 200, 300, 400, 500, 600].find((t) => flickerPhase(t) === 1)!;
    const [first, second] = [await shoot(flicker, 'light', 0), await shoot(flicker, 'light', later)];
    expect(renderer.needsAnimation).toBe(true);
    expect(changedShare(first, second)).toBeGreaterThan(0.1);
    expect(areEqual(first, await shoot({ view: 'compare', compareMode: 'blend', amount: 0 }))).toBe(true);
    expect(areEqual(second, await shoot({ view: 'compare', compareMode: 'blend', amount: 1 }))).toBe(true);
    expect(renderer.needsAnimation).toBe(false);
  });

  test('frames make no pipelines, bind groups, buffers or textures, and read nothing back', async () => {
    showMatch();
    for (const [, settings] of cases) await shoot(settings);
    const makers = [
      'createRenderPipeline',
      'createBindGroup',
      'createBuffer',
      'createTexture',
      'createShaderModule',
    ] as const;
    const spies = [...makers.map((name) => vi.spyOn(gpu.device, name)), vi.spyOn(GPUBuffer.prototype, 'mapAsync')];
    for (const [, settings] of cases) {
      renderer.setView({ ...DEFAULT_VIEW, ...settings }, 'dark');
      renderer.draw();
    }
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  test('taking the match away leaves the photos', async () => {
    showPhotos();
    const photos = await shoot({ view: 'certainty' });
    showMatch();
    expect(changedShare(photos, await shoot({ view: 'certainty' }))).toBeGreaterThan(0.1);
    renderer.setField(null);
    expect(areEqual(photos, await shoot({ view: 'certainty' }))).toBe(true);
  });
});

test('memory comes back', () => {
  const bytes = gpu.scope.bytes;
  const other = new Renderer(gpu.gpu, target, gpu.scope);
  const idle = gpu.scope.bytes;
  const { data, width, height } = makePhoto(PHOTOS.a, 1);
  const texture = gpu.uploadTexture('a', data, width, height);
  other.setPhoto('a', texture);
  other.setPhoto('a', texture);
  gpu.scope.release(texture);
  other.setPhoto('a', null);
  expect(gpu.scope.bytes).toBe(idle);
  other.destroy();
  expect(gpu.scope.bytes).toBe(bytes);
});
