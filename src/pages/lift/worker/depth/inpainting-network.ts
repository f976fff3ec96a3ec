import { preprocess, type Pixels } from '../../../../compute/preprocess/cpu.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { Runtime, RuntimeTensor, Session, TensorSpec } from '../../../../platform/runtime/runtime.ts';
import { listed } from './sky-network.ts';

/** Sides of the input are multiples of this (LaMa halves three times). */
const MULTIPLE = 8;
const NO_NORMALISATION = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
/** Outputs above this are meant as 0…255, not as 0…1. */
const BYTE_OUTPUT = 2;

/** How an inpainting network is run: names, and the size that it takes if it takes only one. */
export interface InpaintingPlan {
  image: string;
  mask: string;
  output: string;
  fixed: Size | null;
}

/**
 * Checks that a network fills holes as LaMa does: `image` [1, 3, h, w] of 0…1 and `mask` [1, 1, h, w] with 1 in holes
 * go in, a picture [1, 3, h, w] of 0…1 or 0…255 comes out.
 * @throws CodedError `network-unsuitable`
 */
export function inpaintingPlan({ inputs, outputs }: Pick<Session, 'inputs' | 'outputs'>, name: string): InpaintingPlan {
  // Where a file leaves the channels open, the name tells.
  const isInput = ({ name: called, shape }: TensorSpec, channels: number, word: RegExp) =>
    shape.length === 4 && (shape[1] === null ? word.test(called) : shape[1] === channels);
  const image = inputs?.find((spec) => isInput(spec, 3, /ima?g/i));
  const mask = inputs?.find((spec) => isInput(spec, 1, /mask/i));
  const [filled] = outputs ?? [];
  if (inputs?.length !== 2 || !image || !mask || filled?.shape.length !== 4) {
    throw new CodedError(
      'network-unsuitable',
      `“${name}” is not an inpainting network: it takes ${listed(inputs)} and gives ${listed(outputs)}.`,
      'It should take image [1, 3, height, width] and mask [1, 1, height, width], as LaMa does, and give a picture.',
    );
  }
  const [, , height, width] = image.shape;
  const fixed = width && height ? { width, height } : null;
  return { image: image.name, mask: mask.name, output: filled.name, fixed };
}

/** The picture with its holes filled; every other pixel stays as it is. */
export async function runInpainting(
  plan: InpaintingPlan,
  picture: Pixels,
  holes: Uint8Array,
  runtime: Runtime,
  run: (feeds: Record<string, RuntimeTensor>) => Promise<Float32Array>,
): Promise<Uint8ClampedArray> {
  const up = (side: number) => Math.max(MULTIPLE, Math.round(side / MULTIPLE) * MULTIPLE);
  const size = plan.fixed ?? { width: up(picture.width), height: up(picture.height) };
  const dims = [size.height, size.width];
  const image = preprocess(picture, { size, normalisation: NO_NORMALISATION });
  const mask = resizedMask(holes, picture, size);
  const filled = await run({
    [plan.image]: runtime.tensor(image, [1, 3, ...dims]),
    [plan.mask]: runtime.tensor(mask, [1, 1, ...dims]),
  });
  return paste(picture, holes, filled, size);
}

/** 1 wherever a hole touches the pixel, so that nothing of a hole's border counts as picture. */
function resizedMask(holes: Uint8Array, from: Size, to: Size): Float32Array {
  const mask = new Float32Array(to.width * to.height);
  for (let y = 0; y < from.height; y++) {
    const top = Math.floor((y * to.height) / from.height);
    const bottom = Math.min(to.height - 1, Math.ceil(((y + 1) * to.height) / from.height) - 1);
    for (let x = 0; x < from.width; x++) {
      if (!holes[y * from.width + x]) continue;
      const left = Math.floor((x * to.width) / from.width);
      const right = Math.min(to.width - 1, Math.ceil(((x + 1) * to.width) / from.width) - 1);
      for (let row = top; row <= bottom; row++) mask.fill(1, row * to.width + left, row * to.width + right + 1);
    }
  }
  return mask;
}

function paste(picture: Pixels, holes: Uint8Array, filled: Float32Array, size: Size): Uint8ClampedArray {
  const points = size.width * size.height;
  const scale = filled.some((value) => value > BYTE_OUTPUT) ? 1 : 255;
  const data = picture.data.slice();
  for (let y = 0, i = 0; y < picture.height; y++) {
    const row = Math.min(size.height - 1, Math.floor(((y + 0.5) * size.height) / picture.height));
    for (let x = 0; x < picture.width; x++, i++) {
      if (!holes[i]) continue;
      const from = row * size.width + Math.min(size.width - 1, Math.floor(((x + 0.5) * size.width) / picture.width));
      for (let c = 0; c < 3; c++) data[4 * i + c] = filled[c * points + from] * scale;
      data[4 * i + 3] = 255;
    }
  }
  return data;
}
