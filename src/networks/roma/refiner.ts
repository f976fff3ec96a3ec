import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { BatchNormTensors } from '../../onnx/layers/convolution.ts';
import { conv2d, conv2dBatchNorm } from '../../onnx/layers/convolution.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { byteLength } from '../../onnx/value.ts';
import { CodedError } from '../../core/errors.ts';
import { readBatchNorm } from '../batch-norm.ts';
import { displacement, pixelCentres, samplingGrid } from './coordinates.ts';
import { localCorrelation } from './local-correlation.ts';
import type { Rows } from '../strips.ts';
import { stripPadding, strips, widened } from '../strips.ts';
import type { Weights } from '../weights.ts';

/** Depthwise convolution, BatchNorm, ReLU, 1×1 convolution. */
export interface RefinerBlock {
  readonly depthwise: {
    readonly weight: CheckpointTensor;
    readonly bias: CheckpointTensor | null;
    readonly norm: BatchNormTensors;
  };
  readonly mix: { readonly weight: CheckpointTensor; readonly bias: CheckpointTensor };
}

export interface Convolution {
  readonly weight: CheckpointTensor;
  readonly bias: CheckpointTensor;
}

/** A convolutional refiner at one stride, as its tensors describe it. */
export interface Refiner {
  /** Radius of the local correlation in pixels of this stride, or null where the widths leave no room for one. */
  readonly radius: number | null;
  readonly displacementEmbedding: Convolution;
  readonly blocks: readonly RefinerBlock[];
  /** [outputs, hidden, 1, 1]; in RoMa three: displacement x, y and the change of the certainty's logit. */
  readonly out: Convolution;
}

/** What the published network multiplies displacements by before embedding them: they were trained at 40/32. */
const DISPLACEMENT_SCALE = 40 / 32;

/**
 * Reads a refiner whose input is A's features, B's warped features (`channels` each), the embedded displacement
 * and, where the first block is wider than that, a square window of correlations.
 */
export function readRefiner(weights: Weights, channels: number): Refiner {
  const [embedded] = weights.shapeOf('disp_emb.weight');
  const displacementEmbedding = readConvolution(weights.at('disp_emb'), [embedded, 2, 1, 1]);
  const [hidden] = weights.shapeOf('block1.0.weight');
  const blocks = [readBlock(weights.at('block1'))];
  for (let index = 0; index < weights.count('hidden_blocks'); index += 1)
    blocks.push(readBlock(weights.at(`hidden_blocks.${index}`)));
  const out = readConvolution(weights.at('out_conv'), [3, hidden, 1, 1]);
  return { radius: windowRadius(hidden - 2 * channels - embedded, weights), displacementEmbedding, blocks, out };
}

function readBlock(weights: Weights): RefinerBlock {
  const [width, perGroup, kernel] = weights.shapeOf('0.weight');
  return {
    depthwise: {
      weight: weights.take('0.weight', [width, perGroup, kernel, kernel]),
      bias: weights.optional('0.bias', [width]),
      norm: readBatchNorm(weights.at('1'), width),
    },
    mix: readConvolution(weights.at('3'), [width, width, 1, 1]),
  };
}

export function readConvolution(weights: Weights, shape: readonly number[]): Convolution {
  return { weight: weights.take('weight', shape), bias: weights.take('bias', [shape[0]]) };
}

/** The radius of a square window of `left` correlations, null where there is none. */
export function windowRadius(left: number, weights: Weights): number | null {
  if (left === 0) return null;
  const radius = (Math.sqrt(left) - 1) / 2;
  if (Number.isInteger(radius)) return radius;
  throw new CodedError(
    'architecture-unknown',
    `${weights.prefix}block1 leaves ${left} channels for a window of correlations, which is no odd square.`,
    'This checkpoint belongs to a matcher that this version does not know.',
  );
}

/** What a refiner works on: all at its own stride. */
export interface RefinerInput {
  /** Projected features of A and of B, [1, c, h, w] each. */
  readonly x: Value;
  readonly y: Value;
  /** [1, 2, h, w] float32: where each place of A lies in B so far. */
  readonly warp: Value;
  /** What the displacement so far, x and y in normalised units, is multiplied by before it is embedded. */
  readonly displacementScale: readonly [number, number];
  /** The map that the local correlation reads in place of `y`. */
  readonly correlated?: Value;
}

/**
 * One refinement of RoMa.
 *
 * @param scaleFactor enlargement against the training resolution: 1 in the first pass, √(area ratio) in the second
 * @returns the displacement [1, 2, h, w] in quarter pixels of this stride and the change of the certainty's
 *   logit [1, 1, h, w], both float32
 */
export function refine(
  g: GraphBuilder,
  refiner: Refiner,
  { scaleFactor, ...input }: Omit<RefinerInput, 'displacementScale'> & { readonly scaleFactor: number },
  stripBytes: number,
): { displacement: Value; logit: Value } {
  const scale = DISPLACEMENT_SCALE * scaleFactor;
  const out = refinerOutputs(g, refiner, { ...input, displacementScale: [scale, scale] }, stripBytes);
  const [shift, logit] = op.split(g, out, 1, [2, 1]);
  return { displacement: shift, logit };
}

/**
 * A convolutional refiner (ConvRefiner of RoMa), in strips of rows where the widest map would exceed `stripBytes`.
 *
 * @returns what its last convolution gives, [1, outputs, h, w] float32
 */
export function refinerOutputs(g: GraphBuilder, refiner: Refiner, input: RefinerInput, stripBytes: number): Value {
  const [, , height, width] = input.x.shape;
  const widest = Math.max(...refiner.blocks.map(({ mix }) => mix.weight.shape[0]));
  const reach = reaches(refiner).reduce((sum, rows) => sum + rows, 0);
  const rows = strips(height, byteLength({ dtype: 'float32', shape: [widest, width] }), reach, stripBytes);
  return op.concat(
    g,
    rows.map((strip) => refineRows(g, refiner, input, strip)),
    2,
  );
}

/** Some rows of the refiner's outputs, from those rows of its inputs that its convolutions reach. */
function refineRows(g: GraphBuilder, refiner: Refiner, input: RefinerInput, rows: Rows): Value {
  const { x, warp } = input;
  const height = x.shape[2];
  const reachFrom = (index: number): number =>
    reaches(refiner)
      .slice(index)
      .reduce((sum, reach) => sum + reach, 0);
  let current = widened(rows, reachFrom(0), height);
  const strip = (value: Value): Value =>
    current.end - current.first === height ? value : op.slice(g, value, 2, current.first, current.end);

  let d = refinerInput(
    g,
    refiner,
    { ...input, x: strip(x), warp: strip(warp) },
    pixelCentres(height).slice(current.first, current.end),
  );
  for (const [index, { depthwise, mix }] of refiner.blocks.entries()) {
    const next = widened(rows, reachFrom(index + 1), height);
    d = g.scope(`block.${index}`, () => {
      const { weight, bias, norm } = depthwise;
      const options = {
        padding: stripPadding(current, next, reaches(refiner)[index]),
        groups: d.shape[1] / weight.shape[1],
      };
      return conv2d(g, op.relu(g, conv2dBatchNorm(g, d, weight, bias, norm, options)), mix.weight, mix.bias);
    });
    current = next;
  }
  // The sum that becomes coordinates is taken in float32, as in the published code.
  const { weight, bias } = refiner.out;
  return op.conv(g, op.toFloat32(g, d), g.weight(weight, undefined, 'float32'), g.weight(bias, undefined, 'float32'));
}

/** How many rows each block's convolution looks up and down. */
function reaches({ blocks }: Refiner): number[] {
  return blocks.map(({ depthwise }) => (depthwise.weight.shape[2] - 1) / 2);
}

/** A's features, B's at the warped places, the embedded displacement and the local correlation, side by side. */
function refinerInput(
  g: GraphBuilder,
  refiner: Refiner,
  { x, y, warp, displacementScale, correlated }: RefinerInput,
  ys: readonly number[],
): Value {
  const grid = samplingGrid(g, warp);
  const embedded = embed(g, refiner.displacementEmbedding, displacement(g, warp, ys), displacementScale);
  const parts = [op.toCompute(g, x), op.gridSample(g, op.toCompute(g, y), grid), embedded];
  if (refiner.radius !== null)
    parts.push(op.toCompute(g, localCorrelation(g, x, correlated ?? y, grid, refiner.radius)));
  return op.concat(g, parts, 1);
}

/** The displacement so far, scaled and embedded by a 1×1 convolution; coordinates stay float32 until after it. */
function embed(g: GraphBuilder, { weight, bias }: Convolution, moved: Value, scale: readonly [number, number]): Value {
  const scaled = {
    tag: `times ${scale.join(', ')}`,
    shape: weight.shape,
    // [embedded, 2, 1, 1]: x and y in turn.
    apply: (values: Float32Array) => values.map((value, i) => value * scale[i % 2]),
  };
  return op.toCompute(g, op.conv(g, moved, g.weight(weight, scaled, 'float32'), g.weight(bias, undefined, 'float32')));
}
