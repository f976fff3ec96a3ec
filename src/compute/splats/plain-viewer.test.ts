import { expect, it } from 'vitest';
import { activate } from '../../gaussians/activate.ts';
import { cloudCamera, randomScene } from '../../gaussians/random-scene.test-helper.ts';
import { renderSplats } from '../../gaussians/raster/render.ts';
import { MAX_PLAIN_GAUSSIANS, PlainSplatViewer } from './plain-viewer.ts';
import { paintMaps } from './show/cpu.ts';

const BLUE = [0, 0, 1] as const;

it('draws the judge’s picture in slices, and renders a view once for all its panes', async () => {
  const table = randomScene(600, 1, 6);
  const viewer = new PlainSplatViewer();
  viewer.setScene(table);
  const camera = cloudCamera(67, 83);
  const maps = renderSplats(activate(table), camera);
  const colour = await viewer.draw(camera, { kind: 'colour' }, BLUE);
  expect(colour).toEqual(paintMaps(maps, { kind: 'colour' }, BLUE));
  const normal = await viewer.draw(camera, { kind: 'normal' }, BLUE);
  expect(normal).toEqual(paintMaps(maps, { kind: 'normal' }, BLUE));
  const measured = await viewer.measure({ ...camera });
  expect(await viewer.measure(camera)).toBe(measured);
  expect(await viewer.measure({ ...camera, fx: camera.fx + 1 })).not.toBe(measured);
});

it('hides what it is told to, and shows it again', async () => {
  const viewer = new PlainSplatViewer();
  viewer.setScene(randomScene(200, 0, 3));
  const camera = cloudCamera(40, 30);
  const before = await viewer.draw(camera, { kind: 'colour' }, BLUE);
  viewer.setShown(new Uint8Array(200));
  expect(Math.max(...(await viewer.measure(camera)).alpha)).toBe(0);
  viewer.setShown(null);
  expect(await viewer.draw(camera, { kind: 'colour' }, BLUE)).toEqual(before);
});

it('stops when it is told to, and keeps the scene where a larger one is refused', async () => {
  const viewer = new PlainSplatViewer();
  const table = randomScene(3000, 0, 2);
  viewer.setScene(table);
  await expect(viewer.measure(cloudCamera(40, 30), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  const stop = new AbortController();
  setTimeout(() => stop.abort());
  await expect(viewer.measure(cloudCamera(900, 900), stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(() => viewer.setScene({ ...table, count: MAX_PLAIN_GAUSSIANS + 1 })).toThrow(/300,001 Gaussians/);
  expect(Math.max(...(await viewer.measure(cloudCamera(40, 30))).alpha)).toBeGreaterThan(0);
  viewer.setScene(null);
  await expect(viewer.measure(cloudCamera(40, 30))).rejects.toThrow('No scene');
});
