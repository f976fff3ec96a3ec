import { graphError } from '../errors.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { requireRank, sameDType } from '../shape-inference.ts';
import type { Value } from '../value.ts';
import { describeValue } from '../value.ts';

/**
 * LayerNorm over the last axis as one fused node: taken apart it overflows in half precision
 * (microsoft/onnxruntime#31626). Callers keep it in float32.
 */
export function layerNormalization(g: GraphBuilder, x: Value, scale: Value, bias: Value, epsilon: number): Value {
  const dtype = sameDType('LayerNormalization', [x, scale, bias]);
  const width = x.shape.at(-1);
  if (scale.shape.length !== 1 || scale.shape[0] !== width || bias.shape[0] !== width) {
    throw graphError('LayerNormalization', `${describeValue(x)} with ${describeValue(scale)}`);
  }
  return g.node(
    'LayerNormalization',
    [x, scale, bias],
    { dtype, shape: x.shape },
    { axis: -1, epsilon: { float: epsilon } },
  );
}

/** InstanceNorm of [n, c, h, w] with per-channel scale and bias. */
export function instanceNormalization(g: GraphBuilder, x: Value, scale: Value, bias: Value, epsilon: number): Value {
  requireRank('InstanceNormalization', x, 4);
  const dtype = sameDType('InstanceNormalization', [x, scale, bias]);
  return g.node('InstanceNormalization', [x, scale, bias], { dtype, shape: x.shape }, { epsilon: { float: epsilon } });
}

/**
 * Multi-head attention softmax(q·kᵀ / √(channels per head))·v as the fused operator of com.microsoft.
 *
 * @param query [batch, tokens, channels], heads side by side in the channels
 * @param key [batch, others, channels]
 * @param value [batch, others, channels of value]
 */
export function multiHeadAttention(g: GraphBuilder, query: Value, key: Value, value: Value, heads: number): Value {
  for (const operand of [query, key, value]) requireRank('MultiHeadAttention', operand, 3);
  const dtype = sameDType('MultiHeadAttention', [query, key, value]);
  const [batch, tokens, channels] = query.shape;
  const fits =
    key.shape[2] === channels &&
    channels % heads === 0 &&
    value.shape[2] % heads === 0 &&
    key.shape[1] === value.shape[1] &&
    key.shape[0] === batch &&
    value.shape[0] === batch;
  if (!fits)
    throw graphError('MultiHeadAttention', `${heads} heads of ${[query, key, value].map(describeValue).join(', ')}`);
  const shape = [batch, tokens, value.shape[2]];
  return g.node('MultiHeadAttention', [query, key, value], { dtype, shape }, { num_heads: heads }, 'com.microsoft');
}
