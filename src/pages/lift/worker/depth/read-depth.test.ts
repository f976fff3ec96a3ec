import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { NpyDType } from '../../../../formats/arrays/npy.ts';
import { encodeNpy, npyOfFloat32 } from '../../../../formats/arrays/npy.ts';
import { encodePfm } from '../../../../formats/images/pfm.ts';
import { testPng } from '../../../../formats/images/png.test-helper.ts';
import { float32ToFloat16 } from '../../../../formats/arrays/half.ts';
import { fillMissing, resizeDisparity } from './disparity-map.ts';
import { readDepth } from './read-depth.ts';

const GRID = [1, 2, 4, 8, 16, 32];
const grid = Float32Array.from(GRID);
const read = (bytes: Uint8Array<ArrayBuffer>, meaning: 'disparity' | 'depth' = 'disparity') =>
  readDepth(new Blob([bytes]), 'map', meaning);
const npy = (values: number[], shape: number[]) => encodeNpy(npyOfFloat32(Float32Array.from(values), shape));
const bytesOf = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer as ArrayBuffer);
const grey = (bitDepth: number, samples: number[]) =>
  testPng({ width: 3, height: 2, bitDepth, colourType: 0, samples });

describe('readDepth', () => {
  it.each<[NpyDType, Uint8Array<ArrayBuffer>]>([
    ['float32', bytesOf(grid)],
    ['float64', bytesOf(Float64Array.from(GRID))],
    ['float16', bytesOf(float32ToFloat16(grid))],
    ['uint8', Uint8Array.from(GRID)],
    ['uint16', bytesOf(Uint16Array.from(GRID))],
    ['uint32', bytesOf(Uint32Array.from(GRID))],
    ['int16', bytesOf(Int16Array.from(GRID))],
    ['int32', bytesOf(Int32Array.from(GRID))],
    ['int64', bytesOf(BigInt64Array.from(GRID, BigInt))],
  ])('reads npy arrays of %s', async (dtype, bytes) => {
    for (const shape of [
      [2, 3],
      [1, 2, 3],
      [1, 1, 2, 3],
      [2, 3, 1],
    ]) {
      const map = await read(encodeNpy({ dtype, shape, bytes }));
      expect(map).toEqual({ disparity: grid, size: { width: 3, height: 2 }, notes: [] });
    }
  });

  it('reads float maps and PNG, and inverts depth', async () => {
    const size = { width: 3, height: 2 };
    expect((await read(encodePfm({ size, channels: 1, values: grid }, 'big'))).disparity).toEqual(grid);
    expect(
      (
        await read(
          grey(
            16,
            GRID.map((v) => 2000 * v),
          ),
        )
      ).disparity,
    ).toEqual(grid.map((v) => 2000 * v));
    expect((await read(grey(8, GRID))).notes).toEqual([expect.stringContaining('256 grey levels')]);
    const rgb = GRID.flatMap((v) => [v, v, v]);
    const colour = testPng({ ...size, bitDepth: 8, colourType: 2, samples: rgb });
    expect((await read(colour, 'depth')).disparity).toEqual(grid.map((v) => 1 / v));
  });

  it('fills what is no distance from the nearest that is one, and says so', async () => {
    const map = await read(npy([NaN, 2, -1, 0, Infinity, 7], [2, 3]));
    expect([...map.disparity]).toEqual([2, 2, 2, 0, 2, 7]);
    expect(map.notes).toEqual([expect.stringMatching(/^17 % is infinitely far/), expect.stringMatching(/^50 %/)]);
    const far = await read(npy([NaN, 2, 4, 0, Infinity, 1e-45], [2, 3]), 'depth');
    expect([...far.disparity]).toEqual([0.5, 0.5, 0.25, 0, 0, 0.25]);
  });

  const size = { width: 3, height: 2 };
  const inColours = testPng({ ...size, bitDepth: 8, colourType: 2, samples: GRID.flatMap((v) => [v, v, v + 1]) });
  const bomb = zipSync({ 'depth.npy': new Uint8Array(20_000_000) });
  it.each([
    ['nothing', new Uint8Array(0), 'depth-unknown-format'],
    ['a photo', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), 'depth-unknown-format'],
    ['an archive, however little it hides', bomb, 'depth-unknown-format'],
    ['a truncated array', npy(GRID, [2, 3]).slice(0, -3), 'npy-malformed'],
    ['a truncated PNG', grey(16, GRID).slice(0, -20), 'png-malformed'],
    ['a truncated float map', encodePfm({ size, channels: 1, values: grid }).slice(0, -1), 'pfm-malformed'],
    ['a colour float map', encodePfm({ size: { width: 1, height: 2 }, channels: 3, values: grid }), 'depth-shape'],
    ['a batch', npy(GRID, [2, 3, 1, 1]), 'depth-shape'],
    ['a row', npy(GRID, [6]), 'depth-shape'],
    ['a line', npy(GRID, [1, 6]), 'depth-shape'],
    ['nothing but zeros', npy([0, 0, 0, 0], [2, 2]), 'depth-empty'],
    ['a map in colours', inColours, 'depth-in-colour'],
    ['a wrong size', encodePfm({ size, channels: 1, values: grid }).with(3, 0x39).with(5, 0x39), 'pfm-malformed'],
  ])('refuses %s', async (_, bytes, code) => {
    await expect(read(bytes as Uint8Array<ArrayBuffer>)).rejects.toMatchObject({ code });
  });

  it('stops when it is told to', async () => {
    await expect(readDepth(new Blob([npy(GRID, [2, 3])]), 'map', 'depth', AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('fillMissing', () => {
  it('takes a nearest place, on large maps too', () => {
    const size = { width: 300, height: 200 };
    const map = new Float32Array(60_000).fill(NaN);
    map[0] = 1;
    map[59_999] = 2;
    expect(fillMissing(map, size)).toBe(59_998);
    expect([map[5 * 300 + 5], map[190 * 300 + 290]]).toEqual([1, 2]);
    expect(map.every((value) => value === 1 || value === 2)).toBe(true);
  });
});

describe('resizeDisparity', () => {
  it('keeps a ramp a ramp between the outer centres', () => {
    const size = { width: 8, height: 4 };
    const disparity = Float32Array.from({ length: 32 }, (_, i) => (i % 8) + 0.5 + 10 * Math.floor(i / 8));
    const twice = resizeDisparity({ disparity, size }, { width: 16, height: 8 });
    expect(twice[3 * 16 + 5]).toBeCloseTo(5.5 / 2 + 10 * (3.5 / 2 - 0.5), 5);
    expect(resizeDisparity({ disparity, size }, size)).toEqual(disparity);
    expect(resizeDisparity({ disparity, size }, { width: 4, height: 4 })[1]).toBeCloseTo(3, 5);
  });

  it('blends nothing with a hole', () => {
    const map = { disparity: Float32Array.of(1, NaN, 3, 5), size: { width: 2, height: 2 } };
    const out = resizeDisparity(map, { width: 4, height: 4 });
    expect([out[0], out[3], out[1]]).toEqual([1, NaN, 1]);
    expect(out[12]).toBe(3);
    expect(out[13]).toBeCloseTo(3.5, 5);
  });
});
