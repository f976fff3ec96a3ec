import { preprocess, type Pixels } from '../../../../compute/preprocess/cpu.ts';
import { CodedError } from '../../../../core/errors.ts';
import type { Size } from '../../../../core/geometry.ts';
import type { Runtime, RuntimeTensor, Session, TensorSpec } from '../../../../platform/runtime/runtime.ts';
import type { PlainMap } from './fit-photo.ts';

/** Side of the input where the file leaves it open: that of the published skyseg.onnx. */
const DEFAULT_SIDE = 320;
const IMAGENET = { scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** How a sky network is run: names, and the size that it takes. */
export interface SkyPlan {
  input: string;
  output: string;
  size: Size;
}

/**
 * Checks that a network segments sky: one picture [1, 3, h, w] in, a map [1, 1, h, w] (or [1, h, w]) first among the
 * outputs, as U²-Net and its kin have it.
 * @throws CodedError `network-unsuitable`
 */
export function skyPlan({ inputs, outputs }: Pick<Session, 'inputs' | 'outputs'>, name: string): SkyPlan {
  const [image] = inputs ?? [];
  const [map] = outputs ?? [];
  const isImage = inputs?.length === 1 && image.shape.length === 4 && (image.shape[1] ?? 3) === 3;
  const isMap = map && (map.shape.length === 4 ? (map.shape[1] ?? 1) === 1 : map.shape.length === 3);
  if (!isImage || !isMap) {
    throw new CodedError(
      'network-unsuitable',
      `“${name}” is not a sky network: it takes ${listed(inputs)} and gives ${listed(outputs)}.`,
      'A sky network takes one picture [1, 3, height, width] and gives a map [1, 1, height, width] of 0 to 1.',
    );
  }
  const size = { width: image.shape[3] ?? DEFAULT_SIDE, height: image.shape[2] ?? DEFAULT_SIDE };
  return { input: image.name, output: map.name, size };
}

/** The network's map of a photo, 1 where it sees sky. */
export async function runSky(
  { input, size }: SkyPlan,
  photo: Pixels,
  runtime: Runtime,
  run: (feeds: Record<string, RuntimeTensor>) => Promise<Float32Array>,
): Promise<PlainMap> {
  const image = preprocess(photo, { size, normalisation: IMAGENET });
  const values = await run({ [input]: runtime.tensor(image, [1, 3, size.height, size.width]) });
  return { size, values: values.slice(0, size.width * size.height) };
}

/** Names and shapes for a message: `image [1, 3, ?, ?] and mask [1, 1, ?, ?]`. */
export function listed(specs: readonly TensorSpec[] | undefined): string {
  if (!specs?.length) return 'nothing that can be read';
  return specs.map(({ name, shape }) => `${name} [${shape.map((axis) => axis ?? '?').join(', ')}]`).join(' and ');
}
