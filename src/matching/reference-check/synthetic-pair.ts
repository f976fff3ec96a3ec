import { inputSize } from '../../models/input-size.ts';
import type { InputManifest } from '../../models/manifest.ts';
import type { Side, Size } from '../../core/geometry.ts';

/** Sides of the check's input where the model takes them: the smallest that show places which are surely matched, pixels. */
const WANTED: Size = { width: 128, height: 96 };

/** How B shows the texture: turned and enlarged a little, then moved; units of the texture, {@link WANTED} to a photo. */
const VIEW = { turn: 0.05, scale: 1.04, x: 5, y: -3 };

/** Waves of the texture: frequencies in x and y (radians a unit), phase by colour, how far others bend them, height. */
const WAVES = [
  [0.11, 0.07, 0.4, 0, 0.13],
  [0.05, -0.13, 1.1, 1.5, 0.11],
  [0.23, 0.19, 1.7, 1.1, 0.1],
  [0.41, -0.37, 0.7, 0.8, 0.08],
  [-0.62, 0.83, 2.3, 0.5, 0.06],
] as const;

/** The check's input size of every pass of a model. */
export function checkSizes(passes: readonly { input: InputManifest }[]): Size[] {
  return passes.map(({ input }, pass) => {
    if (pass > 0 || input.fixedSize) return inputSize(WANTED, input, null);
    const up = (side: number) => Math.ceil(Math.max(side, input.minSide) / input.multipleOf) * input.multipleOf;
    const highest = Math.floor(input.maxLongSide / input.multipleOf) * input.multipleOf;
    const width = Math.min(highest, up(WANTED.width));
    return { width, height: input.sizing === 'square' ? width : Math.min(highest, up(WANTED.height)) };
  });
}

/**
 * Photo A or B of the pair as an encoder's input, [1, 3, h, w]: a smooth texture without repetition, given by a formula, so
 * that every machine has the same without a download. B shows it from a slightly other view.
 */
export function syntheticPhoto(
  side: Side,
  size: Size,
  { mean, std }: Pick<InputManifest, 'mean' | 'std'>,
): Float32Array {
  const { width, height } = size;
  const image = new Float32Array(3 * width * height);
  const [cos, sin] = [Math.cos(VIEW.turn) / VIEW.scale, Math.sin(VIEW.turn) / VIEW.scale];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let u = ((x + 0.5) / width) * WANTED.width;
      let v = ((y + 0.5) / height) * WANTED.height;
      if (side === 'b') [u, v] = [cos * u + sin * v + VIEW.x, cos * v - sin * u + VIEW.y];
      for (let c = 0; c < 3; c++) image[(c * height + y) * width + x] = (texture(u, v, c) - mean[c]) / std[c];
    }
  }
  return image;
}

/** The texture at a place, in [0, 1]. */
function texture(u: number, v: number, colour: number): number {
  const bend = Math.sin(0.031 * u + 0.043 * v) + Math.cos(0.071 * u - 0.053 * v);
  let value = 0.5;
  for (const [fu, fv, phase, bent, height] of WAVES) {
    value += height * Math.sin(fu * u + fv * v + phase * (1 + colour) + bent * bend);
  }
  return value;
}
