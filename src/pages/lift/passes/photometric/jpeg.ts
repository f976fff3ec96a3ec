import type { Pixels } from '../../../../compute/preprocess/cpu.ts';

/** The example tables of ITU-T T.81, annex K.1, row by row: luminance, then chrominance. */
// prettier-ignore
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
// prettier-ignore
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
];

/** Side of a block, and of the area of 2 × 2 luminance blocks that share one block of each chrominance. */
const BLOCK = 8;
const UNIT = 2 * BLOCK;

/** The tables at a quality 1…100 by the Independent JPEG Group's rule: 64 numbers for Y, then 64 for Cb and Cr. */
export function quantisationTables(quality: number): Float32Array {
  const bounded = Math.min(Math.max(Math.round(quality), 1), 100);
  const percent = bounded < 50 ? Math.floor(5000 / bounded) : 200 - 2 * bounded;
  const scaled = [...LUMINANCE, ...CHROMINANCE].map((v) => Math.floor((v * percent + 50) / 100));
  return Float32Array.from(scaled, (v) => Math.min(Math.max(v, 1), 255));
}

/** The orthonormal DCT-II of length 8: row u holds the weights of the samples for frequency u. */
export const DCT: Float32Array = Float32Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (u ? 0.5 : Math.SQRT1_2 / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

/**
 * What saving as JPEG and opening again does to a picture: YCbCr (JFIF) with 4:2:0 chrominance (means of 2 × 2, given
 * back to all four), 8 × 8 DCT, quantisation, and back. Coding is lossless and left out. Pixels beyond the right and
 * lower border repeat the last ones. Alpha stays as it is.
 * @param quality 1…100 as in libjpeg
 */
export function compressJpeg({ data, width, height }: Pixels, quality: number): Pixels {
  const tables = quantisationTables(quality);
  const [luma, chroma] = [tables.subarray(0, 64), tables.subarray(64)];
  const compressed = new Uint8ClampedArray(data);
  const y = new Float32Array(UNIT * UNIT);
  const cb = new Float32Array(BLOCK * BLOCK);
  const cr = new Float32Array(BLOCK * BLOCK);
  for (let top = 0; top < height; top += UNIT) {
    for (let left = 0; left < width; left += UNIT) {
      cb.fill(0);
      cr.fill(0);
      for (let row = 0, i = 0; row < UNIT; row++) {
        for (let column = 0; column < UNIT; column++, i++) {
          const from = 4 * (Math.min(top + row, height - 1) * width + Math.min(left + column, width - 1));
          const [r, g, b] = [data[from], data[from + 1], data[from + 2]];
          const half = (row >> 1) * BLOCK + (column >> 1);
          y[i] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
          cb[half] += 0.25 * (-0.168736 * r - 0.331264 * g + 0.5 * b);
          cr[half] += 0.25 * (0.5 * r - 0.418688 * g - 0.081312 * b);
        }
      }
      for (const block of [0, BLOCK, BLOCK * UNIT, BLOCK * UNIT + BLOCK]) quantise(y, block, UNIT, luma);
      quantise(cb, 0, BLOCK, chroma);
      quantise(cr, 0, BLOCK, chroma);
      for (let row = 0; row < Math.min(UNIT, height - top); row++) {
        for (let column = 0; column < Math.min(UNIT, width - left); column++) {
          const half = (row >> 1) * BLOCK + (column >> 1);
          const light = y[row * UNIT + column] + 128;
          const to = 4 * ((top + row) * width + left + column);
          compressed[to] = light + 1.402 * cr[half];
          compressed[to + 1] = light - 0.344136 * cb[half] - 0.714136 * cr[half];
          compressed[to + 2] = light + 1.772 * cb[half];
        }
      }
    }
  }
  return { data: compressed, width, height };
}

const scratch = new Float32Array(64);

/** One block, there and back, in place. */
function quantise(values: Float32Array, begin: number, stride: number, table: Float32Array): void {
  // Columns to frequencies, then rows; quantised; then rows and columns back.
  for (let u = 0; u < 8; u++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += DCT[8 * u + k] * values[begin + k * stride + x];
      scratch[8 * u + x] = sum;
    }
  }
  for (let u = 0; u < 8; u++) {
    for (let v = 0; v < 8; v++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += DCT[8 * v + k] * scratch[8 * u + k];
      const step = table[8 * u + v];
      values[begin + u * stride + v] = Math.floor(sum / step + 0.5) * step;
    }
  }
  for (let u = 0; u < 8; u++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += DCT[8 * k + x] * values[begin + u * stride + k];
      scratch[8 * u + x] = sum;
    }
  }
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += DCT[8 * k + y] * scratch[8 * k + x];
      values[begin + y * stride + x] = sum;
    }
  }
}
