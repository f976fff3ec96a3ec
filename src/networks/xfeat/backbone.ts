import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { BatchNormTensors } from '../../onnx/layers/convolution.ts';
import { conv2d, conv2dBatchNorm } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { readPlainBatchNorm } from '../batch-norm.ts';
import type { Weights } from '../weights.ts';

/** Convolution without bias, BatchNorm without affine parameters, ReLU. */
export interface BasicLayer {
  readonly weight: CheckpointTensor;
  readonly norm: BatchNormTensors;
  readonly stride: 1 | 2;
}

export interface Convolution {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor;
}

/** XFeat's features: five blocks, each at half the resolution of the one before from the second on. */
export interface XfeatBackbone {
  readonly skip: Convolution;
  /** Blocks 1 to 5. */
  readonly blocks: readonly (readonly BasicLayer[])[];
  readonly fusion: readonly BasicLayer[];
  readonly out: Convolution;
}

/** Which layers of each block halve the resolution. */
const STRIDES: readonly (readonly (1 | 2)[])[] = [
  [1, 2, 1, 2],
  [1, 1],
  [2, 1, 1],
  [2, 1, 1],
  [2, 1, 1, 1],
];

const INSTANCE_NORM_EPSILON = 1e-5;

/** A layer of any of XFeat's stacks. @param weights scoped to it: `layer.0.weight`, `layer.1.running_mean` */
export function readBasicLayer(weights: Weights, from: number, stride: 1 | 2 = 1): BasicLayer {
  const [to, , kernel] = weights.shapeOf('layer.0.weight');
  return {
    weight: weights.take('layer.0.weight', [to, from, kernel, kernel]),
    norm: readPlainBatchNorm(weights.at('layer.1'), to),
    stride,
  };
}

/** `count` layers and a 1×1 convolution with bias to `to` channels, in one numbered list. */
export function readStack(
  weights: Weights,
  from: number,
  count: number,
  to: number,
): { layers: BasicLayer[]; out: Convolution } {
  const layers: BasicLayer[] = [];
  let channels = from;
  for (let i = 0; i < count; i += 1) {
    layers.push(readBasicLayer(weights.at(`${i}`), channels));
    [channels] = layers[i].weight.shape;
  }
  return { layers, out: readConvolution(weights.at(`${count}`), channels, to) };
}

export function readConvolution(weights: Weights, from: number, to: number): Convolution {
  return { weight: weights.take('weight', [to, from, 1, 1]), bias: weights.take('bias', [to]) };
}

/** @param weights scoped to the network: `block1.0.layer.0.weight`, … */
export function readXfeatBackbone(weights: Weights): XfeatBackbone {
  let channels = 1;
  const blocks = STRIDES.map((strides, block) =>
    strides.map((stride, i) => {
      const layer = readBasicLayer(weights.at(`block${block + 1}.${i}`), channels, stride);
      [channels] = layer.weight.shape;
      return layer;
    }),
  );
  const { layers, out } = readStack(weights.at('block_fusion'), channels, 2, channels);
  return {
    skip: readConvolution(weights.at('skip1.1'), 1, blocks[0].at(-1)!.weight.shape[0]),
    blocks,
    fusion: layers,
    out,
  };
}

export function basicLayers(g: GraphBuilder, x: Value, layers: readonly BasicLayer[]): Value {
  return layers.reduce((current, { weight, norm, stride }) => {
    const options = { stride, padding: (weight.shape[2] - 1) / 2 };
    return op.relu(g, conv2dBatchNorm(g, current, weight, null, norm, options));
  }, x);
}

export type Observe = (name: string, value: Value) => void;

/** XFeat's input: the channels' mean, normalised over the image, float32 [1, 1, h, w]. */
export function normalisedGray(g: GraphBuilder, image: Value): Value {
  const gray = op.reduceMean(g, image, [1]);
  // Rows first: one sum over a whole image is slow on a GPU and less exact.
  const mean = (x: Value): Value => op.reduceMean(g, op.reduceMean(g, x, [3]), [2]);
  const centred = op.sub(g, gray, mean(gray));
  const variance = mean(op.mul(g, centred, centred));
  return op.div(g, centred, op.sqrt(g, op.add(g, variance, INSTANCE_NORM_EPSILON)));
}

/**
 * XFeat's features (Potje et al., CVPR 2024), not normalised, as its dense matching and Tiny RoMa take them.
 *
 * @param normalised [1, 1, h, w], sides multiples of 32
 * @returns [1, 24, h / 4, w / 4] and [1, 64, h / 8, w / 8]
 */
export function xfeatFeatures(
  g: GraphBuilder,
  { skip, blocks, fusion, out }: XfeatBackbone,
  normalised: Value,
  observe: Observe = () => {},
): { quarter: Value; eighth: Value } {
  const x = op.toCompute(g, normalised);
  const first = basicLayers(g, x, blocks[0]);
  const around = conv2d(g, op.averagePool(g, x, { kernel: 4 }), skip.weight, skip.bias);
  observe('block1', first);
  observe('skip1', around);
  const quarter = basicLayers(g, op.add(g, first, around), blocks[1]);
  const third = basicLayers(g, quarter, blocks[2]);
  const fourth = basicLayers(g, third, blocks[3]);
  const fifth = basicLayers(g, fourth, blocks[4]);
  observe('block2', quarter);
  observe('block3', third);
  observe('block4', fourth);
  observe('block5', fifth);
  const size = [third.shape[2], third.shape[3]] as const;
  const sum = op.add(g, op.add(g, third, op.resize(g, fourth, size)), op.resize(g, fifth, size));
  const eighth = conv2d(g, basicLayers(g, sum, fusion), out.weight, out.bias);
  observe('features', eighth);
  return { quarter, eighth };
}
