import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { BatchNormTensors } from '../../onnx/layers/convolution.ts';
import { conv2d, conv2dBatchNorm } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { readBatchNorm } from '../batch-norm.ts';
import type { Weights } from '../weights.ts';
import type { LoftrConfig } from './config.ts';

interface ConvNorm {
  readonly weight: CheckpointTensor;
  readonly norm: BatchNormTensors;
  readonly stride: 1 | 2;
}

interface ResidualBlock {
  readonly first: ConvNorm;
  readonly second: ConvNorm;
  /** Null where width and size are kept. */
  readonly shortcut: ConvNorm | null;
}

/** How the features above are brought one stride down. */
interface Fusion {
  readonly lateral: CheckpointTensor;
  readonly first: CheckpointTensor;
  readonly norm: BatchNormTensors;
  readonly second: CheckpointTensor;
}

/** A ResNet to stride 8 and a feature pyramid back to stride 2. */
export interface ResNetFpn {
  readonly stem: ConvNorm;
  /** Stages that end at strides 2, 4 and 8. */
  readonly stages: readonly (readonly ResidualBlock[])[];
  readonly top: CheckpointTensor;
  readonly quarter: Fusion;
  readonly half: Fusion;
}

const BLOCKS = 2;
const SLOPE = 0.01;

/** @param weights scoped to `backbone` */
export function readResNetFpn(weights: Weights, { initial, widths }: LoftrConfig): ResNetFpn {
  const [fine, middle, coarse] = widths;
  const convNorm = (at: Weights, conv: string, norm: string, shape: number[], stride: 1 | 2): ConvNorm => ({
    weight: at.take(`${conv}.weight`, shape),
    norm: readBatchNorm(at.at(norm), shape[0]),
    stride,
  });
  let from = initial;
  const stages = widths.map((to, stage) =>
    Array.from({ length: BLOCKS }, (_, i): ResidualBlock => {
      const at = weights.at(`layer${stage + 1}.${i}`);
      const stride = i === 0 && stage > 0 ? 2 : 1;
      const block = {
        first: convNorm(at, 'conv1', 'bn1', [to, from, 3, 3], stride),
        second: convNorm(at, 'conv2', 'bn2', [to, to, 3, 3], 1),
        shortcut: stride === 1 ? null : convNorm(at, 'downsample.0', 'downsample.1', [to, from, 1, 1], 2),
      };
      from = to;
      return block;
    }),
  );
  const fusion = (name: string, lateral: number, width: number, out: number): Fusion => ({
    lateral: weights.take(`${name}_outconv.weight`, [width, lateral, 1, 1]),
    first: weights.take(`${name}_outconv2.0.weight`, [width, width, 3, 3]),
    norm: readBatchNorm(weights.at(`${name}_outconv2.1`), width),
    second: weights.take(`${name}_outconv2.3.weight`, [out, width, 3, 3]),
  });
  return {
    stem: convNorm(weights, 'conv1', 'bn1', [initial, 1, 7, 7], 2),
    stages,
    top: weights.take('layer3_outconv.weight', [coarse, coarse, 1, 1]),
    quarter: fusion('layer2', middle, coarse, middle),
    half: fusion('layer1', fine, middle, fine),
  };
}

/**
 * LoFTR's local features (section 3.1).
 *
 * @param gray [1, 1, h, w], sides multiples of 8
 * @returns features at stride 8 and at stride 2
 */
export function resNetFpn(
  g: GraphBuilder,
  gray: Value,
  { stem, stages, top, quarter, half }: ResNetFpn,
  observe: (name: string, value: Value) => void = () => {},
): { coarse: Value; fine: Value } {
  const convNorm = (x: Value, { weight, norm, stride }: ConvNorm): Value =>
    conv2dBatchNorm(g, x, weight, null, norm, { stride, padding: (weight.shape[2] - 1) / 2 });
  let x = op.relu(g, convNorm(gray, stem));
  const features = stages.map((blocks, index) => {
    g.scope(`stage.${index + 1}`, () => {
      for (const { first, second, shortcut } of blocks) {
        const changed = convNorm(op.relu(g, convNorm(x, first)), second);
        x = op.relu(g, op.add(g, shortcut ? convNorm(x, shortcut) : x, changed));
      }
    });
    observe(`resnet_${2 ** (index + 1)}`, x);
    return x;
  });
  return g.scope('pyramid', () => {
    const coarse = conv2d(g, features[2], top, null);
    const middle = fuse(g, quarter, coarse, features[1]);
    return { coarse, fine: fuse(g, half, middle, features[0]) };
  });
}

/** Corners are aligned here; EfficientLoFTR, whose pyramid is the same otherwise, aligns half pixels. */
function fuse(g: GraphBuilder, { lateral, first, norm, second }: Fusion, above: Value, features: Value): Value {
  const size = [features.shape[2], features.shape[3]] as const;
  const enlarged = op.resize(g, above, size, { coordinates: 'align_corners' });
  const sum = op.add(g, conv2d(g, features, lateral, null), enlarged);
  const hidden = op.leakyRelu(g, conv2dBatchNorm(g, sum, first, null, norm, { padding: 1 }), SLOPE);
  return conv2d(g, hidden, second, null, { padding: 1 });
}
