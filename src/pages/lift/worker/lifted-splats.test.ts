import { beforeAll, describe, expect, it } from 'vitest';
import { activate } from '../../../gaussians/activate.ts';
import { chooseDepthRule } from '../../../gaussians/pairs/depth-rule.ts';
import { STATE } from '../../../gaussians/pairs/labels.ts';
import { pairOf } from '../../../gaussians/pairs/scene-pair.ts';
import { renderSplats } from '../../../gaussians/raster/render.ts';
import { sceneStatistics } from '../../../gaussians/statistics.ts';
import { movedTo } from '../../../gaussians/camera.ts';
import { CpuRenderer } from './drawing/cpu-renderer.ts';
import type { PlainFrame } from './drawing/frame.ts';
import { liftedPhoto, NO_FILLER, NO_SKY_MODEL, smallSettings } from './lift-scene.test-helper.ts';
import { liftedSplats } from './lifted-splats.ts';
import { Scenes } from './scenes.ts';

const [WIDTH, HEIGHT] = [160, 120];
const POINTS = WIDTH * HEIGHT;

const sorted = (values: number[]) => values.sort((p, q) => p - q);
const at = (values: number[], share: number) => values[Math.floor(share * values.length)]!;

describe('a lifted photo as a scene of Gaussians', () => {
  let frame: PlainFrame;
  beforeAll(async () => {
    const { photo, depth } = liftedPhoto({ width: WIDTH, height: HEIGHT });
    const settings = smallSettings(WIDTH);
    settings.motion = { ...settings.motion, rotation: [0, 8, 0], translation: [-0.15, 0, 0] };
    const renderer = new CpuRenderer(null, NO_FILLER);
    await renderer.render({ scene: await new Scenes(NO_SKY_MODEL).get(photo, depth, settings), settings, seed: 1 });
    frame = (await renderer.read())!;
  });

  it('shows the photo and its depth from where it was taken, by planes', () => {
    const { table, camera } = liftedSplats(frame, 1e6);
    expect(table.count).toBeGreaterThan(0.95 * POINTS);
    expect(chooseDepthRule(sceneStatistics(table), table.tags)).toMatchObject({ rule: 'plane', because: 'flat' });
    const maps = renderSplats(activate(table), camera);
    const depths: number[] = [];
    let difference = 0;
    for (let i = 0; i < POINTS; i++) {
      if (maps.alpha[i]! < 0.9) continue;
      depths.push(Math.abs(maps.depth.plane[i]! / frame.depth.a[i]! - 1));
      for (let c = 0; c < 3; c++)
        difference += Math.abs(255 * maps.colour[c * POINTS + i]! - frame.colour.a[4 * i + c]!);
    }
    expect(depths.length).toBeGreaterThan(0.97 * POINTS);
    expect(at(sorted(depths), 0.5)).toBeLessThan(1e-4);
    expect(at(depths, 0.95)).toBeLessThan(0.01);
    // Discs overlap: the picture is a little softer than the photo.
    expect(difference / (3 * depths.length)).toBeLessThan(12);
  });

  it('gives the labels of the lift studio for the same second view', () => {
    const { table, camera } = liftedSplats(frame, 1e6);
    const { b, rotation, translation } = frame.cameras;
    const second = { ...movedTo({ ...camera, ...b }, rotation, [0, 0, 0]), translation };
    const gaussians = activate(table);
    const view = (one: typeof camera) => ({ camera: one, maps: renderSplats(gaussians, one) });
    const { labels } = pairOf(view(camera), view(second), 'plane').a;
    const errors: number[] = [];
    let [alike, both] = [0, 0];
    for (let i = 0; i < POINTS; i++) {
      const { state, warp } = labels;
      if (state[i] !== STATE.visible && state[i] !== STATE.hidden && state[i] !== STATE.outside) continue;
      both++;
      if ((state[i] === STATE.visible) === (frame.visible.a[i] === 1)) alike++;
      if (state[i] !== STATE.visible || frame.visible.a[i] !== 1) continue;
      const dx = (WIDTH / 2) * (warp[i]! - frame.warp.a[i]!);
      errors.push(Math.hypot(dx, (HEIGHT / 2) * (warp[POINTS + i]! - frame.warp.a[POINTS + i]!)));
    }
    expect(errors.length).toBeGreaterThan(0.6 * POINTS);
    expect(at(sorted(errors), 0.5)).toBeLessThan(0.02);
    expect(at(errors, 0.95)).toBeLessThan(0.3);
    expect(alike / both).toBeGreaterThan(0.98);
  });

  it('takes fewer and wider discs where there may not be so many', () => {
    const few = liftedSplats(frame, 5000);
    expect(few.table.count).toBeLessThanOrEqual(5000);
    expect(few.table.count).toBeGreaterThan(4000);
    const { alpha } = renderSplats(activate(few.table), few.camera);
    expect(alpha.filter((value) => value > 0.9).length).toBeGreaterThan(0.93 * POINTS);
  });
});
