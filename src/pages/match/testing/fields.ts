import type { Size } from '../../../core/geometry.ts';
import type { MatchField, WarpField } from '../../../compute/field/gpu.ts';
import { gridPoints } from '../../../compute/field/gpu.ts';
import type { PlainField, PlainMatchField } from '../../../compute/field/cpu.ts';
import type { TestGpu } from '../../../platform/gpu/testing/dawn.ts';

/** Deterministic uniform numbers in [0, 1) (a 32-bit xorshift). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A made-up field: its values, and the logits from which its certainty came. */
export interface MadeField extends PlainField {
  logit: Float32Array;
}

/**
 * Both directions of a gentle rotation and zoom with some noise: near the border the warp leaves the other
 * photo, certainty varies smoothly over the whole range. `cycle` is left at zero for the test to fill.
 */
export function makeFields(
  grids: { a: Size; b: Size },
  photos: { a: Size; b: Size } = { a: { width: 640, height: 480 }, b: { width: 500, height: 700 } },
  seed = 1,
): { a: MadeField; b: MadeField } {
  return {
    a: makeField(grids.a, photos.a, 0.2, 1.1, seed),
    b: makeField(grids.b, photos.b, -0.2, 1 / 1.1, seed + 1),
  };
}

function makeField(grid: Size, photo: Size, angle: number, zoom: number, seed: number): MadeField {
  const random = randomNumbers(seed);
  const { width, height } = grid;
  const points = width * height;
  const warp = new Float32Array(2 * points);
  const logit = new Float32Array(points);
  const certainty = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    const x = (2 * (i % width) + 1) / width - 1;
    const y = (2 * Math.floor(i / width) + 1) / height - 1;
    warp[i] = zoom * (Math.cos(angle) * x - Math.sin(angle) * y) + 0.02 * (random() - 0.5);
    warp[points + i] = zoom * (Math.sin(angle) * x + Math.cos(angle) * y) + 0.02 * (random() - 0.5);
    logit[i] = 6 * Math.cos(3 * x + y) + random() - 0.5;
    const inside = Math.abs(warp[i]) <= 1 && Math.abs(warp[points + i]) <= 1;
    certainty[i] = inside ? 1 / (1 + Math.exp(-logit[i])) : 0;
  }
  return { grid, photo, warp, logit, certainty, cycle: new Float32Array(points) };
}

/** The same field on the GPU. */
export function uploadField(gpu: TestGpu, label: string, field: PlainField & { logit?: Float32Array }): WarpField {
  return {
    grid: field.grid,
    photo: field.photo,
    warp: gpu.upload(`${label}/warp`, field.warp),
    logit: gpu.upload(`${label}/logit`, field.logit ?? new Float32Array(gridPoints(field.grid))),
    certainty: gpu.upload(`${label}/certainty`, field.certainty),
    cycle: gpu.upload(`${label}/cycle`, field.cycle),
  };
}

export function uploadFields(gpu: TestGpu, fields: PlainMatchField): MatchField {
  return { a: uploadField(gpu, 'a', fields.a), b: uploadField(gpu, 'b', fields.b) };
}
