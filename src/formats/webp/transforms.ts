import { malformed } from '../malformed.ts';

/** Pixels as words of alpha, red, green and blue, alpha highest. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly argb: Uint32Array;
}

/** A step that the encoder has taken and that is undone here: pixels of the step's own width in, wider ones out. */
export type Inverse = (pixels: Pixels) => Pixels;

const OPAQUE_BLACK = 0xff000000;

/** Sums channel by channel, each modulo 256. */
function add(p: number, q: number): number {
  const alphaGreen = ((p & 0xff00ff00) >>> 8) + ((q & 0xff00ff00) >>> 8);
  const redBlue = (p & 0x00ff00ff) + (q & 0x00ff00ff);
  return (((alphaGreen & 0x00ff00ff) << 8) | (redBlue & 0x00ff00ff)) >>> 0;
}

/** Means channel by channel, rounded down. */
const average = (p: number, q: number): number => ((((p ^ q) & 0xfefefefe) >>> 1) + (p & q)) >>> 0;

const channel = (p: number, shift: number): number => (p >>> shift) & 255;
const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);

/** Of left and top the one that left + top − corner is nearer to. */
function select(left: number, top: number, corner: number): number {
  let towards = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const c = channel(corner, shift);
    towards += Math.abs(channel(top, shift) - c) - Math.abs(channel(left, shift) - c);
  }
  return towards < 0 ? left : top;
}

function perChannel(of: (shift: number) => number): number {
  let pixel = 0;
  for (let shift = 0; shift < 32; shift += 8) pixel |= clamp(of(shift)) << shift;
  return pixel >>> 0;
}

/** What a pixel was predicted to be from its neighbours, by the mode of its block. */
function prediction(mode: number, left: number, top: number, corner: number, right: number): number {
  switch (mode) {
    case 1:
      return left;
    case 2:
      return top;
    case 3:
      return right;
    case 4:
      return corner;
    case 5:
      return average(average(left, right), top);
    case 6:
      return average(left, corner);
    case 7:
      return average(left, top);
    case 8:
      return average(corner, top);
    case 9:
      return average(top, right);
    case 10:
      return average(average(left, corner), average(top, right));
    case 11:
      return select(left, top, corner);
    case 12:
      return perChannel((shift) => channel(left, shift) + channel(top, shift) - channel(corner, shift));
    case 13: {
      const mean = average(left, top);
      return perChannel((shift) => {
        const difference = channel(mean, shift) - channel(corner, shift);
        return channel(mean, shift) + Math.trunc(difference / 2);
      });
    }
    default:
      return OPAQUE_BLACK;
  }
}

/** Adds to every pixel what was predicted from those before it; `modes` has a word a block of 2^bits pixels. */
export const unpredict =
  (bits: number, modes: Pixels): Inverse =>
  (pixels) => {
    const { width, height, argb } = pixels;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (y === 0) {
          argb[i] = add(argb[i], x === 0 ? OPAQUE_BLACK : argb[i - 1]);
        } else if (x === 0) {
          argb[i] = add(argb[i], argb[i - width]);
        } else {
          const mode = channel(modes.argb[(y >> bits) * modes.width + (x >> bits)], 8) & 15;
          // Right of the last column the format takes the row's own first pixel, which comes next in memory.
          const above = i - width;
          argb[i] = add(argb[i], prediction(mode, argb[i - 1], argb[above], argb[above - 1], argb[above + 1]));
        }
      }
    }
    return pixels;
  };

const signed = (byte: number): number => (byte << 24) >> 24;

/** Gives red and blue back what was taken from them in proportion to green and red, by the factors of a block. */
export const uncorrelate =
  (bits: number, factors: Pixels): Inverse =>
  (pixels) => {
    const { width, height, argb } = pixels;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const factor = factors.argb[(y >> bits) * factors.width + (x >> bits)];
        const pixel = argb[i];
        const green = signed(channel(pixel, 8));
        const red = (channel(pixel, 16) + ((signed(channel(factor, 0)) * green) >> 5)) & 255;
        const blue =
          channel(pixel, 0) +
          ((signed(channel(factor, 8)) * green) >> 5) +
          ((signed(channel(factor, 16)) * signed(red)) >> 5);
        argb[i] = ((pixel & 0xff00ff00) | (red << 16) | (blue & 255)) >>> 0;
      }
    }
    return pixels;
  };

/** Green was subtracted from red and blue. */
export const addGreen: Inverse = (pixels) => {
  const { argb } = pixels;
  for (let i = 0; i < argb.length; i++) {
    const green = channel(argb[i], 8);
    argb[i] = add(argb[i], (green << 16) | green);
  }
  return pixels;
};

/** Green holds indices into `palette`, several to a pixel where there are few colours. */
export const unindex =
  (palette: Uint32Array, width: number): Inverse =>
  ({ width: packedWidth, height, argb }) => {
    const shift = indexShift(palette.length);
    const perPixel = 1 << shift;
    const bits = 8 >> shift;
    if (packedWidth !== Math.ceil(width / perPixel)) throw malformed('webp', 'A WebP palette does not fit its pixels.');
    const out = new Uint32Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const packed = channel(argb[y * packedWidth + (x >> shift)], 8);
        const index = (packed >> (bits * (x & (perPixel - 1)))) & ((1 << bits) - 1);
        // Beyond the palette the format says transparent black.
        out[y * width + x] = palette[index] ?? 0;
      }
    }
    return { width, height, argb: out };
  };

/** How many indices share a pixel, as a power of two. */
export const indexShift = (colors: number): number => (colors <= 2 ? 3 : colors <= 4 ? 2 : colors <= 16 ? 1 : 0);
export { add as addPixels };
