import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FieldMask, PhotoMask } from '../../core/mask.ts';
import {
  hasShapeOf,
  insideShare,
  isInMask,
  isMaskNameOf,
  maskBytes,
  maskOf,
  maskOfPixels,
  maskOfText,
  maskShare,
  maskText,
} from '../../core/mask.ts';
import { makeFields, randomNumbers, uploadField } from '../../pages/match/testing/fields.ts';
import { Scope } from '../../platform/gpu/scope.ts';
import { TestGpu } from '../../platform/gpu/testing/dawn.ts';
import { maskCertainty, maskedStatistics } from './cpu.ts';
import { MaskPass } from './gpu.ts';

let gpu: TestGpu;
let pass: MaskPass;
beforeAll(async () => {
  gpu = await TestGpu.open();
  pass = new MaskPass(gpu.device, new Scope(gpu.device, 'test'));
});
afterAll(() => gpu.close());

/** A mask of patches, about half of it inside. */
function patches(width: number, height: number, seed: number): PhotoMask {
  const random = randomNumbers(seed);
  const coarse = Array.from({ length: 100 }, () => random() < 0.5);
  const inside = Uint8Array.from({ length: width * height }, (_, i) =>
    coarse[10 * Math.floor((10 * Math.floor(i / width)) / height) + Math.floor((10 * (i % width)) / width)] ? 1 : 0,
  );
  return maskOf({ width, height }, inside);
}

describe('the pass', () => {
  const cases: [name: string, mask: FieldMask][] = [
    ['both photos', { here: patches(61, 47, 3), there: patches(130, 77, 9) }],
    ['this photo only, finer than the grid', { here: patches(301, 203, 5), there: null }],
    ['the other photo only', { here: null, there: patches(33, 65, 8) }],
  ];
  test.each(cases)('equals its reference on odd grids: %s', async (_, mask) => {
    const { a } = makeFields({ a: { width: 37, height: 23 }, b: { width: 5, height: 5 } });
    const field = uploadField(gpu, 'a', a);
    await gpu.submit((encoder) => void pass.run(encoder, field, mask));
    const values = await gpu.readFloats(field.certainty, 37 * 23);
    const expected = maskCertainty(a.certainty, a.warp, a.grid, mask);
    expect(values).toEqual(expected);
    const dropped = a.certainty.filter((value, i) => value > 0 && expected[i] === 0).length;
    expect(dropped).toBeGreaterThan(100);
    expect(expected.filter((value) => value > 0).length).toBeGreaterThan(100);
  });

  test('landings on the very edges of the other photo find the same pixel', async () => {
    const there = patches(3, 7, 2);
    const edges = [-1, -1 + 1e-7, -1 / 3, 0, 1 / 3, 1 - 1e-7, 1, 1.0001, NaN];
    const points = edges.length ** 2;
    const warp = new Float32Array(2 * points);
    edges.forEach((y, row) =>
      edges.forEach((x, column) => {
        warp[row * edges.length + column] = x;
        warp[points + row * edges.length + column] = y;
      }),
    );
    const grid = { width: edges.length, height: edges.length };
    const made = {
      grid,
      photo: grid,
      warp,
      certainty: new Float32Array(points).fill(1),
      cycle: new Float32Array(points),
    };
    const field = uploadField(gpu, 'edges', made);
    await gpu.submit((encoder) => void pass.run(encoder, field, { here: null, there }));
    expect(await gpu.readFloats(field.certainty, points)).toEqual(
      maskCertainty(made.certainty, warp, grid, { here: null, there }),
    );
  });
});

describe('a mask', () => {
  test('comes back from bytes and from text', () => {
    const mask = patches(67, 31, 4);
    expect(maskOf(mask, maskBytes(mask))).toEqual(mask);
    expect(maskOfText(maskText(mask))).toEqual(mask);
    for (const text of ['', '3x3:', '3x3:a', '9999x9:1', '3x3:4.4.4', '2x2:0.3', '0x3:0', '<script>']) {
      expect(maskOfText(text), text).toBeNull();
    }
    expect(maskShare(maskOf({ width: 5, height: 1 }, [1, 0, 0, 1, 1]))).toBe(0.6);
  });

  test('is read from alpha where there is any, else from brightness', () => {
    const size = { width: 3, height: 1 };
    expect([...maskBytes(maskOfPixels([255, 255, 255, 255, 127, 127, 127, 255, 0, 255, 0, 255], size))]).toEqual([
      1, 0, 1,
    ]);
    expect([...maskBytes(maskOfPixels([0, 0, 0, 255, 0, 0, 0, 127, 255, 255, 255, 0], size))]).toEqual([1, 0, 0]);
  });

  test('lies over its photo edge to edge at any size, and only over one of its shape', () => {
    const mask = maskOf({ width: 2, height: 1 }, [1, 0]);
    expect(isInMask(mask, { x: -0.01, y: 0.9 })).toBe(true);
    expect(isInMask(mask, { x: 0, y: 0.9 })).toBe(false);
    expect(isInMask(mask, { x: -1.01, y: 0 })).toBe(false);
    expect(isInMask(null, { x: 5, y: 0 })).toBe(true);
    expect(hasShapeOf({ width: 501, height: 333 }, { width: 3000, height: 2000 })).toBe(true);
    expect(hasShapeOf({ width: 480, height: 640 }, { width: 640, height: 480 })).toBe(false);
  });

  test('belongs to a photo by its name', () => {
    expect(isMaskNameOf('left.mask.png', 'left.jpg')).toBe(true);
    expect(isMaskNameOf('LEFT.JPG.mask.PNG', 'left.jpg')).toBe(true);
    expect(isMaskNameOf('set/left.mask.png', 'set/left.jpeg')).toBe(true);
    for (const other of ['left.png', 'left2.mask.png', 'set/left.mask.png', 'mask.png']) {
      expect(isMaskNameOf(other, 'left.jpg'), other).toBe(false);
    }
  });
});

test('shares are of what the photo’s own mask leaves', () => {
  const grid = { width: 20, height: 10 };
  const here = maskOf({ width: 4, height: 1 }, [1, 0, 0, 0]);
  expect(insideShare(here, grid)).toBe(0.25);
  const side = { meanCertainty: 0.2, certainShare: 0.25, consistentShare: 0.125, medianCycle: 3 };
  expect(maskedStatistics(side, { here, there: null }, grid)).toEqual({
    meanCertainty: 0.8,
    certainShare: 1,
    consistentShare: 0.5,
    medianCycle: 3,
  });
  expect(maskedStatistics(side, { here: null, there: here }, grid)).toBe(side);
});
