import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { viewpointAngle } from '../../../src/geometry/pinhole.ts';
import { bytesSource } from '../../../src/formats/byte-source.ts';
import { readSceneCameras } from '../../../src/formats/scene-cameras.ts';
import { encodeSceneSurfaces, readSceneSurfaces } from '../../../src/formats/scene-surfaces.ts';
import { readSplats } from '../../../src/formats/splats/index.ts';
import { activate } from '../../../src/gaussians/activate.ts';
import { relativePose, type SplatCamera } from '../../../src/gaussians/camera.ts';
import { chooseDepthRule, trustedDepth } from '../../../src/gaussians/pairs/depth-rule.ts';
import { labelSide, STATE } from '../../../src/gaussians/pairs/labels.ts';
import { PAIR_BINS } from '../../../src/gaussians/pairs/views.ts';
import { renderSplats } from '../../../src/gaussians/raster/render.ts';
import { sceneStatistics } from '../../../src/gaussians/statistics.ts';
import { rotationMatrix } from '../../../src/gaussians/table.ts';
import { Bvh } from '../../../src/gaussians/truth/bvh.ts';
import { TrueSurfaces } from '../../../src/gaussians/truth/true-surfaces.ts';
import { Camera } from '../camera.ts';
import { placeDiscs, rayAlong } from './place.ts';
import { orbitPose, SAMPLE_TARGET, sampleScene, turned } from './scene.ts';
import { sampleCameras, sampleSurfaces, splatCamera } from './truth.ts';

const FOLDER = new URL('../../../public/samples/gaussians/', import.meta.url);
const file = new Uint8Array(readFileSync(new URL('kitchen-table.spz', FOLDER)));
const { table } = await readSplats(bytesSource(file), 'kitchen-table.spz', { maxGaussians: 300_000 });
const bvh = new Bvh(sampleScene().primitives);
const surfacesText = readFileSync(new URL('surfaces.json', FOLDER), 'utf8');
const surfaces = new TrueSurfaces(readSceneSurfaces({ name: 'surfaces.json', text: surfacesText }));

describe('the sample scene of Gaussians', () => {
  it('is small, and made of about a hundred thousand discs', () => {
    expect(file.length).toBeLessThan(2_000_000);
    expect(table.count).toBeGreaterThan(80_000);
    expect(table.count).toBeLessThan(150_000);
    expect(chooseDepthRule(sceneStatistics(table), table.tags)).toMatchObject({ rule: 'plane', because: 'flat' });
  });

  it('lies on the true surfaces as they are now, facing as they do', () => {
    let off = 0;
    const matrix: number[] = [];
    const picked = Array.from({ length: 1000 }, (_, k) => Math.floor((k * table.count) / 1000));
    for (const i of picked) {
      const [x, y, z] = turned([table.positions[3 * i]!, table.positions[3 * i + 1]!, table.positions[3 * i + 2]!]);
      rotationMatrix(table, i, matrix);
      const normal = turned([matrix[2]!, matrix[5]!, matrix[8]!]);
      // From a millimetre before the disc to one behind it.
      const start = [x + 1e-3 * normal[0], y + 1e-3 * normal[1], z + 1e-3 * normal[2]] as const;
      const ray = rayAlong(start, [-normal[0], -normal[1], -normal[2]]);
      const hit = bvh.nearest(ray, 0, 2e-3);
      const found = hit?.primitive.surface(ray, hit.t);
      const facing = found
        ? Math.abs(found.normal[0] * normal[0] + found.normal[1] * normal[1] + found.normal[2] * normal[2])
        : 0;
      if (!hit || Math.abs(hit.t - 1e-3) > 3e-4 || facing < 0.999) off++;
    }
    // Rounded coordinates fall off some thin leaf's edge.
    expect(off / picked.length).toBeLessThan(0.01);
  });

  it('comes with its cameras', () => {
    const text = readFileSync(new URL('cameras.json', FOLDER), 'utf8');
    const { cameras } = readSceneCameras([{ name: 'cameras.json', text }]);
    expect(cameras.map(({ name }) => name)).toEqual(sampleCameras(640, 480).map(({ name }) => name));
    cameras.forEach((read, k) => {
      const { camera } = sampleCameras(640, 480)[k]!;
      expect(read.fx).toBeCloseTo(camera.fx, 9);
      read.translation.forEach((value, axis) => expect(value).toBeCloseTo(camera.translation[axis]!, 9));
    });
  });

  it('comes with its surfaces, which rays meet where they meet those that it was made from', () => {
    expect(surfacesText).toBe(encodeSceneSurfaces(sampleSurfaces()));
    const { camera } = sampleCameras(64, 48)[7]!;
    const view = new Camera(orbitPose(0, 28, 1.3), 64, 48);
    for (let i = 0; i < 64 * 48; i += 5) {
      const [x, y] = [(i % 64) + 0.5, Math.floor(i / 64) + 0.5];
      const ray = view.ray(x, y);
      const hit = bvh.nearest(ray)!;
      const point = [ray.ox + hit.t * ray.dx, ray.oy + hit.t * ray.dy, ray.oz + hit.t * ray.dz] as const;
      expect(surfaces.depthAt(camera, x, y)!).toBeCloseTo(view.project(point)!.depth, 4);
    }
  });

  it('is placed the same way in every run', () => {
    const options = { width: 40, height: 30, center: SAMPLE_TARGET, within: 1.9, pixels: 1, least: 0.002, most: 0.03 };
    const views = [orbitPose(-20, 30, 1.3), orbitPose(10, 20, 1.3)];
    const discs = placeDiscs(bvh, { ...options, views });
    expect(discs.length).toBeGreaterThan(400);
    expect(placeDiscs(bvh, { ...options, views })).toEqual(discs);
  });
});

type Place = readonly [side: number, up: number, distance: number];

/** First view and second view, of every bin of angle and of overlap. */
const PAIRS: readonly (readonly [Place, Place])[] = [
  [
    [0, 30, 1.4],
    [9, 24, 1.3],
  ],
  [
    [-20, 35, 1.5],
    [2, 30, 1.3],
  ],
  [
    [-25, 25, 1.4],
    [20, 38, 1.5],
  ],
  [
    [-38, 30, 1.3],
    [34, 24, 1.3],
  ],
  [
    [-5, 40, 1.5],
    [12, 42, 0.75],
  ],
];

describe('pairs of the sample scene against the ray caster', () => {
  const gaussians = activate(table);
  const view = (camera: SplatCamera) => ({ camera, depth: trustedDepth(renderSplats(gaussians, camera), 'plane') });
  const bins = { angle: new Set<number>(), overlap: new Set<number>() };

  it.each(PAIRS)('from %j to %j', (first, second) => {
    const [a, b] = [first, second].map((place) => view(splatCamera(orbitPose(...place), 320, 240)));
    const labels = labelSide(a!, b!);
    const errors = surfaces.errorsOf(a!.camera, b!.camera, labels).sort();
    expect(errors[errors.length >> 1]).toBeLessThanOrEqual(0.1);
    expect(errors[Math.floor(0.95 * errors.length)]).toBeLessThanOrEqual(0.5);
    // Rims, whose rays pass what they show, are left out: one label in a hundred would be many pixels off.
    expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThanOrEqual(1);
    const overlap = errors.length / labels.state.filter((state) => state !== STATE.masked).length;
    const angle = viewpointAngle(relativePose(a!.camera, b!.camera).rotation);
    for (const [kind, value] of [
      ['angle', angle],
      ['overlap', overlap],
    ] as const) {
      bins[kind].add(PAIR_BINS[kind].findIndex(([low, high]) => value >= low && value < high));
    }
  });

  it('are as true at 640 × 480, where a pair is hard: from low and far to high and near', () => {
    const [a, b] = [orbitPose(0, 20, 1.6), orbitPose(0, 44, 0.9)].map((pose) => view(splatCamera(pose, 640, 480)));
    const labels = labelSide(a!, b!);
    const errors = surfaces.errorsOf(a!.camera, b!.camera, labels, 11).sort();
    expect(errors.length).toBeGreaterThan(4000);
    expect(errors[errors.length >> 1]).toBeLessThanOrEqual(0.1);
    expect(errors[Math.floor(0.95 * errors.length)]).toBeLessThanOrEqual(0.5);
  });

  it('are of every bin of angle and of overlap', () => {
    expect([...bins.angle].sort()).toEqual([0, 1, 2, 3]);
    expect([...bins.overlap].sort()).toEqual([0, 1, 2, 3]);
  });
});
