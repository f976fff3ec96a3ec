import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../core/errors.ts';
import { encodeFlo, parseFlo } from './flo.ts';
import type { Flow } from './flow.ts';
import { encodeKittiFlow } from './kitti-flow.ts';

const FLOW: Flow = {
  size: { width: 3, height: 2 },
  vectors: Float32Array.of(0, 0, 1.25, -2.5, 511.984375, -512, 0, 0, 600, 1, 0.1, 0.3),
  valid: Uint8Array.of(1, 1, 1, 0, 1, 1),
};

describe('.flo', () => {
  it('comes back bit by bit', () => {
    expect(parseFlo(encodeFlo(FLOW))).toEqual(FLOW);
  });

  it('is laid out as published: tag, width, height, then u and v of each pixel', () => {
    const file = encodeFlo(FLOW);
    expect(new TextDecoder().decode(file.subarray(0, 4))).toBe('PIEH');
    const view = new DataView(file.buffer);
    expect([view.getInt32(4, true), view.getInt32(8, true)]).toEqual([3, 2]);
    expect([view.getFloat32(20, true), view.getFloat32(24, true)]).toEqual([1.25, -2.5]);
    // The fourth vector is unknown.
    expect(view.getFloat32(12 + 3 * 8, true)).toBeGreaterThan(1e9);
  });

  it('reads NaN as unknown', () => {
    const file = encodeFlo(FLOW);
    new DataView(file.buffer).setFloat32(12, NaN, true);
    expect(parseFlo(file).valid[0]).toBe(0);
  });

  it.each([
    ['empty', (file: Uint8Array) => file.subarray(0, 0)],
    ['cut off', (file: Uint8Array) => file.subarray(0, file.length - 1)],
    ['of another kind', (file: Uint8Array) => file.fill(0, 0, 1)],
    ['of no size', (file: Uint8Array) => file.fill(0, 4, 8)],
    ['of a negative size', (file: Uint8Array) => file.fill(255, 4, 8)],
  ])('refuses a file that is %s', (_, damage) => {
    expect(() => parseFlo(damage(encodeFlo(FLOW)))).toThrow(CodedError);
    expect(() => parseFlo(damage(encodeFlo(FLOW)))).toThrow(expect.objectContaining({ code: 'flo-malformed' }));
  });
});

describe('KITTI flow', () => {
  it('is a 16-bit RGB PNG that another reader decodes to the same vectors, within 1/128 px', async () => {
    const { png, outOfRange } = await encodeKittiFlow(FLOW);
    const samples = readPng16(png);
    expect(outOfRange).toBe(1);
    expect([...samples.slice(9, 12)]).toEqual([0, 0, 0]);
    for (const i of [0, 1, 2, 5]) {
      const [u, v, valid] = samples.slice(i * 3, i * 3 + 3);
      expect(valid).toBe(1);
      expect(Math.abs((u - 2 ** 15) / 64 - FLOW.vectors[2 * i])).toBeLessThanOrEqual(1 / 128);
      expect(Math.abs((v - 2 ** 15) / 64 - FLOW.vectors[2 * i + 1])).toBeLessThanOrEqual(1 / 128);
    }
    // 600 px cannot be stored: unknown rather than wrong.
    expect([...samples.slice(12, 15)]).toEqual([0, 0, 0]);
  });
});

/** Samples of a 16-bit RGB PNG by pngjs, which gives RGBA. */
function readPng16(file: Uint8Array): number[] {
  const options = { skipRescale: true } as object;
  const { data, depth, colorType, width, height } = PNG.sync.read(Buffer.from(file), options) as unknown as {
    data: Uint16Array;
    depth: number;
    colorType: number;
    width: number;
    height: number;
  };
  expect({ depth, colorType, width, height }).toEqual({ depth: 16, colorType: 2, width: 3, height: 2 });
  return [...data].filter((_, i) => i % 4 !== 3);
}
