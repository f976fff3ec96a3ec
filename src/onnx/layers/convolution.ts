import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { ConvOptions } from '../ops/convolution.ts';
import { conv, convTranspose } from '../ops/convolution.ts';
import { toCompute } from '../ops/elementwise.ts';
import type { Value } from '../value.ts';

/** The running statistics and affine parameters of a BatchNorm2d. */
export interface BatchNormTensors {
  /** Both null in a norm without affine parameters. */
  readonly weight: CheckpointTensor | null;
  readonly bias: CheckpointTensor | null;
  readonly mean: CheckpointTensor;
  readonly variance: CheckpointTensor;
  /** 1e-5 unless given. */
  readonly epsilon?: number;
}

/** A PyTorch Conv2d; x is brought to the compute type, and the result has it. */
export function conv2d(
  g: GraphBuilder,
  x: Value,
  weight: CheckpointTensor,
  bias: CheckpointTensor | null,
  options: ConvOptions = {},
): Value {
  return conv(g, toCompute(g, x), g.weight(weight), bias && g.weight(bias), options);
}

/** A PyTorch ConvTranspose2d, which has ONNX's weight layout. */
export function convTranspose2d(
  g: GraphBuilder,
  x: Value,
  weight: CheckpointTensor,
  bias: CheckpointTensor | null,
  options: Parameters<typeof convTranspose>[4] = {},
): Value {
  return convTranspose(g, toCompute(g, x), g.weight(weight), bias && g.weight(bias), options);
}

/** A Conv2d followed by a BatchNorm2d in evaluation, folded into one convolution. */
export function conv2dBatchNorm(
  g: GraphBuilder,
  x: Value,
  weight: CheckpointTensor,
  bias: CheckpointTensor | null,
  norm: BatchNormTensors,
  options: ConvOptions = {},
): Value {
  const channels = weight.shape[0];
  const derived = (part: string, shape: readonly number[], load: () => Promise<Float32Array>) =>
    g.derivedWeight(`${weight.name}.${part}`, shape, load, undefined, weight);
  const foldedWeight = derived('folded', weight.shape, async () => {
    const { scale } = await foldBatchNorm(norm);
    const values = await weight.readFloat32();
    const perChannel = values.length / channels;
    for (let i = 0; i < values.length; i += 1) values[i] *= scale[Math.floor(i / perChannel)];
    return values;
  });
  const foldedBias = derived('folded_bias', [channels], async () => {
    const { scale, shift } = await foldBatchNorm(norm);
    const offset = await bias?.readFloat32();
    return shift.map((value, i) => value + scale[i] * (offset?.[i] ?? 0));
  });
  return conv(g, toCompute(g, x), foldedWeight, foldedBias, options);
}

/** BatchNorm in evaluation as x · scale + shift. */
export async function foldBatchNorm({
  weight,
  bias,
  mean,
  variance,
  epsilon = 1e-5,
}: BatchNormTensors): Promise<{ scale: Float32Array; shift: Float32Array }> {
  const [mu, sigma2] = await Promise.all([mean.readFloat32(), variance.readFloat32()]);
  const [gamma, beta] = await Promise.all([weight?.readFloat32(), bias?.readFloat32()]);
  const scale = sigma2.map((value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + epsilon));
  return { scale, shift: mu.map((value, i) => (beta?.[i] ?? 0) - value * scale[i]) };
}
