import { describe, expect, it } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half.ts';

const ALL_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

describe('float16', () => {
  it('comes back from float32 with the same bits, all 65536 of them', () => {
    const back = float32ToFloat16(float16ToFloat32(ALL_BITS));
    const isNaN16 = (bits: number) => (bits & 0x7fff) > 0x7c00;
    expect([...ALL_BITS].filter((bits) => back[bits] !== bits && !(isNaN16(bits) && isNaN16(back[bits]!)))).toEqual([]);
  });

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.996, 0x7bff],
    [65520, 0x7c00],
    [-1e9, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    [2.5 * 2 ** -24, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 ** -14 - 2 ** -25, 0x0400],
    [-0, 0x8000],
  ])('rounds %d to nearest, ties to even', (value, bits) => {
    expect(float32ToFloat16(Float32Array.of(value))[0]).toBe(bits);
  });

  it('rounds like a search of the nearest half', () => {
    const halves = float16ToFloat32(ALL_BITS.subarray(0, 0x7c00));
    for (let i = 1; i < 0x7bff; i += 7) {
      const quarter = halves[i]! + (halves[i + 1]! - halves[i]!) / 4;
      const threeQuarters = halves[i]! + ((halves[i + 1]! - halves[i]!) * 3) / 4;
      expect([...float32ToFloat16(Float32Array.of(quarter, threeQuarters))]).toEqual([i, i + 1]);
    }
  });
});

describe('bfloat16', () => {
  it('comes back from float32 with the same bits', () => {
    const back = float32ToBfloat16(bfloat16ToFloat32(ALL_BITS));
    const isNaN16 = (bits: number) => (bits & 0x7fff) > 0x7f80;
    expect([...ALL_BITS].filter((bits) => back[bits] !== bits && !(isNaN16(bits) && isNaN16(back[bits]!)))).toEqual([]);
  });

  it.each([
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [1 + 2 ** -8 + 2 ** -20, 0x3f81],
    [3.4e38, 0x7f80],
    [NaN, 0x7fc0],
  ])('rounds %d to nearest, ties to even', (value, bits) => {
    expect(float32ToBfloat16(Float32Array.of(value))[0]).toBe(bits);
  });
});
