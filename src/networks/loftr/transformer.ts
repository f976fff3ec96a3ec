import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Weights } from '../weights.ts';

interface Norm {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor;
}

/** A layer of linear attention; self and cross layers have the same tensors. */
export interface AttentionLayer {
  readonly query: CheckpointTensor;
  readonly key: CheckpointTensor;
  readonly value: CheckpointTensor;
  readonly merge: CheckpointTensor;
  readonly mlp: readonly [CheckpointTensor, CheckpointTensor];
  readonly norm1: Norm;
  readonly norm2: Norm;
}

/** Tokens of both photos, [batch, tokens, c] float32. */
export type Pair = readonly [Value, Value];

const NORM_EPSILON = 1e-5;
const ATTENTION_EPSILON = 1e-6;

/** @param weights scoped to `loftr_coarse` or `loftr_fine` */
export function readTransformer(weights: Weights, layers: number, width: number): AttentionLayer[] {
  return Array.from({ length: layers }, (_, index) => {
    const at = weights.at(`layers.${index}`);
    const square = (name: string): CheckpointTensor => at.take(`${name}.weight`, [width, width]);
    const norm = (name: string): Norm => ({
      weight: at.take(`${name}.weight`, [width]),
      bias: at.take(`${name}.bias`, [width]),
    });
    return {
      query: square('q_proj'),
      key: square('k_proj'),
      value: square('v_proj'),
      merge: square('merge'),
      mlp: [at.take('mlp.0.weight', [2 * width, 2 * width]), at.take('mlp.2.weight', [width, 2 * width])],
      norm1: norm('norm1'),
      norm2: norm('norm2'),
    };
  });
}

/**
 * Self and cross layers in turn (LoFTR, section 3.2). In a cross layer the second photo attends to the first as that layer
 * has just left it; the weights were trained so.
 */
export function transform(
  g: GraphBuilder,
  layers: readonly AttentionLayer[],
  pair: Pair,
  heads: number,
  observe: (name: string, value: Value) => void = () => {},
): Pair {
  let [a, b] = pair;
  for (const [index, attention] of layers.entries()) {
    g.scope(`layer.${index}`, () => {
      const isSelf = index % 2 === 0;
      const before: Pair = [a, b];
      a = attend(g, attention, before[0], isSelf ? before[0] : before[1], heads);
      b = attend(g, attention, before[1], isSelf ? before[1] : a, heads);
    });
    observe(`layer${index}_0`, a);
    observe(`layer${index}_1`, b);
  }
  return [a, b];
}

function attend(g: GraphBuilder, attention: AttentionLayer, x: Value, source: Value, heads: number): Value {
  const { query, key, value, merge, mlp, norm1, norm2 } = attention;
  const mixed = linearAttention(
    g,
    layer.linear(g, x, query, null),
    layer.linear(g, source, key, null),
    layer.linear(g, source, value, null),
    heads,
  );
  const message = layer.layerNorm(g, layer.linear(g, mixed, merge, null), norm1.weight, norm1.bias, NORM_EPSILON);
  const hidden = op.relu(g, layer.linear(g, op.concat(g, [x, message], 2), mlp[0], null));
  const changed = layer.layerNorm(g, layer.linear(g, hidden, mlp[1], null), norm2.weight, norm2.bias, NORM_EPSILON);
  return op.add(g, x, changed);
}

/**
 * Attention with the kernel elu(x) + 1 in the softmax's place (Katharopoulos et al., 2020), in float32 throughout: its sums
 * run over all tokens. Upstream divides values by their count and multiplies the result again, against overflow
 * in half precision; in float32 both cancel.
 */
function linearAttention(g: GraphBuilder, query: Value, key: Value, value: Value, heads: number): Value {
  const [batch, , channels] = query.shape;
  const width = channels / heads;
  const perHead = (x: Value, order: readonly number[]): Value =>
    op.transpose(g, op.reshape(g, op.toFloat32(g, x), [batch, x.shape[1], heads, width]), order);
  const kernel = (x: Value): Value => op.add(g, op.relu(g, x), op.exp(g, op.min(g, x, 0)));
  const q = kernel(perHead(query, [0, 2, 1, 3]));
  const k = kernel(perHead(key, [0, 2, 3, 1]));
  const v = perHead(value, [0, 2, 1, 3]);
  const mixed = op.matMul(g, q, op.matMul(g, k, v));
  const total = op.matMul(g, q, op.reduceSum(g, k, [3]));
  const normalised = op.div(g, mixed, op.add(g, total, ATTENTION_EPSILON));
  return op.reshape(g, op.transpose(g, normalised, [0, 2, 1, 3]), [batch, query.shape[1], channels]);
}

/**
 * Sines and cosines of columns [c, w] and of rows [c, h], row-major, each zero in the other's channels; their sum over the map is
 * the position code. Channels 4k, 4k + 1 are the sine and cosine of x · f_k, 4k + 2, 4k + 3 of y, places counted from 1.
 * The corrected frequencies are 10000^(−2k / (c / 2)). The published ones are e^(−2k): a division by the width was
 * rounded down to −1.
 */
export function positionAxes(
  channels: number,
  height: number,
  width: number,
  positions: 'published' | 'corrected',
): { x: Float32Array; y: Float32Array } {
  const axis = (extent: number, first: 0 | 2): Float32Array =>
    Float32Array.from({ length: channels * extent }, (_, i) => {
      const [channel, place] = [Math.floor(i / extent), i % extent];
      if (channel % 4 !== first && channel % 4 !== first + 1) return 0;
      const exponent = positions === 'published' ? -1 : -Math.log(10000) / (channels / 2);
      const k = Math.floor(channel / 4);
      const frequency = Math.fround(Math.exp(Math.fround(2 * k * Math.fround(exponent))));
      const angle = Math.fround((place + 1) * frequency);
      return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
  return { x: axis(width, 0), y: axis(height, 2) };
}
