import type { Size } from '../../core/geometry.ts';

/** How a model wants its pixels: (v · scale − mean) / std for v in [0, 1], per channel R, G, B. */
export interface Normalisation {
  scale: number;
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

export interface PreprocessOptions {
  /** Size of the tensor. */
  size: Size;
  normalisation: Normalisation;
}

/** RGBA bytes, row by row, as ImageData. */
export interface Pixels {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

/**
 * A photo as the tensor [1, 3, h, w] that an encoder takes. Each axis is averaged over the exact area of the
 * target pixel where it shrinks and read bilinearly (half-pixel centres) where it grows; values are taken as
 * they are encoded (no linear light), as the networks were trained. Alpha is ignored.
 */
export function preprocess(photo: Pixels, { size, normalisation }: PreprocessOptions): Float32Array {
  // A view that was drawn at the tensor's size is read as it is.
  const isAsLarge = photo.width === size.width && photo.height === size.height;
  const [values, channels] = isAsLarge ? [photo.data, 4] : [resize(photo, size), 3];
  const { scale, mean, std } = normalisation;
  const points = size.width * size.height;
  const tensor = new Float32Array(3 * points);
  for (let c = 0, out = 0; c < 3; c++) {
    for (let i = c; i < values.length; i += channels) tensor[out++] = ((values[i] / 255) * scale - mean[c]) / std[c];
  }
  return tensor;
}

/** [h, w, 3] in 0…255: rows first, then columns. */
function resize(photo: Pixels, size: Size): Float32Array {
  const across = axisTaps(photo.width, size.width);
  const down = axisTaps(photo.height, size.height);
  const rows = new Float32Array(photo.height * size.width * 3);
  for (let y = 0, out = 0; y < photo.height; y++) {
    for (let x = 0; x < size.width; x++, out += 3) {
      let r = 0;
      let g = 0;
      let b = 0;
      const from = 4 * (y * photo.width + across.first[x]);
      for (let tap = across.begin[x], at = from; tap < across.begin[x + 1]; tap++, at += 4) {
        const weight = across.weights[tap];
        r += weight * photo.data[at];
        g += weight * photo.data[at + 1];
        b += weight * photo.data[at + 2];
      }
      rows[out] = r;
      rows[out + 1] = g;
      rows[out + 2] = b;
    }
  }
  const stride = size.width * 3;
  const resized = new Float32Array(size.height * stride);
  for (let y = 0; y < size.height; y++) {
    for (let tap = down.begin[y], row = down.first[y]; tap < down.begin[y + 1]; tap++, row++) {
      const weight = down.weights[tap];
      for (let i = 0; i < stride; i++) resized[y * stride + i] += weight * rows[row * stride + i];
    }
  }
  return resized;
}

/** For every target pixel of an axis: its first source pixel, and the weights [begin[i], begin[i + 1]) from there on. */
interface AxisTaps {
  first: Int32Array;
  begin: Int32Array;
  weights: Float64Array;
}

function axisTaps(from: number, to: number): AxisTaps {
  const step = from / to;
  const first = new Int32Array(to);
  const begin = new Int32Array(to + 1);
  const weights = new Float64Array(to * (Math.ceil(step) + 2));
  for (let i = 0, tap = 0; i < to; i++) {
    begin[i] = tap;
    if (step > 1) {
      const low = i * step;
      const high = Math.min(from, (i + 1) * step);
      first[i] = Math.floor(low);
      for (let pixel = first[i]; pixel < high; pixel++) {
        weights[tap++] = (Math.min(pixel + 1, high) - Math.max(pixel, low)) / (high - low);
      }
    } else {
      const centre = Math.min(Math.max((i + 0.5) * step - 0.5, 0), from - 1);
      first[i] = Math.min(Math.floor(centre), Math.max(0, from - 2));
      const share = centre - first[i];
      weights[tap++] = 1 - share;
      if (from > 1) weights[tap++] = share;
    }
    begin[i + 1] = tap;
  }
  return { first, begin, weights };
}
