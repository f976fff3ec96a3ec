import type { Side, Size } from '../../core/geometry.ts';
import { activate } from '../activate.ts';
import { resized, type SplatCamera } from '../camera.ts';
import { renderSplats } from '../raster/render.ts';
import type { GaussianTable } from '../table.ts';
import { cropOf, croppedCamera } from './cameras.ts';

/** Longest side of the pictures by which scales are compared. */
const JUDGED_SIDE = 128;

/** What pictures are compared with: both photos as the network sees them. */
export interface SeenPair {
  readonly cameras: Readonly<Record<Side, SplatCamera>>;
  /** [3, h, w] RGB in 0…1 */
  readonly images: Readonly<Record<Side, Float32Array>>;
  /** [h, w] of each view, 1 where the other photo shows the place too; null: everywhere. */
  readonly covisible: Readonly<Record<Side, Uint8Array>> | null;
}

/**
 * Both photos drawn from the other's Gaussians alone, against the photos: PSNR in dB over what both show, at most 128 pixels
 * wide. What is not covered is black, as it was in the networks' training.
 */
export function crossPsnr(tables: Readonly<Record<Side, GaussianTable>>, pair: SeenPair): number {
  let [sum, count] = [0, 0];
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const camera = pair.cameras[to];
    const step = Math.max(1, Math.round(Math.max(camera.width, camera.height) / JUDGED_SIDE));
    const [width, height] = [Math.floor(camera.width / step), Math.floor(camera.height / step)];
    // Whole blocks of pixels, so that a picture's pixel is the mean of one.
    const whole = { ...camera, width: width * step, height: height * step };
    const { colour } = renderSplats(activate(tables[from]), resized(whole, width, height), { colourOnly: true });
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [(i % width) * step, Math.floor(i / width) * step];
      if (pair.covisible && !pair.covisible[to][(y + (step >> 1)) * camera.width + x + (step >> 1)]) continue;
      for (let channel = 0; channel < 3; channel++) {
        const truth = blockMean(pair.images[to], channel, x, y, step, camera);
        const drawn = Math.min(1, Math.max(0, colour[channel * width * height + i]));
        sum += (drawn - truth) ** 2;
        count++;
      }
    }
  }
  return count === 0 ? -Infinity : -10 * Math.log10(Math.max(sum / count, 1e-10));
}

function blockMean(
  image: Float32Array,
  channel: number,
  x: number,
  y: number,
  step: number,
  { width, height }: SplatCamera,
): number {
  let sum = 0;
  for (let dy = 0; dy < step; dy++)
    for (let dx = 0; dx < step; dx++) sum += image[(channel * height + y + dy) * width + x + dx];
  return sum / (step * step);
}

/** What a scene of another make is compared by: `cameras` in its own unit, the same photos. */
export function seenPair(
  {
    image,
    size,
    covisible,
  }: { readonly image: Float32Array; readonly size: Size; readonly covisible: SeenPair['covisible'] },
  cameras: Readonly<Record<Side, SplatCamera>>,
): SeenPair {
  const seen = (camera: SplatCamera): SplatCamera => croppedCamera(camera, cropOf(camera, size));
  const half = image.length / 2;
  return {
    cameras: { a: seen(cameras.a), b: seen(cameras.b) },
    images: { a: image.subarray(0, half), b: image.subarray(half) },
    covisible,
  };
}
