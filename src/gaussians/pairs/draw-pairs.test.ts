import { describe, expect, it } from 'vitest';
import { viewpointAngle } from '../../geometry/pinhole.ts';
import { activate } from '../activate.ts';
import { cameraCentre, relativePose, type SplatCamera } from '../camera.ts';
import { renderSplats } from '../raster/render.ts';
import { sceneStatistics } from '../statistics.ts';
import { type DrawOptions, PairDrawer } from './draw-pairs.ts';
import { PROOF_SCENES, proofCamera } from './proof-scenes.test-helper.ts';
import { binRange, camerasAtSize, ORBIT, orbitCameras, PAIR_BINS, streamOf, VIEW_RANGES, viewNear } from './views.ts';

const SIZE = { width: 96, height: 72 };

function drawerOf(name: 'room' | 'coarseSphere', options: Partial<DrawOptions> = {}, cameras?: SplatCamera[]) {
  const { table } = PROOF_SCENES[name]();
  const gaussians = activate(table);
  const base = cameras ?? orbitCameras(sceneStatistics(table), { ...SIZE, ...ORBIT }, streamOf(3, 'orbit'));
  let views = 0;
  const render = (camera: SplatCamera) => {
    views++;
    return renderSplats(gaussians, camera);
  };
  const drawer = new PairDrawer(base, render, { seed: 3, bins: 'overlap', rule: 'plane', ...options });
  return { drawer, views: () => views };
}

describe('PairDrawer', () => {
  it('spreads pairs over the bins of overlap, from cameras around or within', async () => {
    for (const name of ['room', 'coarseSphere'] as const) {
      const { drawer } = drawerOf(name);
      let inBin = 0;
      for (const index of name === 'room' ? [1] : [0, 1, 2, 3]) {
        const pair = (await drawer.draw(index))!;
        expect(pair.bin).toEqual({ kind: 'overlap', index });
        const [low, high] = binRange(pair.bin);
        if (pair.isInBin) {
          inBin++;
          expect(pair.overlap).toBeGreaterThanOrEqual(low);
          expect(pair.overlap).toBeLessThanOrEqual(high);
        }
        expect([pair.a.width, pair.b.height]).toEqual([96, 72]);
        const zoom = pair.b.fx / pair.a.fx;
        // The second view may be another given camera, which is moved as a first one is.
        expect(zoom).toBeGreaterThan(VIEW_RANGES.focal[0] * 0.8 * 0.8);
        expect(zoom).toBeLessThan(VIEW_RANGES.focal[1] * 1.25 * 1.25);
      }
      expect(inBin, name).toBeGreaterThanOrEqual(name === 'room' ? 1 : 3);
    }
  }, 60_000);

  it('makes a pair by itself as in any company, and another one by another seed', async () => {
    const [one, two] = [drawerOf('coarseSphere').drawer, drawerOf('coarseSphere').drawer];
    const first = await one.draw(0);
    await one.draw(1);
    const third = await one.draw(2);
    expect(await two.draw(2)).toEqual(third);
    expect(await two.draw(0)).toEqual(first);
    expect(await drawerOf('coarseSphere', { seed: 4 }).drawer.draw(0)).not.toEqual(first);
  }, 60_000);

  it('spreads pairs over angles', async () => {
    const { drawer } = drawerOf('coarseSphere', { bins: 'angle' });
    for (const index of [0, 1, 2]) {
      const pair = (await drawer.draw(index))!;
      const [low, high] = PAIR_BINS.angle[index];
      expect(pair.isInBin).toBe(true);
      expect(pair.angle).toBeGreaterThanOrEqual(low);
      expect(pair.angle).toBeLessThanOrEqual(high);
      expect(viewpointAngle(relativePose(pair.a, pair.b).rotation)).toBeCloseTo(pair.angle, 9);
    }
  }, 60_000);

  it('gives up where nothing is to be seen, and stops when it is told to', async () => {
    const away = { ...proofCamera(96, 72), rotation: [-1, 0, 0, 0, 1, 0, 0, 0, -1] as const };
    expect(await drawerOf('coarseSphere', {}, [away]).drawer.draw(0)).toBeNull();
    const signal = AbortSignal.abort();
    await expect(drawerOf('coarseSphere', { signal }).drawer.draw(0)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('views', () => {
  it('turns by the angle that is asked for, about the point ahead', () => {
    const camera = proofCamera();
    const still = { ...VIEW_RANGES, shift: 0, focal: [1, 1] as const };
    for (const turn of [0, 20, 45]) {
      const view = viewNear(camera, 4, turn, still, streamOf(turn));
      const [x, y, z] = cameraCentre(view);
      expect(Math.hypot(x, y, z - 4)).toBeCloseTo(4, 9);
      const between = (Math.acos(-(z - 4) / 4) * 180) / Math.PI;
      expect(between).toBeCloseTo(turn, 6);
      // The aim is at most some degrees off.
      expect(viewpointAngle(relativePose(camera, view).rotation)).toBeLessThan(turn + 8);
    }
  });

  it('fits given cameras into the dataset’s size', () => {
    const [camera] = camerasAtSize([proofCamera(640, 480)], 256, 256);
    expect(camera).toMatchObject({ width: 256, height: 256, cx: 128, cy: 128 });
    expect(camera.fx).toBeCloseTo((0.9 * 640 * 256) / 480, 9);
  });
});
