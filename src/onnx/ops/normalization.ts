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

/**
 * Rotary position embedding (Su et al. 2021) by halves, as the fused operator of com.microsoft: of each head's channels
 * (x₁, x₂) become (x₁ cos − x₂ sin, x₂ cos + x₁ sin). The heads are as wide as the tables say.
 *
 * @param x [batch, tokens, channels], heads side by side in the channels
 * @param cos [tokens, channels of a head / 2], one row a token
 * @param sin the same shape
 */
export function rotaryEmbedding(g: GraphBuilder, x: Value, cos: Value, sin: Value): Value {
  requireRank('RotaryEmbedding', x, 3);
  const dtype = sameDType('RotaryEmbedding', [x, cos, sin]);
  const [, tokens, channels] = x.shape;
  const fits = [cos, sin].every(({ shape }) => shape.length === 2 && shape[0] === tokens && shape[1] === cos.shape[1]);
  if (!fits || channels % (2 * cos.shape[1]) !== 0)
    throw graphError('RotaryEmbedding', `${[x, cos, sin].map(describeValue).join(', ')}`);
  // One position says where the tokens begin in the tables: at their first row.
  const inputs = [x, g.constant([0], 'int64'), cos, sin];
  return g.node('RotaryEmbedding', inputs, { dtype, shape: x.shape }, { interleaved: 0 }, 'com.microsoft');
}
