import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../src/formats/byte-source.ts';
import { readImageHeader } from '../../src/formats/images/image-header.ts';
import { npyFloat32 } from '../../src/formats/arrays/npy.ts';
import { openNpz } from '../../src/formats/arrays/npz.ts';
import { readPng } from '../../src/formats/images/png-reader.ts';
import { Bvh } from '../../src/gaussians/truth/bvh.ts';
import { Camera } from './camera.ts';
import { SAMPLES } from './scenes/index.ts';
import { exactDisparity } from './depth.ts';
import { exactWarp } from './truth.ts';

const FOLDER = new URL('../../public/samples/', import.meta.url);
const load = (path: string) => new Uint8Array(readFileSync(new URL(path, FOLDER)));

interface Entry {
  id: string;
  title: string;
  a: string;
  b: string;
  truth: string | null;
  depth: string;
  credit: string;
}

const INDEX = JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8')) as Entry[];

describe('public/samples', () => {
  it('lists what the script renders', () => {
    expect(INDEX.map(({ id, title, truth }) => ({ id, title, related: truth !== null }))).toEqual(
      SAMPLES.map(({ id, title, related }) => ({ id, title, related })),
    );
  });

  it.each(INDEX)('$id has small upright photos', async ({ a, b }) => {
    for (const photo of [a, b]) {
      const { kind, raster } = await readImageHeader(bytesSource(load(photo)));
      expect({ kind, ...raster }).toMatchObject({ kind: 'jpeg', size: { width: 640, height: 480 }, complete: true });
      expect(statSync(new URL(photo, FOLDER)).size).toBeLessThanOrEqual(90_000);
    }
  });

  it.each(INDEX.filter(({ truth }) => truth))('$id has the truth of its scene as it is now', async ({ id, truth }) => {
    const npz = await openNpz(bytesSource(load(truth!)));
    const [warp, visible] = [await npz.read('warp'), await npz.read('visible')];
    expect(warp.shape).toEqual([2, 120, 160]);
    expect(visible.shape).toEqual([120, 160]);
    const { a, b } = SAMPLES.find((sample) => sample.id === id)!;
    const cameras = [a, b].map(({ pose }) => new Camera(pose, 640, 480));
    // Every fifth place: their centres are centres of the fine grid too.
    const fresh = exactWarp(new Bvh(a.scene().primitives), cameras[0], cameras[1], 32, 24);
    const stored = npyFloat32(warp);
    let differing = 0;
    for (let p = 0; p < 32 * 24; p++) {
      const q = (5 * Math.floor(p / 32) + 2) * 160 + 5 * (p % 32) + 2;
      const dx = Math.abs(stored[q] - fresh.warp[p]);
      const dy = Math.abs(stored[160 * 120 + q] - fresh.warp[32 * 24 + p]);
      if (dx > 1e-4 || dy > 1e-4 || visible.bytes[q] !== fresh.visible[p]) differing++;
    }
    // Other versions of the JavaScript engine may round a sine otherwise, and move a leaf's edge.
    expect(differing).toBeLessThan(8);
  });

  it.each(INDEX)('$id has the disparity of photo A in its scene as it is now', async ({ id, depth }) => {
    const file = load(depth);
    expect(file.length).toBeLessThanOrEqual(150_000);
    const stored = await readPng(file);
    expect(stored).toMatchObject({ size: { width: 640, height: 480 }, channels: 1, bitDepth: 16 });
    const { a } = SAMPLES.find((sample) => sample.id === id)!;
    // Every fifth place, as above. The whole picture's nearest place sets the scale, so the median ratio is taken out.
    const fresh = exactDisparity(new Bvh(a.scene().primitives), new Camera(a.pose, 128, 96), 2 ** 16);
    const pairs = [...fresh].map((value, p) => {
      return [value, stored.samples[(5 * Math.floor(p / 128) + 2) * 640 + 5 * (p % 128) + 2]] as const;
    });
    const ratios = pairs.filter(([value]) => value > 0).map(([value, other]) => other / value);
    const scale = ratios.sort((x, y) => x - y)[ratios.length >> 1];
    const differing = pairs.filter(([value, other]) => Math.abs(other - scale * value) > 2 ** 16 / 2048);
    expect(scale).toBeCloseTo(1, 0);
    expect(differing.length).toBeLessThan(60);
  });
});
