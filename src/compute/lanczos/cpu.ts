import type { Size } from '../../core/geometry.ts';
import type { Pixels } from '../preprocess/cpu.ts';

/** Half the width of the kernel at scale 1. */
const REACH = 3;

/** Binary places of a tap's weight. */
const PLACES = 22;

/**
 * Resizes as Pillow's `Image.resize(…, LANCZOS)` does with bytes, to the byte: a windowed sinc of three lobes, widened where the
 * picture shrinks, rows first, rounded to bytes between the two passes. Networks that were trained on such pictures see the edges
 * that they know.
 */
export function lanczosResize(picture: Pixels, { width, height }: Size): Pixels {
  const rows = along(picture.data, picture.width, picture.height, tapsOf(picture.width, width), false);
  return { data: along(rows, width, picture.height, tapsOf(picture.height, height), true), width, height };
}

interface Taps {
  /** First source entry of each output entry. */
  readonly first: Int32Array;
  readonly weights: readonly Int32Array[];
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const support = REACH * stretch;
  const first = new Int32Array(to);
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    first[i] = begin;
    const taps = Array.from({ length: end - begin }, (__, k) => lanczos((begin + k - centre + 0.5) / stretch));
    const total = taps.reduce((sum, value) => sum + value, 0);
    return Int32Array.from(taps, (value) => {
      const scaled = (value / total) * 2 ** PLACES;
      return Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    });
  });
  return { first, weights };
}

function lanczos(x: number): number {
  return Math.abs(x) < REACH ? sinc(x) * sinc(x / REACH) : 0;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** RGBA bytes resized along one axis. */
function along(
  data: Uint8ClampedArray,
  width: number,
  height: number,
  { first, weights }: Taps,
  isDown: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const out = weights.length;
  const [columns, rows] = isDown ? [width, out] : [out, height];
  const step = isDown ? 4 * width : 4;
  const result = new Uint8ClampedArray(4 * columns * rows);
  const half = 2 ** (PLACES - 1);
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const taps = weights[isDown ? y : x];
      const begin = isDown ? 4 * (first[y] * width + x) : 4 * (y * width + first[x]);
      for (let channel = 0; channel < 4; channel++, at++) {
        let sum = half;
        for (let k = 0, from = begin + channel; k < taps.length; k++, from += step) sum += taps[k] * data[from];
        result[at] = sum >> PLACES;
      }
    }
  }
  return result;
}
