import type { GraphBuilder } from '../graph-builder.ts';
import { multiHeadAttention } from '../ops/normalization.ts';
import { concat, slice } from '../ops/reshape.ts';
import type { Value } from '../value.ts';
import { BYTES_PER_ELEMENT } from '../value.ts';

/**
 * Scaled dot-product attention of [batch, tokens, channels], split by heads into groups whose score
 * matrices stay under the graph's `attentionBytes`: without flash attention the runtime holds the scores
 * of all heads at once, 164 MB for ViT-L at 560×560 in float32.
 */
export function attention(g: GraphBuilder, query: Value, key: Value, value: Value, heads: number): Value {
  const [batch, tokens, channels] = query.shape;
  const bytesPerHead = batch * tokens * key.shape[1] * BYTES_PER_ELEMENT[query.dtype];
  const group = headsPerGroup(heads, Math.max(1, Math.floor(g.attentionBytes / bytesPerHead)));
  if (group === heads) return multiHeadAttention(g, query, key, value, heads);
  const width = (channels / heads) * group;
  const widthOfValue = (value.shape[2] / heads) * group;
  const parts = Array.from({ length: heads / group }, (_, i) => {
    const part = (x: Value, extent: number): Value => slice(g, x, 2, i * extent, (i + 1) * extent);
    return multiHeadAttention(g, part(query, width), part(key, width), part(value, widthOfValue), group);
  });
  return concat(g, parts, 2);
}

/** The largest divisor of `heads` that is at most `limit`. */
function headsPerGroup(heads: number, limit: number): number {
  let group = Math.min(heads, limit);
  while (heads % group !== 0) group -= 1;
  return group;
}
