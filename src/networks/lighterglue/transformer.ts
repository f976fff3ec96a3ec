import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { linear } from '../../onnx/layers/linear.ts';
import { layerNorm } from '../../onnx/layers/norm.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Weights } from '../weights.ts';

const NORM_EPSILON = 1e-5;

interface Linear {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor;
}

interface FeedForward {
  readonly first: Linear;
  readonly norm: Linear;
  readonly last: Linear;
}

/** One layer: self-attention within each photo, then cross-attention between them. */
export interface GlueLayer {
  readonly self: { readonly qkv: Linear; readonly out: Linear; readonly feedForward: FeedForward };
  readonly cross: {
    readonly queryKey: Linear;
    readonly value: Linear;
    readonly out: Linear;
    readonly feedForward: FeedForward;
  };
}

export function readLinear(weights: Weights, from: number, to: number): Linear {
  return { weight: weights.take('weight', [to, from]), bias: weights.take('bias', [to]) };
}

function readFeedForward(weights: Weights, dim: number): FeedForward {
  return {
    first: readLinear(weights.at('0'), 2 * dim, 2 * dim),
    norm: { weight: weights.take('1.weight', [2 * dim]), bias: weights.take('1.bias', [2 * dim]) },
    last: readLinear(weights.at('3'), 2 * dim, dim),
  };
}

/** @param weights scoped to one layer: `self_attn.Wqkv.weight`, … */
export function readGlueLayer(weights: Weights, dim: number): GlueLayer {
  const [self, cross] = [weights.at('self_attn'), weights.at('cross_attn')];
  return {
    self: {
      qkv: readLinear(self.at('Wqkv'), dim, 3 * dim),
      out: readLinear(self.at('out_proj'), dim, dim),
      feedForward: readFeedForward(self.at('ffn'), dim),
    },
    cross: {
      queryKey: readLinear(cross.at('to_qk'), dim, dim),
      value: readLinear(cross.at('to_v'), dim, dim),
      out: readLinear(cross.at('to_out'), dim, dim),
      feedForward: readFeedForward(cross.at('ffn'), dim),
    },
  };
}

/** Cosines and sines of the learnt Fourier features of places: [1, count, channels of a head] each, in pairs of channels. */
export interface Encoding {
  readonly cos: Value;
  readonly sin: Value;
}

/** @param places [1, count, 2] normalised to the photo */
export function positionEncoding(g: GraphBuilder, places: Value, frequencies: CheckpointTensor): Encoding {
  const count = places.shape[1];
  const [half] = frequencies.shape;
  const angle = g.exactly(() => linear(g, places, frequencies, null));
  const twice = (x: Value): Value => {
    const single = op.reshape(g, x, [1, count, half, 1]);
    return op.reshape(g, op.concat(g, [single, single], 3), [1, count, 2 * half]);
  };
  return { cos: twice(op.cos(g, angle)), sin: twice(op.sin(g, angle)) };
}

/**
 * Self-attention with rotary positions (LightGlue, section 3.1). Wqkv's outputs are interleaved: channel by channel query, key,
 * value.
 *
 * @param x [1, count, dim] float32
 * @param absent [count] 0 for points that take part, a large negative number for others
 */
export function selfAttention(
  g: GraphBuilder,
  x: Value,
  { cos, sin }: Encoding,
  absent: Value,
  { qkv, out, feedForward }: GlueLayer['self'],
): Value {
  const [, count, dim] = x.shape;
  const apart = op.reshape(g, op.toFloat32(g, linear(g, x, qkv.weight, qkv.bias)), [1, count, dim, 3]);
  const [q, k, v] = op
    .split(g, op.transpose(g, apart, [3, 0, 1, 2]), 0, [1, 1, 1])
    .map((part) => op.reshape(g, part, [1, count, dim]));
  const heads = dim / cos.shape[2];
  const turned = (t: Value): Value => {
    const pairs = op.reshape(g, t, [count * heads, cos.shape[2] / 2, 2]);
    const [even, odd] = op.split(g, pairs, 2, [1, 1]);
    const aside = op.reshape(g, op.concat(g, [op.neg(g, odd), even], 2), [count, heads, cos.shape[2]]);
    const straight = op.reshape(g, t, [count, heads, cos.shape[2]]);
    const perHead = (table: Value): Value => op.reshape(g, table, [count, 1, cos.shape[2]]);
    return op.reshape(g, op.add(g, op.mul(g, straight, perHead(cos)), op.mul(g, aside, perHead(sin))), [1, count, dim]);
  };
  const mixed = attend(g, turned(q), turned(k), v, heads, absent);
  return addMessage(g, x, op.toFloat32(g, linear(g, mixed, out.weight, out.bias)), feedForward);
}

/** Cross-attention of both photos at once: keys are queries, and each photo attends to the other as it was before. */
export function crossAttention(
  g: GraphBuilder,
  x: readonly [Value, Value],
  absent: readonly [Value, Value],
  heads: number,
  { queryKey, value, out, feedForward }: GlueLayer['cross'],
): [Value, Value] {
  const of = (t: Value, { weight, bias }: Linear): Value => op.toFloat32(g, linear(g, t, weight, bias));
  const [qk0, qk1] = x.map((t) => of(t, queryKey));
  const [v0, v1] = x.map((t) => of(t, value));
  const messages = [attend(g, qk0, qk1, v1, heads, absent[1]), attend(g, qk1, qk0, v0, heads, absent[0])];
  return [0, 1].map((i) => addMessage(g, x[i], of(messages[i], out), feedForward)) as [Value, Value];
}

function addMessage(g: GraphBuilder, x: Value, message: Value, { first, norm, last }: FeedForward): Value {
  const inner = linear(g, op.concat(g, [x, message], 2), first.weight, first.bias);
  const active = op.gelu(g, layerNorm(g, inner, norm.weight, norm.bias, NORM_EPSILON));
  return op.add(g, x, op.toFloat32(g, linear(g, active, last.weight, last.bias)));
}

/** softmax(q·kᵀ / √d + absent)·v, head by head. */
function attend(g: GraphBuilder, q: Value, k: Value, v: Value, heads: number, absent: Value): Value {
  const [, count, dim] = q.shape;
  const keys = k.shape[1];
  const perHead = (x: Value, order: number[]): Value =>
    op.transpose(g, op.reshape(g, x, [1, x.shape[1], heads, dim / heads]), order);
  const scaled = op.mul(g, q, 1 / Math.sqrt(dim / heads));
  const scores = op.matMul(g, perHead(scaled, [0, 2, 1, 3]), perHead(k, [0, 2, 3, 1]));
  const weights = op.softmax(g, op.add(g, scores, op.reshape(g, absent, [1, 1, 1, keys])), 3);
  const mixed = op.matMul(g, weights, perHead(v, [0, 2, 1, 3]));
  return op.reshape(g, op.transpose(g, mixed, [0, 2, 1, 3]), [1, count, dim]);
}
