import type { Weights } from '../weights.ts';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../formats/arrays/half.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { map, tokens } from '../semi-dense/tokens.ts';
import type { EloftrConfig } from './config.ts';

interface Norm {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor;
}

/** A layer of aggregated attention. */
export interface AttentionLayer {
  readonly kind: 'self' | 'cross';
  readonly aggregate: CheckpointTensor;
  readonly query: CheckpointTensor;
  readonly key: CheckpointTensor;
  readonly value: CheckpointTensor;
  readonly merge: CheckpointTensor;
  readonly mlp: readonly [CheckpointTensor, CheckpointTensor];
  /** One norm for queries and for what they ask. */
  readonly normBefore: Norm;
  readonly normAfter: Norm;
}

/** Both feature maps, [1, c, h, w] float32 each; their sizes may differ. */
export type Pair = readonly [Value, Value];

const EPSILON = 1e-5;
const SLOPE = 0.01;

/** @param weights scoped to `loftr_coarse` */
export function readTransformer(
  weights: Weights,
  { widths: [, , width], layers, aggregation }: EloftrConfig,
): AttentionLayer[] {
  return Array.from({ length: layers }, (_, index) => {
    const at = weights.at(`layers.${index}`);
    const square = (name: string): CheckpointTensor => at.take(`${name}.weight`, [width, width]);
    const norm = (name: string): Norm => ({
      weight: at.take(`${name}.weight`, [width]),
      bias: at.take(`${name}.bias`, [width]),
    });
    return {
      kind: index % 2 === 0 ? 'self' : 'cross',
      aggregate: at.take('aggregate.weight', [width, 1, aggregation, aggregation]),
      query: square('q_proj'),
      key: square('k_proj'),
      value: square('v_proj'),
      merge: square('merge'),
      mlp: [at.take('mlp.0.weight', [2 * width, 2 * width]), at.take('mlp.2.weight', [width, 2 * width])],
      normBefore: norm('norm1'),
      normAfter: norm('norm2'),
    };
  });
}

/**
 * Self and cross attention in turn over aggregated tokens (EfficientLoFTR, section 3.2).
 *
 * In a cross layer the second map attends to the first one as that layer has just left it. Upstream calls this a
 * mistake, but the weights were trained so: exchanging the photos changes the result.
 *
 * @param ropeScale factor of the positions, 1 up to the trained size
 */
export function transform(
  g: GraphBuilder,
  layers: readonly AttentionLayer[],
  config: EloftrConfig,
  pair: Pair,
  ropeScale: number,
  observe: (name: string, value: Value) => void = () => {},
): Pair {
  let [a, b] = pair.map((x) => op.toFloat32(g, x)) as unknown as Pair;
  const [ropeA, ropeB] = pair.map((x) =>
    tablesOf(
      g,
      x.shape[2] / config.aggregation,
      x.shape[3] / config.aggregation,
      x.shape[1],
      ropeScale,
      config.halfPrecisionRope,
    ),
  );
  for (const [index, attention] of layers.entries()) {
    g.scope(`layer.${index}`, () => {
      const attend = (x: Value, source: Value): Value =>
        attentionLayer(g, attention, config, x, source, x === before[0] ? ropeA : ropeB);
      const before: Pair = [a, b];
      a = attend(before[0], attention.kind === 'self' ? before[0] : before[1]);
      b = attend(before[1], attention.kind === 'self' ? before[1] : a);
    });
    observe(`layer${index}_0`, a);
    observe(`layer${index}_1`, b);
  }
  return [a, b];
}

function attentionLayer(
  g: GraphBuilder,
  { kind, aggregate, query, key, value, merge, mlp, normBefore, normAfter }: AttentionLayer,
  { heads, aggregation: step }: EloftrConfig,
  x: Value,
  source: Value,
  rope: RopeTables,
): Value {
  const [, channels, height, width] = x.shape;
  const asked = op.conv(g, op.toCompute(g, x), g.weight(aggregate), null, { stride: step, groups: channels });
  const offered = op.maxPool(g, source, { kernel: step });
  const normalised = (map: Value): Value =>
    layer.layerNorm(g, tokens(g, map), normBefore.weight, normBefore.bias, EPSILON);
  const [q, kv] = [normalised(asked), normalised(offered)];
  const turned = (projected: Value): Value => (kind === 'self' ? rotate(g, projected, rope) : projected);
  const message = layer.linear(
    g,
    layer.attention(
      g,
      turned(layer.linear(g, q, query, null)),
      turned(layer.linear(g, kv, key, null)),
      layer.linear(g, kv, value, null),
      heads,
    ),
    merge,
    null,
  );
  const spread = op.resize(g, map(g, message, asked.shape[2], asked.shape[3]), [height, width]);
  const both = op.concat(g, [op.toCompute(g, x), op.toCompute(g, spread)], 1);
  const hidden = op.leakyRelu(g, layer.linear(g, tokens(g, both), mlp[0], null), SLOPE);
  const changed = layer.layerNorm(g, layer.linear(g, hidden, mlp[1], null), normAfter.weight, normAfter.bias, EPSILON);
  return op.add(g, x, map(g, changed, height, width));
}

/**
 * Rotary position code over all channels, before they are split into heads: channels 4k and 4k + 1 turn by
 * y · f_k, 4k + 2 and 4k + 3 by x · f_k, with f_k = 10000^(−k / (c / 4)) and positions counted from 1.
 */
function rotate(g: GraphBuilder, x: Value, { cos, sin }: RopeTables): Value {
  const [, count, channels] = x.shape;
  const exact = op.toFloat32(g, x);
  const [even, odd] = op.split(g, op.reshape(g, exact, [1, count, channels / 2, 2]), 3, [1, 1]);
  const turned = op.reshape(g, op.concat(g, [op.neg(g, odd), even], 3), exact.shape);
  return op.toCompute(g, op.add(g, op.mul(g, exact, cos), op.mul(g, turned, sin)));
}

/** Cosines and sines of every token and channel, [1, h·w, c] float32 each. */
interface RopeTables {
  readonly cos: Value;
  readonly sin: Value;
}

/** The tables of a map, stored as one for its rows and one for its columns, each zero where the other is not. */
function tablesOf(g: GraphBuilder, height: number, width: number, channels: number, scale: number, half: boolean) {
  const whole = (name: 'cos' | 'sin'): Value => {
    const [rows, columns] = ropeAxes(height, width, channels, scale, half).map((axis, i) =>
      g.derivedWeight(
        `rope.${name}.${i === 0 ? 'y' : 'x'}`,
        i === 0 ? [height, 1, channels] : [1, width, channels],
        async () => axis[name],
        'float32',
      ),
    );
    return op.reshape(g, op.add(g, rows, columns), [1, height * width, channels]);
  };
  return { cos: whole('cos'), sin: whole('sin') };
}

/**
 * Sines and cosines along y and along x, [positions, c] row-major, zero in the other axis's channels; rounded to half
 * precision if `half`.
 */
export function ropeAxes(
  height: number,
  width: number,
  channels: number,
  scale: number,
  half: boolean,
): { sin: Float32Array; cos: Float32Array }[] {
  const round = (values: Float32Array): Float32Array => (half ? float16ToFloat32(float32ToFloat16(values)) : values);
  return [height, width].map((extent, axis) => {
    const table = (f: (angle: number) => number): Float32Array =>
      Float32Array.from({ length: extent * channels }, (_, i) => {
        const [position, channel] = [Math.floor(i / channels) + 1, i % channels];
        if (Math.floor((channel % 4) / 2) !== axis) return 0;
        const frequency = 10000 ** (-Math.floor(channel / 4) / (channels / 4));
        return f(Math.fround(Math.fround(position * scale) * Math.fround(frequency)));
      });
    return { sin: round(table(Math.sin)), cos: round(table(Math.cos)) };
  });
}
