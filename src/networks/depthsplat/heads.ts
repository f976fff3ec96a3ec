import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { elementCount } from '../../onnx/value.ts';
import { conv3, fuseLevels, projectLevel } from '../dpt/dpt.ts';
import type { Observe } from '../eloftr/fine.ts';
import type { Weights } from '../weights.ts';
import type { DepthSplatConfig, DptSizes } from './config.ts';

/** What the heads read of one view, [1, c, h, w] each. */
export interface HeadInputs {
  /** The backbone's three maps. */
  readonly cnn: readonly [Value, Value, Value];
  /** Features of the multi-view transformer, coarsest first, one for each scale. */
  readonly mv: readonly Value[];
  /** Four layers of the ViT at an eighth of the input. */
  readonly mono: readonly Value[];
}

/**
 * A DPT head (Ranftl et al. 2021) that the features of matching join on its way: maps at ½, ¼, ⅛ and 1⁄16 of the input, fused
 * up to full size.
 *
 * @param depth inverse depth of the last scale, which joins at its own resolution; null in the head of features
 * @returns [1, features, H, W]
 */
export function dptWithMatching(
  g: GraphBuilder,
  weights: Weights,
  config: DepthSplatConfig,
  { outChannels, features }: DptSizes,
  inputs: HeadInputs,
  depth: Value | null,
  observe: Observe,
): Value {
  const beside = joiningMaps(config, inputs, depth);
  const maps = inputs.mono.map((map, level) =>
    g.scope(`reassemble.${level}`, () => {
      const own = projectLevel(g, weights, map, level, outChannels[level]);
      if (level === 3) return own;
      const [before, after] = beside[level];
      const parts = [...before, own, ...after].map((part) => op.cast(g, part, own.dtype));
      const joined = op.concat(g, parts, 1);
      const project = weights.at(`concat_projects.${level}`);
      const kernel = project.take('weight', [outChannels[level], joined.shape[1], 1, 1]);
      return op.conv(g, joined, g.weight(kernel), g.weight(project.take('bias', [outChannels[level]])));
    }),
  );
  return fuseLevels(g, weights.at('scratch'), maps, features, {
    observe: (block, path) => observe(`path_${block}`, path),
  });
}

type Beside = readonly [before: readonly Value[], after: readonly Value[]];

/** What stands before and after the ViT's own map at ½, ¼ and ⅛, in the order in which each variant was trained. */
function joiningMaps(
  { scales, lowest }: DepthSplatConfig,
  { cnn: [first, second, last], mv }: HeadInputs,
  depth: Value | null,
): readonly [Beside, Beside, Beside] {
  const withDepth = depth ? [depth] : [];
  const none: Beside = [[], []];
  if (scales.length === 1) {
    return lowest === 4
      ? [[[first, second], []], [[last], [mv[0], ...withDepth]], none]
      : [
          [[first], []],
          [[second], []],
          [[last], [mv[0], ...withDepth]],
        ];
  }
  return lowest === 4
    ? [[[first, second, mv[1], ...withDepth], []], [[last], [mv[0]]], none]
    : [
        [[first], []],
        [[second], [mv[1], ...withDepth]],
        [[last], [mv[0]]],
      ];
}

/** What the depth head adds to the inverse depth at full size, [1, 1, H, W] float32. */
export function inverseDepthResidual(g: GraphBuilder, scratch: Weights, path: Value): Value {
  const at = scratch.at('output_conv');
  const half = op.gelu(g, edgeConv3(g, at.at('0'), [path], Math.floor(path.shape[1] / 2)));
  const narrow = op.gelu(g, edgeConv3(g, at.at('2'), [half], RESIDUAL_CHANNELS));
  const kernel = g.weight(at.take('4.weight', [1, RESIDUAL_CHANNELS, 1, 1]));
  return op.toFloat32(g, op.conv(g, narrow, kernel, g.weight(at.take('4.bias', [1]))));
}

const RESIDUAL_CHANNELS = 16;

/** Scores of the candidates as probabilities, [2, d, h, w] float32. */
export function matchProbability(g: GraphBuilder, weights: Weights, x: Value, candidates: number): Value {
  const hidden = op.gelu(g, edgeConv3(g, weights.at('0'), [x], 2 * x.shape[1]));
  return op.softmax(g, op.toFloat32(g, edgeConv3(g, weights.at('2'), [hidden], candidates)), 1);
}

/** What becomes a Gaussian at every pixel of one view, [1, 37, H, W] float32. */
export function gaussianChannels(
  g: GraphBuilder,
  outer: Weights,
  channels: number,
  view: {
    readonly image: Value;
    readonly depth: Value;
    readonly features: Value;
    readonly probability: Value;
  },
  observe: Observe,
): Value {
  const { image, depth, features, probability } = view;
  const regressor = outer.at('gaussian_regressor');
  const hidden = op.gelu(
    g,
    splitConv3(g, regressor.at('0'), [image, depth, probability, features], REGRESSOR_CHANNELS, 'zeros'),
  );
  const regressed = conv3(g, regressor.at('2'), hidden, REGRESSOR_CHANNELS);
  observe('gaussian_regressor_out', regressed);
  const head = outer.at('gaussian_head');
  const wide = op.gelu(g, edgeConv3(g, head.at('0'), [regressed, image, features, probability], channels));
  return op.toFloat32(g, edgeConv3(g, head.at('2'), [wide], channels));
}

const REGRESSOR_CHANNELS = 64;

/** A 3×3 convolution whose padding repeats the border. */
const edgeConv3 = (g: GraphBuilder, weights: Weights, parts: readonly Value[], channels: number): Value =>
  splitConv3(g, weights, parts, channels, 'edge');

/**
 * A 3×3 convolution of several maps side by side. Those of many channels are convolved on their own and the results added:
 * at full size all of them together would be more than one buffer may hold.
 */
function splitConv3(
  g: GraphBuilder,
  weights: Weights,
  parts: readonly Value[],
  channels: number,
  padding: 'zeros' | 'edge',
): Value {
  const inputs = parts.reduce((sum, { shape }) => sum + shape[1], 0);
  const kernel = weights.take('weight', [channels, inputs, 3, 3]);
  const bias = weights.take('bias', [channels]);
  let sum: Value | null = null;
  for (const { map, first } of grouped(g, parts)) {
    const weight = g.weight(kernel, inputChannels(kernel, first, map.shape[1]));
    const padded = padding === 'edge' ? op.pad(g, map, [0, 0, 1, 1], [0, 0, 1, 1], 'edge') : map;
    const part = op.conv(g, padded, weight, sum ? null : g.weight(bias), { padding: padding === 'edge' ? 0 : 1 });
    sum = sum ? op.add(g, sum, part) : part;
  }
  return sum!;
}

/** Neighbours of few channels joined, each group with the place of its first channel. */
function grouped(g: GraphBuilder, parts: readonly Value[]): { map: Value; first: number }[] {
  const groups: { maps: Value[]; first: number }[] = [];
  let first = 0;
  for (const part of parts) {
    const last = groups.at(-1);
    const isSmall = (x: Value): boolean => x.shape[1] < REGRESSOR_CHANNELS;
    if (last && isSmall(part) && isSmall(last.maps[0])) last.maps.push(part);
    else groups.push({ maps: [part], first });
    first += part.shape[1];
  }
  return groups.map(({ maps, first: at }) => ({
    map: op.concat(
      g,
      maps.map((map) => op.toCompute(g, map)),
      1,
    ),
    first: at,
  }));
}

/** The part of a kernel [out, in, 3, 3] that reads `count` channels from `first` on. */
function inputChannels({ shape: [out, inputs, ...kernel] }: CheckpointTensor, first: number, count: number) {
  const area = elementCount(kernel);
  return {
    tag: `inputs ${first}+${count}`,
    shape: [out, count, ...kernel],
    apply: (values: Float32Array): Float32Array => {
      if (count === inputs) return values;
      const part = new Float32Array(out * count * area);
      for (let o = 0; o < out; o += 1) {
        const from = (o * inputs + first) * area;
        part.set(values.subarray(from, from + count * area), o * count * area);
      }
      return part;
    },
  };
}
