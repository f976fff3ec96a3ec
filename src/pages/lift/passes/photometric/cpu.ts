import type { PhotometricSettings } from '../../contract/settings.ts';
import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { hash, streamSeed } from '../../../../compute/sample-matches/random.ts';
import { compressJpeg } from './jpeg.ts';
import { gaussianBlur } from '../../../../compute/smooth/cpu.ts';
import { encodeSrgbQuickly, LINEAR_OF_BYTE } from '../srgb.ts';

/** Hashes that make one Gaussian number, four bytes each. */
const NOISE_WORDS = 3;

/** Whether the settings leave a picture as it is, so that the pass need not run. */
export const isIdentity = (settings: PhotometricSettings): boolean => !develops(settings) && !(settings.jpeg < 100);

/** Whether anything but the compression changes the picture. */
export const develops = ({ exposure, gamma, noise, blur }: PhotometricSettings): boolean =>
  exposure !== 0 || gamma !== 1 || noise > 0 || blur > 0;

/**
 * What a camera does to a picture, in its order: blur and exposure in linear light (lens, shutter), gamma on the
 * encoded value (v^gamma: above 1 is darker), Gaussian noise on that, rounding to bytes, JPEG (see jpeg.ts). The
 * noise hangs on place, channel and seed alone and is the same on the GPU. Alpha stays as it is. Settings that change
 * nothing return the very pixels given.
 */
export function applyPhotometric(photo: Pixels, settings: PhotometricSettings, seed: number): Pixels {
  const developed = develops(settings) ? develop(photo, settings, seed) : photo;
  return settings.jpeg < 100 ? compressJpeg(developed, settings.jpeg) : developed;
}

function develop({ data, width, height }: Pixels, settings: PhotometricSettings, seed: number): Pixels {
  const { exposure, gamma, noise, blur } = settings;
  const seeds = noiseSeeds(seed);
  const gain = 2 ** exposure;
  const points = width * height;
  const developed = new Uint8ClampedArray(data);
  const linear = new Float32Array(points);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < points; i++) linear[i] = LINEAR_OF_BYTE[data[4 * i + c]];
    const blurred = blur > 0 ? gaussianBlur(linear, { width, height }, blur) : linear;
    for (let i = 0; i < points; i++) {
      const encoded = encodeSrgbQuickly(gain * blurred[i]);
      const toned = gamma === 1 ? encoded : encoded ** gamma;
      developed[4 * i + c] = 255 * (noise > 0 ? toned + noise * gaussianNoise(3 * i + c, seeds) : toned);
    }
  }
  return { data: developed, width, height };
}

/** The independent streams of {@link gaussianNoise}. */
export const noiseSeeds = (seed: number): number[] =>
  Array.from({ length: NOISE_WORDS }, (_, stream) => streamSeed(seed, stream));

/**
 * A number of mean 0 and deviation 1: the sum of twelve random bytes (Irwin–Hall), which needs no logarithm and is
 * therefore the same to the last bit on CPU and GPU.
 */
export function gaussianNoise(index: number, seeds: readonly number[]): number {
  const place = hash(index);
  let sum = 0;
  for (const seed of seeds) {
    const word = hash(place ^ seed);
    sum += (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
  }
  return (sum - 1530) / 256;
}
