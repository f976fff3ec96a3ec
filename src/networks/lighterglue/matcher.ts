import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { linear } from '../../onnx/layers/linear.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import type { Weights } from '../weights.ts';
import type { Observe } from '../xfeat/backbone.ts';
import { DESCRIPTOR_CHANNELS } from '../xfeat/keypoints.ts';
import { absence, keypointInputs, type Keypoints, mutualBest, outputSparse } from '../xfeat/sparse.ts';
import { crossAttention, positionEncoding, readGlueLayer, readLinear, selfAttention } from './transformer.ts';

const EXCLUSION = 1e9;
/** Least score of a match. */
const MATCH_THRESHOLD = 0.1;
/** Points that are matchable with less than this are pruned, where points are pruned. */
const MATCHABLE = 0.05;

export interface GlueOptions {
  /** Key points of either photo. */
  readonly count: number;
  /**
   * Whether points that seem to have no match are left out of later layers: upstream does so on a CPU always, on a GPU only
   * above 1,536 points. It gives other matches.
   */
  readonly prune: boolean;
}

/** What the shapes say: channels, layers, heads. */
export interface GlueConfig {
  readonly dim: number;
  readonly layers: number;
  readonly heads: number;
}

/** @param weights scoped to the matcher: `input_proj.weight`, `posenc.Wr.weight`, … */
export function readGlueConfig(weights: Weights): GlueConfig {
  const [dim] = weights.shapeOf('input_proj.weight', 2);
  const [half] = weights.shapeOf('posenc.Wr.weight', 2);
  // A head has two channels for every learnt frequency; what does not divide is refused by the shape of the next tensor.
  const layers = Math.max(
    weights.count('log_assignment'),
    weights.count('transformers', ['self_attn.Wqkv.weight', 'cross_attn.to_qk.weight']),
  );
  return { dim, layers, heads: Math.max(1, Math.floor(dim / (2 * half))) };
}

/**
 * The decoder of one direction of LighterGlue: XFeat's smaller LightGlue (Lindenberger et al. 2023; Potje et al. 2024), over the
 * key points of both photos. Gives a field made of the matches, and the network's own `matches` [1, 6, 1, count].
 */
export function buildGlueDecoder(
  g: GraphBuilder,
  weights: Weights,
  sizes: { readonly a: Size; readonly b: Size },
  { count, prune }: GlueOptions,
  observe: Observe = () => {},
): void {
  const { dim, layers, heads } = readGlueConfig(weights);
  const sides = [keypointInputs(g, 'a', count), keypointInputs(g, 'b', count)] as const;
  const frequencies = weights.take('posenc.Wr.weight', [dim / heads / 2, 2]);
  const input = readLinear(weights.at('input_proj'), DESCRIPTOR_CHANNELS, dim);
  const encodings = g.scope('positions', () =>
    sides.map(({ places }, i) => positionEncoding(g, normalisedPlaces(g, places, i ? sizes.b : sizes.a), frequencies)),
  );
  let x = sides.map(({ descriptors }) => op.toFloat32(g, linear(g, descriptors, input.weight, input.bias))) as [
    Value,
    Value,
  ];
  for (const i of [0, 1]) observe(`lg_input_${i}`, x[i]);
  observe('lg_encoding_0', op.concat(g, [encodings[0].cos, encodings[0].sin], 0));
  let absent = sides.map((side) => absence(g, side)) as [Value, Value];
  const heading = Array.from({ length: layers }, (_, i) => readAssignment(weights.at(`log_assignment.${i}`), dim));
  for (let i = 0; i < layers; i += 1) {
    const layer = readGlueLayer(weights.at(`transformers.${i}`), dim);
    x = g.scope(`layer.${i}`, () => {
      const own = x.map((t, k) => selfAttention(g, t, encodings[k], absent[k], layer.self)) as [Value, Value];
      observe(`lg_layer${i}_self_0`, own[0]);
      return crossAttention(g, own, absent, heads, layer.cross);
    });
    for (const k of [0, 1]) observe(`lg_layer${i}_${k}`, x[k]);
    if (!prune || i === layers - 1) continue;
    absent = x.map((t, k) => op.min(g, absent[k], pruned(g, t, heading[i].matchability))) as [Value, Value];
    for (const k of [0, 1]) observe(`absent_${i}_${k}`, absent[k]);
  }
  const scores = g.scope('assignment', () => logAssignment(g, x, absent, heading[layers - 1], observe));
  const { best, largest, isMutual } = g.scope('mutual', () => mutualBest(g, scores));
  const confidence = op.exp(g, op.clip(g, largest, -EXCLUSION, 0));
  const isSure = op.cast(g, op.greater(g, confidence, MATCH_THRESHOLD), 'float32');
  outputSparse(g, sides[0], sides[1], sizes, { best, confidence, isMatch: op.mul(g, isMutual, isSure) });
}

function readAssignment(weights: Weights, dim: number) {
  return {
    matchability: readLinear(weights.at('matchability'), dim, 1),
    projection: readLinear(weights.at('final_proj'), dim, dim),
  };
}

type Assignment = ReturnType<typeof readAssignment>;

/** (k − size / 2) / (longer side / 2) for pixels of the input. */
function normalisedPlaces(g: GraphBuilder, places: Keypoints['places'], [height, width]: Size): Value {
  const middle = g.constant([width / 2, height / 2], 'float32', [1, 1, 2]);
  return op.mul(g, op.sub(g, places, middle), 2 / Math.max(width, height));
}

/** A large negative number for points that are matchable with less than {@link MATCHABLE}, else 0: [count]. */
function pruned(g: GraphBuilder, x: Value, { weight, bias }: Assignment['matchability']): Value {
  const likely = op.sigmoid(g, op.toFloat32(g, linear(g, x, weight, bias)));
  const isKept = op.cast(g, op.greater(g, likely, MATCHABLE), 'float32');
  return op.reshape(g, op.mul(g, op.sub(g, isKept, 1), EXCLUSION), [x.shape[1]]);
}

/** Log of the double softmax over the similarities times both points' matchabilities: [count, count]. */
function logAssignment(
  g: GraphBuilder,
  x: readonly [Value, Value],
  absent: readonly [Value, Value],
  { matchability, projection }: Assignment,
  observe: Observe,
): Value {
  const [, count, dim] = x[0].shape;
  const [m0, m1] = x.map((t) => {
    const projected = op.toFloat32(g, linear(g, t, projection.weight, projection.bias));
    return op.reshape(g, op.mul(g, projected, dim ** -0.25), [count, dim]);
  });
  const [z0, z1] = x.map((t) => op.toFloat32(g, linear(g, t, matchability.weight, matchability.bias)));
  const similarity = op.matMul(g, m0, op.transpose(g, m1, [1, 0]));
  const off = [op.reshape(g, absent[0], [count, 1]), op.reshape(g, absent[1], [1, count])] as const;
  const rows = logSoftmax(g, op.add(g, similarity, off[1]), 1);
  const columns = logSoftmax(g, op.add(g, similarity, off[0]), 0);
  const sure = (z: Value, shape: number[]): Value => op.reshape(g, logSigmoid(g, z), shape);
  const matchable = op.add(g, sure(z0, [count, 1]), sure(z1, [1, count]));
  const all = op.add(g, op.add(g, rows, columns), matchable);
  const there = op.add(g, op.add(g, all, off[0]), off[1]);
  observe('log_assignment', there);
  return there;
}

function logSoftmax(g: GraphBuilder, x: Value, axis: number): Value {
  const centred = op.sub(g, x, op.reduceMax(g, x, [axis]));
  return op.sub(g, centred, op.log(g, op.reduceSum(g, op.exp(g, centred), [axis])));
}

/** −log(1 + e^−z), written so that neither end overflows. */
function logSigmoid(g: GraphBuilder, z: Value): Value {
  const tail = op.log(g, op.add(g, op.exp(g, op.neg(g, op.abs(g, z))), 1));
  return op.sub(g, op.min(g, z, 0), tail);
}
