import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { BatchNormTensors } from '../../onnx/layers/convolution.ts';
import { conv2dBatchNorm } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { byteLength } from '../../onnx/value.ts';
import { readBatchNorm } from '../batch-norm.ts';
import type { Rows } from '../strips.ts';
import { stripPadding, strips, widened } from '../strips.ts';
import type { Weights } from '../weights.ts';

interface ConvBatchNorm {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor | null;
  readonly norm: BatchNormTensors;
}

/** Convolutions between two poolings; a stage works at half the resolution of the one before. */
export type VggStage = readonly ConvBatchNorm[];

/** Places in torchvision's list for VGG-19 with norms (53), rounded up: bounds the search for convolutions. */
const MAX_LAYERS = 64;

/**
 * Reads a batch-normalised VGG stored as torchvision's flat list: convolution, norm and ReLU take three
 * places of the list, a pooling one, so a step of four between convolutions begins a stage.
 *
 * @param weights scoped to the list: `0.weight`, `1.running_mean`, …
 */
export function readVgg(weights: Weights): VggStage[] {
  const isConvolution = (index: number): boolean =>
    weights.has(`${index}.weight`) && weights.shapeOf(`${index}.weight`).length === 4;
  const indices = Array.from({ length: MAX_LAYERS }, (_, index) => index).filter(isConvolution);
  requireWhole(weights, indices);
  const stages: ConvBatchNorm[][] = [];
  let channels = 3;
  for (const [position, index] of indices.entries()) {
    if (position === 0 || index - indices[position - 1] > 3) stages.push([]);
    const [out] = weights.shapeOf(`${index}.weight`);
    stages.at(-1)?.push({
      weight: weights.take(`${index}.weight`, [out, channels, 3, 3]),
      bias: weights.optional(`${index}.bias`, [out]),
      norm: readBatchNorm(weights.at(`${index + 1}`), out),
    });
    channels = out;
  }
  return stages;
}

/**
 * Holds the list to its habit: convolutions from 0 on, each three places after the one before (four after a pooling), and none
 * where there is a norm without one.
 * @throws CodedError `tensor-missing`, naming the convolution that is not there
 */
function requireWhole(weights: Weights, convolutions: readonly number[]): void {
  for (let norm = 1; norm <= MAX_LAYERS; norm += 1) {
    if (weights.has(`${norm}.running_mean`) && !convolutions.includes(norm - 1))
      weights.take(`${norm - 1}.weight`, FOUR);
  }
  for (const [position, index] of convolutions.entries()) {
    const before = position === 0 ? -3 : convolutions[position - 1];
    if (index - before > 4 || (position === 0 && index > 0)) weights.take(`${before + 3}.weight`, FOUR);
  }
}

const FOUR = [null, null, 3, 3] as const;

/** Turns the features of a stage (or of a strip of it) into what is kept of them. Must work pixel by pixel. */
export type StageOutput = (stride: number, features: Value) => Value;

/**
 * The features before each pooling, at strides 1, 2, 4, 8 for VGG-19 up to its fourth pooling (the pyramid of
 * RoMa's encoder). A stage whose maps exceed `stripBytes` is computed in horizontal strips that overlap by
 * its receptive field: at 1344×1344 the first stage's map is 462 MB, of which `output` keeps a fraction.
 *
 * @param image [1, 3, h, w]
 * @returns what `output` made of each stage, by stride
 */
export function vggPyramid(
  g: GraphBuilder,
  image: Value,
  stages: readonly VggStage[],
  output: StageOutput,
  stripBytes: number,
): Map<number, Value> {
  const pyramid = new Map<number, Value>();
  let x = op.toCompute(g, image);
  for (const [index, stage] of stages.entries()) {
    const stride = 2 ** index;
    const last = index === stages.length - 1;
    g.scope(`vgg.${stride}`, () => {
      const [, , height, width] = x.shape;
      const widest = Math.max(...stage.map(({ weight }) => weight.shape[0]));
      const kept: Value[] = [];
      const pooled: Value[] = [];
      for (const rows of strips(
        height,
        byteLength({ dtype: x.dtype, shape: [widest, width] }),
        stage.length,
        stripBytes,
      )) {
        const features = stageRows(g, x, stage, rows);
        kept.push(output(stride, features));
        if (!last && features.shape[2] > 1) pooled.push(op.maxPool(g, features, { kernel: 2 }));
      }
      pyramid.set(stride, op.concat(g, kept, 2));
      if (!last) x = op.concat(g, pooled, 2);
    });
  }
  return pyramid;
}

/** Some rows of a stage's last map. */
function stageRows(g: GraphBuilder, x: Value, stage: VggStage, rows: Rows): Value {
  const height = x.shape[2];
  let current = widened(rows, stage.length, height);
  let map = current.end - current.first === height ? x : op.slice(g, x, 2, current.first, current.end);
  for (const [index, { weight, bias, norm }] of stage.entries()) {
    // Each convolution still to come needs one row more on either side.
    const next = widened(rows, stage.length - 1 - index, height);
    map = op.relu(g, conv2dBatchNorm(g, map, weight, bias, norm, { padding: stripPadding(current, next, 1) }));
    current = next;
  }
  return map;
}
