import type { GraphBuilder } from '../graph-builder.ts';
import { cast, mul, toFloat32 } from '../ops/elementwise.ts';
import { matMul } from '../ops/linear-algebra.ts';
import { multiHeadAttention } from '../ops/normalization.ts';
import { softmax } from '../ops/reduction.ts';
import { concat, reshape, slice, transpose } from '../ops/reshape.ts';
import type { Value } from '../value.ts';

/**
 * Scaled dot-product attention softmax(q·kᵀ / √d)·v of [batch, tokens, channels] with the heads side by side in the
 * channels. Heads are taken in groups whose float32 scores stay under the graph's `attentionBytes`: those of
 * all heads together are 164 MB for ViT-L at 560×560.
 *
 * Written out unless the graph asks for the fused operator, whose flash kernel returned wrong values from 32 tokens
 * on where subgroups are small (onnxruntime-web 1.30 on SwiftShader, which has 4 lanes).
 */
export function attention(g: GraphBuilder, query: Value, key: Value, value: Value, heads: number): Value {
  const [batch, tokens, channels] = query.shape;
  const bytesPerHead = batch * tokens * key.shape[1] * Float32Array.BYTES_PER_ELEMENT;
  const group = headsPerGroup(heads, Math.max(1, Math.floor(g.attentionBytes / bytesPerHead)));
  const attend = g.fusedAttention ? multiHeadAttention : writtenOut;
  if (group === heads) return attend(g, query, key, value, heads);
  const width = (channels / heads) * group;
  const widthOfValue = (value.shape[2] / heads) * group;
  const parts = Array.from({ length: heads / group }, (_, i) => {
    const part = (x: Value, extent: number): Value => slice(g, x, 2, i * extent, (i + 1) * extent);
    return attend(g, part(query, width), part(key, width), part(value, widthOfValue), group);
  });
  return concat(g, parts, 2);
}

function writtenOut(g: GraphBuilder, query: Value, key: Value, value: Value, heads: number): Value {
  const [batch, tokens, channels] = query.shape;
  const scaled = mul(g, query, 1 / Math.sqrt(channels / heads));
  const scores = matMul(g, perHead(g, scaled, heads, [0, 2, 1, 3]), perHead(g, key, heads, [0, 2, 3, 1]));
  const weights = cast(g, softmax(g, toFloat32(g, scores), 3), value.dtype);
  const mixed = matMul(g, weights, perHead(g, value, heads, [0, 2, 1, 3]));
  return reshape(g, transpose(g, mixed, [0, 2, 1, 3]), [batch, tokens, value.shape[2]]);
}

/** [batch, tokens, channels] with the heads apart, [batch, tokens, heads, channels / heads], in another order of axes. */
function perHead(g: GraphBuilder, x: Value, heads: number, order: readonly number[]): Value {
  const [batch, tokens, channels] = x.shape;
  return transpose(g, reshape(g, x, [batch, tokens, heads, channels / heads]), order);
}

/** The largest divisor of `heads` that is at most `limit`. */
function headsPerGroup(heads: number, limit: number): number {
  let group = Math.min(heads, limit);
  while (heads % group !== 0) group -= 1;
  return group;
}
