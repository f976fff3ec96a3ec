import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { CyclePass } from '../compute/cycle/gpu.ts';
import { FramePass } from '../compute/frame/gpu.ts';
import { ProbePass } from '../compute/probe/gpu.ts';
import { cycleError } from '../compute/cycle/cpu.ts';
import { readWarp } from '../pages/match/views/pane/cpu.ts';
import type { PlainField } from '../compute/field/cpu.ts';
import { composeBackward } from '../compute/frame/cpu.ts';
import { probe } from '../compute/probe/cpu.ts';
import { TestGpu } from '../platform/gpu/testing/dawn.ts';
import { uploadField } from '../pages/match/testing/fields.ts';
import { normalisedToPixel, pixelToNormalised } from '../core/coordinates.ts';
import type { Size } from '../core/geometry.ts';
import { IDENTITY3 } from '../core/matrix3.ts';
import { denseFlow } from './dense-flow.ts';
import { placePoints } from '../pages/match/worker/points/place-points.ts';

/** The photo and the grid of the report: half a cell of the grid is 8 pixels. */
const PHOTO = { width: 1600, height: 900 };
const GRID = { width: 100, height: 57 };

/** A field whose warp is linear: (x, y) → zoom · (x, y) + shift, normalised. */
function linearField(grid: Size, zoom = 1, shift = 0): PlainField {
  const points = grid.width * grid.height;
  const warp = new Float32Array(2 * points);
  for (let i = 0; i < points; i++) {
    warp[i] = zoom * ((2 * (i % grid.width) + 1) / grid.width - 1) + shift;
    warp[points + i] = zoom * ((2 * Math.floor(i / grid.width) + 1) / grid.height - 1) + shift;
  }
  const certainty = new Float32Array(points).fill(1);
  return { grid, photo: PHOTO, warp, certainty, cycle: new Float32Array(points) };
}

const identity = linearField(GRID);
/** Corners, edges and the middle of the photo, pixels. */
const PLACES = [
  [0.5, 0.5],
  [1599.5, 0.5],
  [0.5, 899.5],
  [1599.5, 899.5],
  [0, 0],
  [1600, 900],
  [0.5, 450],
  [800, 899.5],
  [803.3, 451.7],
] as const;

describe('at the border a warp is what it is inside', () => {
  it('for the probe, lists of points, and pictures', () => {
    for (const [x, y] of PLACES) {
      const at = pixelToNormalised({ x, y }, PHOTO);
      const told = normalisedToPixel(probe(identity, at).to, PHOTO);
      expect(Math.hypot(told.x - x, told.y - y)).toBeLessThan(1e-3);
      const [u, v] = readWarp(identity, [x / 1600, y / 900]).unit;
      expect(Math.hypot(1600 * u - x, 900 * v - y)).toBeLessThan(1e-3);
    }
    const { to } = placePoints(identity, Float64Array.from(PLACES.flat()), PHOTO);
    PLACES.flat().forEach((value, i) => expect(Math.abs(to[i] - value)).toBeLessThan(1e-3));
  });

  it('for flow files: the flow of a photo onto itself is zero in every pixel, that of a zoom is the zoom', () => {
    const options = { from: PHOTO, to: PHOTO, longSide: 1600, threshold: 0.5, cycleLimit: 0 };
    const still = denseFlow(identity, options);
    expect(still.valid.every((one) => one === 1)).toBe(true);
    expect(still.vectors.reduce((most, v) => Math.max(most, Math.abs(v)), 0)).toBeLessThan(1e-3);
    const zoomed = denseFlow(linearField(GRID, 0.5, 0.1), options);
    // The centre of the first pixel: from 0.5 − 800 = −799.5 to −399.75 and a shift of 80.
    expect(zoomed.vectors[0]).toBeCloseTo(799.5 - 399.75 + 80, 2);
    expect(zoomed.vectors[1]).toBeCloseTo(449.5 - 224.75 + 45, 2);
  });

  it('for cycle errors between grids of different size, and for the warp of a frame', () => {
    const fine = linearField({ width: 90, height: 51 });
    expect(cycleError(fine, linearField({ width: 7, height: 5 })).every((error) => error < 1e-3)).toBe(true);
    const { warp, logit } = composeBackward(
      { grid: GRID, warp: identity.warp, logit: new Float32Array(GRID.width * GRID.height).fill(3) },
      IDENTITY3,
      fine.grid,
    );
    expect(logit.every((value) => Math.abs(value - 3) < 1e-6)).toBe(true);
    fine.warp.forEach((value, i) => expect(Math.abs(warp[i] - value)).toBeLessThan(1e-6));
  });

  it('for a grid of one row, too, along that row', () => {
    const at = pixelToNormalised({ x: 0.5, y: 450 }, PHOTO);
    expect(normalisedToPixel(probe(linearField({ width: 20, height: 1 }), at).to, PHOTO).x).toBeCloseTo(0.5, 3);
  });
});

describe('on the GPU', () => {
  let gpu: TestGpu;
  beforeAll(async () => {
    gpu = await TestGpu.open();
  });
  afterAll(() => gpu.close());

  test('the probe tells a photo’s corners apart to a thousandth of a pixel', async () => {
    const pass = new ProbePass(gpu.device, gpu.scope);
    const field = uploadField(gpu, 'identity', identity);
    const target = gpu.scope.storage('probe', ProbePass.bytes);
    for (const [x, y] of PLACES) {
      await gpu.submit((encoder) => pass.run(encoder, field, pixelToNormalised({ x, y }, PHOTO), target));
      const told = ProbePass.parse((await gpu.readFloats(target, 4)).buffer as ArrayBuffer);
      const pixel = normalisedToPixel(told.to, PHOTO);
      expect(Math.hypot(pixel.x - x, pixel.y - y)).toBeLessThan(1e-3);
    }
  });

  test('the cycle of two identities is zero, and a whole frame changes nothing', async () => {
    const fields = { a: linearField({ width: 90, height: 51 }), b: linearField({ width: 7, height: 5 }) };
    const onGpu = { a: uploadField(gpu, 'fine', fields.a), b: uploadField(gpu, 'coarse', fields.b) };
    const cycle = new CyclePass(gpu.device, gpu.scope);
    const frame = new FramePass(gpu.device, gpu.scope);
    const target = {
      grid: fields.a.grid,
      warp: gpu.scope.storage('warp', 4 * fields.a.warp.length),
      logit: gpu.scope.storage('logit', 4 * fields.a.certainty.length),
    };
    await gpu.submit((encoder) => {
      cycle.run(encoder, onGpu);
      frame.composeBackward(encoder, onGpu.b, target, IDENTITY3);
    });
    const error = await gpu.readFloats(onGpu.a.cycle, fields.a.cycle.length);
    expect(error.every((value) => value < 2e-3)).toBe(true);
    const warp = await gpu.readFloats(target.warp, fields.a.warp.length);
    fields.a.warp.forEach((value, i) => expect(Math.abs(warp[i] - value)).toBeLessThan(2e-6));
  });
});
