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
  const data = new Uint8ClampedArray(4 * size.width * size.height);
  const n = supersampling(photo, frame, size);
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
