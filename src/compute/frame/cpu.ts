import type { Size } from '../../core/geometry.ts';
import { invert3, type Matrix3 } from '../../core/matrix3.ts';
import { BilinearReader } from '../field/bilinear.ts';
import type { Pixels } from '../preprocess/cpu.ts';

/**
 * A *frame* is another view of photo B: a homography that takes normalised coordinates of the frame to normalised
 * coordinates of the photo. Matching A against a frame of B that already looks alike (turned, zoomed, sheared) leaves
 * the network a small displacement to find; composing the frame with its warp gives the warp into B itself.
 */

/** Most samples per axis that one frame pixel averages; a frame that shrinks more than this aliases. */
const MAX_SUPERSAMPLING = 6;

/** Photo seen through a frame, averaged over each frame pixel; black outside the photo. */
export function drawFrame(photo: Pixels, frame: Matrix3, size: Size): Pixels {
  const n = supersampling(photo, frame, size);
  if (isStraight(frame)) return drawStraight(photo, frame, size, n);
  const data = new Uint8ClampedArray(4 * size.width * size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at += 4) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let j = 0; j < n; j++) {
        const v = (2 * (y + (j + 0.5) / n)) / size.height - 1;
        for (let i = 0; i < n; i++) {
          const u = (2 * (x + (i + 0.5) / n)) / size.width - 1;
          const w = frame[6] * u + frame[7] * v + frame[8];
          if (w <= 1e-6) continue;
          const px = ((frame[0] * u + frame[1] * v + frame[2]) / w + 1) * 0.5 * photo.width;
          const py = ((frame[3] * u + frame[4] * v + frame[5]) / w + 1) * 0.5 * photo.height;
          if (!(px >= 0 && py >= 0 && px < photo.width && py < photo.height)) continue;
          const fx = Math.min(Math.max(px - 0.5, 0), photo.width - 1);
          const fy = Math.min(Math.max(py - 0.5, 0), photo.height - 1);
          const x0 = Math.floor(fx);
          const y0 = Math.floor(fy);
          const tx = fx - x0;
          const ty = fy - y0;
          const p = 4 * (y0 * photo.width + x0);
          const right = x0 + 1 < photo.width ? 4 : 0;
          const q = y0 + 1 < photo.height ? p + 4 * photo.width : p;
          const w00 = (1 - tx) * (1 - ty);
          const w10 = tx * (1 - ty);
          const w01 = (1 - tx) * ty;
          const w11 = tx * ty;
          r += w00 * photo.data[p] + w10 * photo.data[p + right] + w01 * photo.data[q] + w11 * photo.data[q + right];
          g +=
            w00 * photo.data[p + 1] +
            w10 * photo.data[p + right + 1] +
            w01 * photo.data[q + 1] +
            w11 * photo.data[q + right + 1];
          b +=
            w00 * photo.data[p + 2] +
            w10 * photo.data[p + right + 2] +
            w01 * photo.data[q + 2] +
            w11 * photo.data[q + right + 2];
        }
      }
      data[at] = r / (n * n);
      data[at + 1] = g / (n * n);
      data[at + 2] = b / (n * n);
      data[at + 3] = 255;
    }
  }
  return { data, width: size.width, height: size.height };
}

/** Whether the frame's axes run along the photo's: turned by quarters, mirrored, cut out. */
const isStraight = ([a, b, , d, e, , g, h, i]: Matrix3): boolean =>
  g === 0 && h === 0 && i > 1e-6 && ((b === 0 && d === 0) || (a === 0 && e === 0));

/**
 * {@link drawFrame} of a straight frame: an average over rows of averages over columns, which takes a fifth of the time. Most
 * views that the search compares are such.
 */
function drawStraight(photo: Pixels, [a, b, c, d, e, f, , , i]: Matrix3, size: Size, n: number): Pixels {
  const isTurned = a === 0 && e === 0;
  const { width, height } = size;
  const [across, down] = isTurned ? [height, width] : [width, height];
  const columns = averages((isTurned ? b : a) / i, c / i, across, photo.width, n);
  const rows = averages((isTurned ? d : e) / i, f / i, down, photo.height, n);
  // Photo rows of which nothing is shown are left empty.
  const shown = new Float32Array(photo.height * across * 3);
  for (let y = rows.least; y < rows.most; y++) {
    for (let x = 0, out = 3 * y * across; x < across; x++, out += 3) {
      let [red, green, blue] = [0, 0, 0];
      let at = 4 * (y * photo.width + columns.first[x]);
      for (let tap = columns.begin[x]; tap < columns.begin[x + 1]; tap++, at += 4) {
        const weight = columns.weights[tap];
        red += weight * photo.data[at];
        green += weight * photo.data[at + 1];
        blue += weight * photo.data[at + 2];
      }
      shown[out] = red;
      shown[out + 1] = green;
      shown[out + 2] = blue;
    }
  }
  const data = new Uint8ClampedArray(4 * width * height);
  const line = new Float32Array(3 * across);
  for (let y = 0; y < down; y++) {
    line.fill(0);
    for (
      let tap = rows.begin[y], from = 3 * rows.first[y] * across;
      tap < rows.begin[y + 1];
      tap++, from += 3 * across
    ) {
      const weight = rows.weights[tap];
      for (let k = 0; k < line.length; k++) line[k] += weight * shown[from + k];
    }
    for (let x = 0; x < across; x++) {
      const at = 4 * (isTurned ? x * width + y : y * width + x);
      data[at] = line[3 * x];
      data[at + 1] = line[3 * x + 1];
      data[at + 2] = line[3 * x + 2];
      data[at + 3] = 255;
    }
  }
  return { data, width, height };
}

/** How every pixel of an axis of the frame is averaged from an axis of the photo. */
interface Averages {
  /** First pixel of the photo, and the weights [begin[k], begin[k + 1]) from there on; none outside the photo. */
  first: Int32Array;
  begin: Int32Array;
  weights: Float64Array;
  /** All that is read of the photo: [least, most). */
  least: number;
  most: number;
}

/** Of `n` bilinear samples a pixel, at `scale · u + offset` of the photo, normalised; those outside it are black. */
function averages(scale: number, offset: number, pixels: number, length: number, n: number): Averages {
  const first = new Int32Array(pixels);
  const begin = new Int32Array(pixels + 1);
  const weights: number[] = [];
  let [least, most] = [length, 0];
  for (let k = 0; k < pixels; k++) {
    begin[k] = weights.length;
    const taps = new Map<number, number>();
    for (let j = 0; j < n; j++) {
      const place = (scale * ((2 * (k + (j + 0.5) / n)) / pixels - 1) + offset + 1) * 0.5 * length;
      if (!(place >= 0 && place < length)) continue;
      const at = Math.min(Math.max(place - 0.5, 0), length - 1);
      const low = Math.floor(at);
      const high = Math.min(low + 1, length - 1);
      taps.set(low, (taps.get(low) ?? 0) + (1 - at + low) / n);
      taps.set(high, (taps.get(high) ?? 0) + (at - low) / n);
    }
    if (!taps.size) continue;
    const [from, to] = [Math.min(...taps.keys()), Math.max(...taps.keys()) + 1];
    first[k] = from;
    for (let at = from; at < to; at++) weights.push(taps.get(at) ?? 0);
    least = Math.min(least, from);
    most = Math.max(most, to);
  }
  begin[pixels] = weights.length;
  return { first, begin, weights: Float64Array.from(weights), least, most };
}

/** Samples per axis so that neighbouring samples lie about one photo pixel apart at the frame's centre. */
export function supersampling(photo: Size, frame: Matrix3, size: Size): number {
  const [a, b, c, d, e, f, g, h, i] = frame;
  // Jacobian of the homography at (0, 0), in photo pixels per frame pixel.
  const sx = photo.width / size.width / i ** 2;
  const sy = photo.height / size.height / i ** 2;
  const area = Math.abs((a * i - c * g) * (e * i - f * h) - (b * i - c * h) * (d * i - f * g)) * sx * sy;
  return Math.min(MAX_SUPERSAMPLING, Math.max(1, Math.ceil(Math.sqrt(area))));
}

/** Raw output of the decoder for one direction: [2, h, w] and [h, w]. */
export interface PlainDecoded {
  grid: Size;
  warp: Float32Array;
  logit: Float32Array;
}

/** What a place outside the frame is given: no certainty at all. */
export const NO_LOGIT = -20;

/** A→frame becomes A→B: every warp value is taken through the frame. */
export function composeForward({ grid, warp, logit }: PlainDecoded, frame: Matrix3): PlainDecoded {
  const points = grid.width * grid.height;
  const out = new Float32Array(2 * points);
  const [a, b, c, d, e, f, g, h, i] = frame;
  for (let k = 0; k < points; k++) {
    const x = warp[k];
    const y = warp[points + k];
    const w = Math.max(g * x + h * y + i, 1e-6);
    out[k] = (a * x + b * y + c) / w;
    out[points + k] = (d * x + e * y + f) / w;
  }
  return { grid, warp: out, logit };
}

/**
 * frame→A becomes B→A on a grid over B: each place of B is looked up (bilinearly) where the frame shows it.
 * Places that the frame does not show keep the edge's warp with certainty {@link NO_LOGIT}.
 */
export function composeBackward({ grid, warp, logit }: PlainDecoded, frame: Matrix3, target: Size): PlainDecoded {
  const [a, b, c, d, e, f, g, h, i] = invertFrame(frame);
  const points = target.width * target.height;
  const sourcePoints = grid.width * grid.height;
  const out = { grid: target, warp: new Float32Array(2 * points), logit: new Float32Array(points) };
  const reader = new BilinearReader(grid);
  for (let y = 0, k = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++, k++) {
      const u = (2 * x + 1) / target.width - 1;
      const v = (2 * y + 1) / target.height - 1;
      const w = g * u + h * v + i;
      const s = w > 1e-6 ? (a * u + b * v + c) / w : 2;
      const t = w > 1e-6 ? (d * u + e * v + f) / w : 2;
      reader.seek(s, t);
      out.warp[k] = reader.readContinued(warp);
      out.warp[points + k] = reader.readContinued(warp, sourcePoints);
      out.logit[k] = Math.abs(s) <= 1 && Math.abs(t) <= 1 ? reader.read(logit) : NO_LOGIT;
    }
  }
  return out;
}

/** The frame's inverse, its sign so that what the frame shows lies in front (w > 0). */
export function invertFrame(frame: Matrix3): Matrix3 {
  const inverse = invert3(frame);
  if (!inverse) throw new Error('A frame must be invertible.');
  return inverse;
}
