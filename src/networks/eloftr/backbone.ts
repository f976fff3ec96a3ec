import type { Weights } from '../weights.ts';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { BatchNormTensors } from '../../onnx/layers/convolution.ts';
import { foldBatchNorm } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { readBatchNorm } from '../batch-norm.ts';

/** A branch of a RepVGG block in training form: a convolution without bias (none for the identity) and its norm. */
interface Branch {
  readonly weight: CheckpointTensor | null;
  readonly norm: BatchNormTensors;
}

/** A RepVGG block: its branches, or the one convolution into which someone has fused them. */
export interface RepVggBlock {
  readonly from: number;
  readonly to: number;
  readonly stride: 1 | 2;
  readonly branches: readonly Branch[] | { readonly weight: CheckpointTensor; readonly bias: CheckpointTensor };
}

/** The blocks between two reductions, by the features they end with: strides 2, 4 and 8. */
export type RepVgg = readonly [readonly RepVggBlock[], readonly RepVggBlock[], readonly RepVggBlock[]];

/** Reads EfficientLoFTR's RepVGG, in training or in fused form. @param weights scoped to `backbone` */
export function readRepVgg(weights: Weights): RepVgg {
  let from = 1;
  const read = (name: string, stride: 1 | 2): RepVggBlock => {
    const block = readBlock(weights.at(name), from, stride);
    from = block.to;
    return block;
  };
  const stage = (layer: number, stride: 1 | 2): RepVggBlock[] => {
    const count = Math.max(1, weights.count(`layer${layer}`, BLOCK_MARKS));
    return Array.from({ length: count }, (_, i) => read(`layer${layer}.${i}`, i === 0 ? stride : 1));
  };
  return [[read('layer0', 2), ...stage(1, 1)], stage(2, 2), stage(3, 2)];
}

/** Any of them tells that a block is there, in training or in fused form. */
export const BLOCK_MARKS = ['rbr_dense.conv.weight', 'rbr_1x1.conv.weight', 'rbr_reparam.weight', 'rbr_reparam.bias'];

function readBlock(weights: Weights, from: number, stride: 1 | 2): RepVggBlock {
  if (weights.has('rbr_reparam.weight') || weights.has('rbr_reparam.bias')) {
    const [to] = weights.shapeOf('rbr_reparam.weight');
    const at = weights.at('rbr_reparam');
    return { from, to, stride, branches: { weight: at.take('weight', [to, from, 3, 3]), bias: at.take('bias', [to]) } };
  }
  const [to] = weights.shapeOf('rbr_dense.conv.weight');
  const branch = (name: string, kernel: number): Branch => ({
    weight: weights.take(`${name}.conv.weight`, [to, from, kernel, kernel]),
    norm: readBatchNorm(weights.at(`${name}.bn`), to),
  });
  const branches = [branch('rbr_dense', 3), branch('rbr_1x1', 1)];
  // Only where a block keeps width and size is there an identity to normalise.
  if (from === to && stride === 1) branches.push({ weight: null, norm: readBatchNorm(weights.at('rbr_identity'), to) });
  return { from, to, stride, branches };
}

/**
 * RepVGG (Ding et al., CVPR 2021): every block is relu(sum of its branches), here always one 3×3 convolution.
 *
 * @param gray [1, 1, h, w], sides multiples of 8
 * @returns features at strides 2, 4 and 8
 */
export function repVgg(g: GraphBuilder, gray: Value, stages: RepVgg): [Value, Value, Value] {
  let x = op.toCompute(g, gray);
  const features = stages.map((blocks, index) => {
    g.scope(`stage.${index + 1}`, () => {
      for (const block of blocks) x = op.relu(g, convolution(g, x, block));
    });
    return x;
  });
  return features as [Value, Value, Value];
}

function convolution(g: GraphBuilder, x: Value, { branches, from, to, stride }: RepVggBlock): Value {
  const options = { stride, padding: 1 };
  if ('bias' in branches) return op.conv(g, x, g.weight(branches.weight), g.weight(branches.bias), options);
  const name = branches[0].weight!.name.replace(/\.[^.]+\.[^.]+\.weight$/, '');
  const weight = g.derivedWeight(`${name}.fused.weight`, [to, from, 3, 3], () => fusedWeight(branches, from, to));
  const bias = g.derivedWeight(`${name}.fused.bias`, [to], () => fusedBias(branches, to));
  return op.conv(g, x, weight, bias, options);
}

/** The kernels of all branches as one: 1×1 kernels and the identity sit in the middle of the 3×3 kernel. */
async function fusedWeight(branches: readonly Branch[], from: number, to: number): Promise<Float32Array> {
  const fused = new Float32Array(to * from * 9);
  for (const { weight, norm } of branches) {
    const { scale } = await foldBatchNorm(norm);
    const values = await weight?.readFloat32();
    for (let out = 0; out < to; out += 1) {
      const first = out * from * 9;
      if (!values) fused[first + out * 9 + 4] += scale[out];
      else if (values.length === fused.length)
        for (let i = first; i < first + from * 9; i += 1) fused[i] += values[i] * scale[out];
      else for (let i = 0; i < from; i += 1) fused[first + i * 9 + 4] += values[out * from + i] * scale[out];
    }
  }
  return fused;
}

async function fusedBias(branches: readonly Branch[], to: number): Promise<Float32Array> {
  const fused = new Float32Array(to);
  for (const { norm } of branches) {
    const { shift } = await foldBatchNorm(norm);
    for (let out = 0; out < to; out += 1) fused[out] += shift[out];
  }
  return fused;
}
