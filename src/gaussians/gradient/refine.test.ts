import { describe, expect, it } from 'vitest';
import { multiply3 } from '../../core/matrix3.ts';
import { axisAngleOf, rotationOf } from '../../core/rotation.ts';
import { seededRandom } from '../../geometry/random.ts';
import { activate } from '../activate.ts';
import { type SplatCamera, transpose3 } from '../camera.ts';
import { cloudCamera, randomScene } from '../random-scene.test-helper.ts';
import { renderSplats } from '../raster/render.ts';
import type { GaussianTable } from '../table.ts';
import { photometricLoss, psnr, type Target } from './loss.ts';
import { Refiner, type RefineView } from './refine.ts';

/** Gaussians large enough to be seen at this size. */
function scene(count: number, seed: number): GaussianTable {
  const table = randomScene(count, 0, seed);
  for (let i = 0; i < table.logScales.length; i++) table.logScales[i] = Math.max(-2.6, table.logScales[i]);
  for (let i = 0; i < count; i++) table.opacityLogits[i] = Math.max(0, table.opacityLogits[i]);
  return table;
}

function photo(table: GaussianTable, camera: SplatCamera): Target {
  const { width, height } = camera;
  return { width, height, colour: renderSplats(activate(table), camera, { colourOnly: true }).colour };
}

async function refined(refiner: Refiner): Promise<ReturnType<Refiner['result']>> {
  while (!refiner.isDone) await refiner.step();
  return refiner.result();
}

describe('photometricLoss', () => {
  it('has the derivative that finite differences say, weighted pixels included', () => {
    const random = seededRandom(3);
    const [width, height] = [13, 9];
    const values = () => Float64Array.from({ length: 3 * width * height }, () => random());
    const weight = Float64Array.from({ length: width * height }, () => random());
    const target: Target = { width, height, colour: values(), weight };
    const picture = values();
    const { colour } = photometricLoss(picture, target);
    for (const i of [0, 17, 116, 117, 200, 350]) {
      const at = (h: number) => {
        const moved = picture.slice();
        moved[i] += h;
        return photometricLoss(moved, target).value;
      };
      expect(colour[i]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 8);
    }
    expect(photometricLoss(target.colour, target).value).toBeCloseTo(0, 12);
  });
});

describe('Refiner', () => {
  it('finds a pose that was off by 1° and a focal length that was off by 2 %', async () => {
    const table = scene(200, 5);
    const truth = cloudCamera(48, 36);
    const target = photo(table, truth);
    const off = rotationOf([0.577, -0.577, 0.577].map((v) => (v * Math.PI) / 180) as [number, number, number]);
    const start = { ...truth, rotation: multiply3(off, truth.rotation), fx: 1.02 * truth.fx, fy: 1.02 * truth.fy };
    const angle = ({ rotation }: SplatCamera) =>
      (Math.hypot(...axisAngleOf(multiply3(rotation, transpose3(truth.rotation)))) * 180) / Math.PI;
    expect(angle(start)).toBeCloseTo(1, 2);
    const rates = { turn: 3e-3, shift: 3e-3, focal: 3e-3 };
    const { cameras } = await refined(
      new Refiner(table, [{ camera: start, target, moves: true }], { steps: 160, rates }),
    );
    expect(angle(cameras[0])).toBeLessThan(0.05);
    expect(Math.abs(cameras[0].fx / truth.fx - 1)).toBeLessThan(0.002);
    expect(cameras[0].fy / cameras[0].fx).toBeCloseTo(truth.fy / truth.fx, 12);
  });

  it('fits what 200 Gaussians look like from a perturbed start, above 40 dB, and a view that it was not shown gains', async () => {
    const table = scene(200, 6);
    const cameras = [cloudCamera(40, 30), cloudCamera(40, 30, [0.9, 0.1, 0.3])];
    const hidden = cloudCamera(40, 30, [0.55, 0, 0.15]);
    const views = cameras.map((camera): RefineView => ({ camera, target: photo(table, camera), moves: false }));
    const random = seededRandom(8);
    const start = {
      ...table,
      sh0: table.sh0.map((value) => value + 0.5 * (random() - 0.5)),
      opacityLogits: table.opacityLogits.map((value) => value + random() - 0.5),
      logScales: table.logScales.map((value) => value + 0.1),
    };
    const quality = (given: GaussianTable, camera: SplatCamera) =>
      psnr(photo(given, camera).colour, photo(table, camera));
    const before = quality(start, hidden);
    const rates = { colour: 0.03, opacity: 0.05, scale: 0.01 };
    const { table: found } = await refined(new Refiner(start, views, { steps: 140, rates }));
    for (const camera of cameras) expect(quality(found, camera)).toBeGreaterThan(40);
    expect(quality(found, hidden)).toBeGreaterThan(before + 6);
  });

  it('learns of a Gaussian only from the views that show it, by as much as they do', async () => {
    const table = scene(40, 9);
    const camera = cloudCamera(40, 30);
    const target = photo(scene(40, 10), camera);
    const shown = Float64Array.from({ length: 40 }, (_, i) => (i % 3) / 2);
    const halved = { ...table, opacityLogits: table.opacityLogits.slice() };
    // The same picture and so the same loss as with the shares worked into the opacities.
    for (let i = 0; i < 40; i++) {
      const opacity = shown[i] / (1 + Math.exp(-table.opacityLogits[i]));
      halved.opacityLogits[i] = Math.max(-16, Math.log(opacity / (1 - opacity)));
    }
    const rates = { colour: 0.01, opacity: 0.01 };
    const one = new Refiner(table, [{ camera, target, moves: false, shown }], { steps: 1, rates });
    const other = new Refiner(halved, [{ camera, target, moves: false }], { steps: 1, rates });
    expect(await one.step()).toBeCloseTo(await other.step(), 6);
    const found = one.result().table;
    for (let i = 0; i < 40; i += 3) {
      expect(found.opacityLogits[i]).toBe(table.opacityLogits[i]);
      expect(found.sh0[3 * i]).toBe(table.sh0[3 * i]);
    }
    expect(found.opacityLogits.filter((value, i) => value !== table.opacityLogits[i]).length).toBeGreaterThan(15);
  });

  it('moves Gaussians along the rays of the camera that made them, and nothing that is held', async () => {
    const table = scene(60, 7);
    const camera = cloudCamera(40, 30);
    const views = [{ camera, target: photo(scene(60, 8), camera), moves: false }];
    const { table: found, cameras } = await refined(new Refiner(table, views, { steps: 3, rates: { depth: 0.01 } }));
    expect(cameras).toEqual([camera]);
    expect(found.sh0).toEqual(table.sh0);
    const eye = [0.2, -0.1, 0];
    let moved = 0;
    for (let i = 0; i < table.count; i++) {
      const way = (t: GaussianTable) => [0, 1, 2].map((n) => t.positions[3 * i + n] - eye[n]);
      const [p, q] = [way(table), way(found)];
      const cosine = p.reduce((sum, v, n) => sum + v * q[n], 0) / Math.hypot(...p) / Math.hypot(...q);
      expect(cosine).toBeGreaterThan(1 - 1e-9);
      if (Math.abs(Math.hypot(...q) / Math.hypot(...p) - 1) > 1e-4) moved++;
    }
    expect(moved).toBeGreaterThan(10);
  });
});
