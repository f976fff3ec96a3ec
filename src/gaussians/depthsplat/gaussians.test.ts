import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Matrix3 } from '../../core/matrix3.ts';
import { rotationOf } from '../../core/rotation.ts';
import { type SplatCamera, transpose3, translationAt } from '../camera.ts';
import { loadRecorded } from '../raster/parity.test-helper.ts';
import { sigmoid } from '../table.ts';
import { gaussiansOfViews } from './gaussians.ts';
import { wignerOfDegree2 } from './harmonics.ts';

const PARITY = fileURLToPath(new URL('../../../../shared/parity/', import.meta.url));
const has = existsSync(`${PARITY}depthsplat-small/case.json`);
if (!has) console.warn(`Skipped: no recorded outputs at ${PARITY}depthsplat-small.`);

function recorded(name: string) {
  const folder = `${PARITY}${name}/`;
  const { tensors, config } = JSON.parse(readFileSync(`${folder}case.json`, 'utf8')) as {
    tensors: Record<string, { shape: number[]; byteOffset: number }>;
    config: { scaleMin: number; scaleMax: number };
  };
  const blob = readFileSync(`${folder}tensors.bin`);
  const shape = (of: string) => tensors[of].shape;
  const tensor = (of: string): Float32Array => {
    const start = blob.byteOffset + tensors[of].byteOffset;
    return new Float32Array(blob.buffer.slice(start, start + 4 * shape(of).reduce((a, b) => a * b, 1)));
  };
  const camera = (view: number, height: number, width: number): SplatCamera => {
    const k = tensor('intrinsics').subarray(9 * view);
    const m = tensor('extrinsics').subarray(16 * view);
    const rotation = transpose3([0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => m[i]) as unknown as Matrix3);
    return {
      width,
      height,
      fx: k[0] * width,
      cx: k[2] * width,
      fy: k[4] * height,
      cy: k[5] * height,
      rotation,
      translation: translationAt(rotation, [m[3], m[7], m[11]]),
    };
  };
  return { tensor, shape, camera, config };
}

/** A case's views; the channels are recorded at every `step`th pixel, the others are zero. */
function viewsOf(name: string) {
  const { tensor, shape, camera, config } = recorded(name);
  const [, , height, width] = shape('image');
  const [, channels, rows] = shape('gaussian_channels');
  const step = height / rows;
  const [pixels, kept] = [height * width, (height / step) * (width / step)];
  const isKept = (i: number): boolean => (i % width) % step === 0 && Math.floor(i / width) % step === 0;
  const views = [0, 1].map((view) => {
    const sparse = tensor('gaussian_channels').subarray(view * channels * kept);
    const all = new Float32Array(channels * pixels);
    for (let c = 0, from = 0; c < channels; c++)
      for (let i = 0; i < pixels; i++) if (isKept(i)) all[c * pixels + i] = sparse[from++];
    return {
      camera: camera(view, height, width),
      channels: all,
      depth: tensor('depth').subarray(view * pixels, (view + 1) * pixels),
      image: tensor('image').subarray(3 * view * pixels, 3 * (view + 1) * pixels),
    };
  });
  const places = [0, 1].flatMap((view) =>
    [...Array(pixels).keys()].filter(isKept).map((i) => ({ view, pixel: i, k: view * pixels + i })),
  );
  return { views, places, tensor, shape, limits: config };
}

const NAMES = ['small', 'small-1-8-8', 'base-2-2-4-vits', 'base-2-4-8-vits', 'small-tall', 'small-two-k'];

describe.runIf(has)('Gaussians from the network’s channels', () => {
  it.each(NAMES)('%s: places within 1e-4 of the depth, the rest as recorded', (name) => {
    const { views, places, tensor, shape, limits } = viewsOf(`depthsplat-${name}`);
    const table = gaussiansOfViews(views, limits);
    const means = tensor('means');
    const opacities = tensor('opacities');
    const pixels = views[0].depth.length;
    let [mean, opacity] = [0, 0];
    for (const { view, pixel, k } of places) {
      for (let axis = 0; axis < 3; axis++)
        mean = Math.max(mean, Math.abs(table.positions[3 * k + axis] - means[3 * k + axis]) / views[view].depth[pixel]);
      opacity = Math.max(opacity, Math.abs(sigmoid(table.opacityLogits[k]) - opacities[k]));
    }
    expect(mean).toBeLessThan(1e-4);
    expect(opacity).toBeLessThan(1e-5);
    if (!name.startsWith('base') && name !== 'small' && name !== 'small-1-8-8') return;
    // [view, h/2, w/2, 3]: the same pixels as the channels'.
    expect(shape('scales')[1] * shape('scales')[2] * 2).toBe(places.length);
    const scales = tensor('scales');
    const largest = places.reduce(
      (most, { k }, at) =>
        [0, 1, 2].reduce(
          (m, axis) => Math.max(m, Math.abs(Math.exp(table.logScales[3 * k + axis]) - scales[3 * at + axis])),
          most,
        ),
      0,
    );
    expect(largest).toBeLessThan(3e-5);
    expect(pixels * 2).toBe(table.count);
  });

  it('base: the world’s covariances, with the cameras far turned', () => {
    const { views, places, tensor } = viewsOf('depthsplat-base-2-4-8-vits');
    const table = gaussiansOfViews(views, { scaleMin: 1e-10, scaleMax: 3 });
    const covariances = tensor('covariances');
    let largest = 0;
    for (const [at, { k }] of places.entries()) {
      const [w, x, y, z] = table.quaternions.subarray(4 * k, 4 * k + 4);
      const r = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
      ];
      const s = [0, 1, 2].map((axis) => Math.exp(2 * table.logScales[3 * k + axis]));
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const value = r[i][0] * s[0] * r[j][0] + r[i][1] * s[1] * r[j][1] + r[i][2] * s[2] * r[j][2];
          largest = Math.max(largest, Math.abs(value - covariances[9 * at + 3 * i + j]));
        }
    }
    expect(largest).toBeLessThan(1e-5);
  });

  it('small: everything as the rasteriser’s reference has it, standard harmonics too', () => {
    const { views, places } = viewsOf('depthsplat-small');
    const table = gaussiansOfViews(views, { scaleMin: 1e-10, scaleMax: 3 });
    const judge = loadRecorded().gaussians('small');
    let [position, scale, turn, colour] = [0, 0, 0, 0];
    for (const { k } of places) {
      for (let axis = 0; axis < 3; axis++) {
        position = Math.max(position, Math.abs(table.positions[3 * k + axis] - judge.positions[3 * k + axis]));
        scale = Math.max(scale, Math.abs(Math.exp(table.logScales[3 * k + axis]) - judge.scales[3 * k + axis]));
        colour = Math.max(colour, Math.abs(table.sh0[3 * k + axis] - judge.sh0[3 * k + axis]));
      }
      for (let j = 0; j < 24; j++)
        colour = Math.max(colour, Math.abs(table.shRest[24 * k + j] - judge.shRest[24 * k + j]));
      // q and −q are the same rotation.
      const dot = [0, 1, 2, 3].reduce((sum, j) => sum + table.quaternions[4 * k + j] * judge.quaternions[4 * k + j], 0);
      turn = Math.max(turn, 1 - Math.abs(dot));
    }
    expect(position).toBeLessThan(2e-5);
    expect(scale).toBeLessThan(3e-6);
    expect(colour).toBeLessThan(3e-5);
    expect(turn).toBeLessThan(1e-6);
  });

  it('turns harmonics as upstream does', () => {
    const { tensor, camera } = recorded('depthsplat-base-2-4-8-vits');
    for (const view of [0, 1]) {
      const turn = transpose3(camera(view, 64, 96).rotation);
      const second = wignerOfDegree2(turn);
      const expected = tensor('sh_rotation_2').subarray(25 * view, 25 * view + 25);
      expect(Math.max(...second.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(2e-5);
      const first = tensor('sh_rotation_1').subarray(9 * view, 9 * view + 9);
      expect(Math.max(...turn.map((value, i) => Math.abs(value - first[i])))).toBeLessThan(2e-5);
    }
  });
});

describe('odd channels', () => {
  it('stay finite: no rotation at all, extreme opacities and scales', () => {
    const [width, height] = [3, 2];
    const rotation = rotationOf([0.1, 0.2, 0.3]);
    const camera = { width, height, fx: 3, fy: 3, cx: 1.5, cy: 1, rotation, translation: [0, 0, 0] as const };
    const channels = new Float32Array(37 * 6).fill(0);
    channels.fill(1e4, 0, 6);
    channels.fill(-1e4, 3 * 6, 4 * 6);
    channels.fill(1e4, 4 * 6, 5 * 6);
    const view = { camera, channels, depth: new Float32Array(6).fill(2), image: new Float32Array(18).fill(0.5) };
    const table = gaussiansOfViews([view, view], { scaleMin: 1e-10, scaleMax: 3 });
    for (const values of [
      table.positions,
      table.logScales,
      table.quaternions,
      table.opacityLogits,
      table.sh0,
      table.shRest,
    ])
      expect(values.every(Number.isFinite)).toBe(true);
    expect(table.logScales[1]).toBeCloseTo(Math.log(3), 5);
    expect(Math.hypot(...table.quaternions.subarray(0, 4))).toBeCloseTo(1, 6);
    expect(table.count).toBe(12);
  });
});
