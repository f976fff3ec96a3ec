import { describe, expect, it } from 'vitest';
import type { Matrix3 } from '../../core/matrix3.ts';
import { rotationOf, type Vector3 } from '../../core/rotation.ts';
import { type SplatCamera, translationAt } from '../camera.ts';
import { cropOf, croppedCamera, type SweepInputs, sweepInputs } from './cameras.ts';
import { camerasAt, makeScene, nearDepth, type SceneInput, type TwoViewOutput } from './scene.ts';

const [WIDTH, HEIGHT] = [48, 32];
const PIXELS = WIDTH * HEIGHT;

function camera(rotation: Matrix3, centre: Vector3, f = 40): SplatCamera {
  const translation = translationAt(rotation, centre);
  return { width: WIDTH, height: HEIGHT, fx: f, fy: f, cx: WIDTH / 2, cy: HEIGHT / 2, rotation, translation };
}

/** Where a pixel's ray meets the wall z = 4 (baselines) of the world, and its colour there. */
function wall(of: SplatCamera, i: number): { depth: number; colour: number[] } {
  const [x, y] = [((i % WIDTH) + 0.5 - of.cx) / of.fx, (Math.floor(i / WIDTH) + 0.5 - of.cy) / of.fy];
  const r = of.rotation;
  // Rows of the rotation are the camera's axes in the world.
  const ray = [0, 1, 2].map((k) => r[k] * x + r[3 + k] * y + r[6 + k]);
  const centre = [0, 1, 2].map(
    (k) => -(r[k] * of.translation[0] + r[3 + k] * of.translation[1] + r[6 + k] * of.translation[2]),
  );
  const depth = (4 - centre[2]) / ray[2];
  const [u, v] = [centre[0] + depth * ray[0], centre[1] + depth * ray[1]];
  const stripe = (k: number): number => 0.5 + 0.4 * Math.sin(3 * u * (k + 1) + k) * Math.cos(4 * v + k);
  return { depth, colour: [0, 1, 2].map(stripe) };
}

/** A pair before a wall, its pose `scale` times as long as the baseline in which the wall is 4 away. */
function pair(scale: number): SceneInput {
  const a = camera([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);
  const b = (s: number): SplatCamera => camera(rotationOf([0.02, -0.15, 0.01]), [s, 0.1 * s, 0.05 * s], 46);
  const image = new Float32Array(6 * PIXELS);
  for (const [view, of] of [a, b(1)].entries())
    for (let i = 0; i < PIXELS; i++)
      for (const [k, value] of wall(of, i).colour.entries()) image[(3 * view + k) * PIXELS + i] = value;
  return {
    image,
    cameras: { a, b: b(scale) },
    size: { width: WIDTH, height: HEIGHT },
    nearDepth: 4 * scale,
    near: 0.5,
    far: 100,
    limits: { scaleMin: 1e-10, scaleMax: 3 },
    covisible: null,
  };
}

/**
 * A network that sees the wall where it is, but whose Gaussians have one size in its own unit: too small at too large a baseline, so
 * that the other photo shows through, too large at a small one.
 */
function network(size: number) {
  const calls: number[] = [];
  const unit = pair(1);
  const run = async (cameras: SweepInputs): Promise<TwoViewOutput> => {
    // Shifts grow with the baseline.
    const factor = cameras.shift[0] / sweepInputs([unit.cameras.a, unit.cameras.b], 0.5, 100).shift[0];
    calls.push(factor);
    const depth = new Float32Array(2 * PIXELS);
    const gaussians = new Float32Array(2 * 37 * PIXELS);
    for (const [view, of] of [unit.cameras.a, unit.cameras.b].entries()) {
      for (let i = 0; i < PIXELS; i++) {
        depth[view * PIXELS + i] = factor * wall(of, i).depth;
        const put = (channel: number, value: number): void => {
          gaussians[(view * 37 + channel) * PIXELS + i] = value;
        };
        put(0, 4);
        for (const axis of [0, 1, 2]) put(3 + axis, 4 + Math.log(Math.expm1(size)));
        put(9, 1);
      }
    }
    return { depth, gaussians };
  };
  return { run, calls };
}

describe('a scene by a network from two photos', () => {
  it('takes the scale at which the photos are drawn best from each other', async () => {
    // Half a pixel at the wall, in units in which the wall stands at 1.25: right at factor 1, and so on.
    const fitting = (factor: number): number => (0.5 * 1.25 * factor) / 40;
    for (const factor of [0.5, 1, 2]) {
      const { run } = network(fitting(factor));
      const scene = await makeScene(pair(1), run);
      expect(scene.factor, JSON.stringify(scene.tries)).toBe(factor);
      expect(scene.baseline).toBeCloseTo((factor * 1.25 * Math.hypot(1, 0.1, 0.05)) / 4, 5);
      expect(Math.max(...scene.tries.map(({ psnr }) => psnr))).toBe(
        scene.tries.find((one) => one.factor === factor)!.psnr,
      );
    }
  });

  it('is the same whatever the unit of the pose: 0.2 to 5', async () => {
    const { run } = network(0.0156);
    const reference = await makeScene(pair(1), run);
    for (const scale of [0.2, 0.5, 2, 5]) {
      const scene = await makeScene(pair(scale), run);
      expect(scene.factor).toBe(reference.factor);
      expect(scene.baseline / reference.baseline).toBeCloseTo(1, 6);
      const off = scene.depth.reduce((most, value, i) => Math.max(most, Math.abs(value / reference.depth[i] - 1)), 0);
      expect(off).toBeLessThan(1e-4);
    }
  });

  it('tries no more than it must, and a single factor is taken as it is', async () => {
    const { run, calls } = network(0.0156);
    await makeScene(pair(1), run);
    expect(calls).toHaveLength(3);
    calls.length = 0;
    const scene = await makeScene(pair(1), run, { factors: [1.4] });
    expect(calls).toHaveLength(1);
    expect(scene).toMatchObject({ factor: 1.4, counts: { a: PIXELS, b: PIXELS } });
    expect(scene.table.count).toBe(2 * PIXELS);
  });

  it('lets what both show fade, and what one alone shows stay', async () => {
    const { fade, counts } = await makeScene(pair(1), network(0.0156).run, { factors: [1] });
    expect(new Set(fade.subarray(0, counts.a))).toEqual(new Set([0, 1]));
    expect(new Set([...fade.subarray(counts.a)].map((value) => value + 0))).toEqual(new Set([0, -1]));
    // B stands to the right: A's left edge is A's alone.
    expect(fade[10 * WIDTH]).toBe(0);
    expect(fade[10 * WIDTH + 30]).toBe(1);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const { run } = network(0.0156);
    const stopped = makeScene(pair(1), run, {
      signal: controller.signal,
      onProgress: (done) => {
        if (done === 1) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('cameras of the network’s input', () => {
  it.each([
    [
      { width: 640, height: 480 },
      { width: 256, height: 256 },
    ],
    [
      { width: 480, height: 641 },
      { width: 448, height: 256 },
    ],
    [
      { width: 100, height: 90 },
      { width: 256, height: 256 },
    ],
  ])('%o cut to %o: a place keeps its ray', (photo, size) => {
    const crop = cropOf(photo, size);
    expect(crop.scaled.width >= size.width && crop.scaled.height >= size.height).toBe(true);
    // One side fits exactly.
    expect(crop.scaled.width === size.width || crop.scaled.height === size.height).toBe(true);
    const whole = { ...camera([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0], 500), ...photo, cx: photo.width / 2 - 3, cy: 40 };
    const cut = croppedCamera(whole, crop);
    const [u, v] = [photo.width * 0.4, photo.height * 0.6];
    const inside = [
      (u * crop.scaled.width) / photo.width - crop.left,
      (v * crop.scaled.height) / photo.height - crop.top,
    ];
    expect((inside[0] - cut.cx) / cut.fx).toBeCloseTo((u - whole.cx) / whole.fx, 9);
    expect((inside[1] - cut.cy) / cut.fy).toBeCloseTo((v - whole.cy) / whole.fy, 9);
    expect(cut).toMatchObject(size);
  });

  it('sweep: a place before both cameras is found with each view’s own K', () => {
    const { cameras } = pair(1);
    const { turn, shift, inverse_far: far } = sweepInputs([cameras.a, cameras.b], 0.5, 200);
    expect([...far]).toEqual([Math.fround(1 / 200), Math.fround(1 / 200)]);
    const [x, y, z] = [0.3, -0.2, 3];
    const pixel = (of: SplatCamera): number[] => {
      const r = of.rotation;
      const at = [0, 1, 2].map((k) => r[3 * k] * x + r[3 * k + 1] * y + r[3 * k + 2] * z + of.translation[k]);
      return [of.fx * (at[0] / at[2]) + of.cx, of.fy * (at[1] / at[2]) + of.cy, at[2]];
    };
    const [pa, pb] = [pixel(cameras.a), pixel(cameras.b)];
    for (const [view, from, to] of [
      [0, pa, pb],
      [1, pb, pa],
    ] as const) {
      const m = turn.subarray(9 * view);
      const seen = [0, 1, 2].map(
        (k) => from[2] * (m[3 * k] * from[0] + m[3 * k + 1] * from[1] + m[3 * k + 2]) + shift[3 * view + k],
      );
      expect(seen[0] / seen[2]).toBeCloseTo(to[0], 3);
      expect(seen[1] / seen[2]).toBeCloseTo(to[1], 3);
      expect(seen[2]).toBeCloseTo(to[2], 4);
    }
  });

  it('near depth is the twentieth part of what is in front', () => {
    expect(nearDepth([...Array(101).keys()].map((i) => i + 1))).toBe(6);
    expect(nearDepth([-1, Infinity, Number.NaN])).toBeNull();
    const { cameras } = pair(3);
    const at = camerasAt({ cameras, nearDepth: 12 }, 1);
    expect(Math.hypot(...at.b.translation)).toBeCloseTo((1.25 / 12) * Math.hypot(...cameras.b.translation), 6);
  });
});
