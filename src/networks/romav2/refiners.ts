import { readBatchNorm } from '../batch-norm.ts';
import { samplingGrid } from '../roma/coordinates.ts';
import type { Observe } from '../roma/matcher.ts';
import type { Size } from '../roma/matcher-config.ts';
import type { Refiner, RefinerBlock } from '../roma/refiner.ts';
import { readConvolution, refinerOutputs, windowRadius } from '../roma/refiner.ts';
import type { Weights } from '../weights.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { stacked } from '../dinov3/state-dict.ts';
import type { Romav2Config } from './config.ts';
import { REFINER_STRIDES } from './config.ts';

/** Displacements are predicted in quarters of a pixel of the stride. */
const DISPLACEMENT_STEPS = 4;
/** Displacements are embedded as if the image had this side, which the network was trained at. */
const ANCHOR = 512;
/** Added to the diagonal of the precision's factor, so that it can be inverted. */
const LEAST_DIAGONAL = 1e-6;

/** A warp on A's grid and what is believed of it, both float32. */
export interface Belief {
  /** [1, 2, h, w] */
  readonly warp: Value;
  /** [1, 4, h, w]: the overlap's logit and the entries xx, xy, yy of the inverse covariance. */
  readonly confidence: Value;
}

/** Features of both photos at the refiners' strides, projected. */
export type RefinerFeatures = ReadonlyMap<number, { readonly a: Value; readonly b: Value }>;

/**
 * Refines a belief at strides 4, 2 and 1 (ConvRefiner of RoMa v2). Overlap and precision add up from stride to stride.
 *
 * @param weights scoped to `refiners`
 * @param size of the images in pixels
 */
export function refineAll(
  g: GraphBuilder,
  weights: Weights,
  config: Romav2Config,
  size: Size,
  features: RefinerFeatures,
  start: Belief,
  observe: Observe,
): Belief {
  const [height, width] = size;
  let belief = start;
  for (const stride of REFINER_STRIDES) {
    const { a, b } = features.get(stride)!;
    const at = [a.shape[2], a.shape[3]] as const;
    belief = g.scope(`refine.${stride}`, () => {
      const warp = op.resize(g, belief.warp, at);
      const confidence = op.resize(g, belief.confidence, at);
      const refiner = readRefiner(weights.at(`${stride}`), config.projections[stride].to);
      const input = {
        x: a,
        y: b,
        warp,
        displacementScale: [width / ANCHOR, height / ANCHOR] as const,
        correlated: config.release === '2.0.0' ? op.gridSample(g, b, samplingGrid(g, warp)) : undefined,
      };
      const out = refinerOutputs(g, refiner, input, config.stripBytes);
      const [shift, logit, ...factor] = op.split(g, out, 1, [2, 1, 1, 1, 1]);
      const steps = [at[1], at[0]].map((extent) => 1 / (DISPLACEMENT_STEPS * extent));
      const moved = op.add(g, warp, op.mul(g, shift, g.constant(steps, 'float32', [1, 2, 1, 1])));
      return { warp: moved, confidence: op.add(g, confidence, op.concat(g, [logit, ...precision(g, factor)], 1)) };
    });
    observe(`refiner_${stride}_warp`, belief.warp);
    observe(`refiner_${stride}_confidence`, belief.confidence);
  }
  return belief;
}

/** The entries xx, xy, yy of L·Lᵀ, where L is [[softplus(a) + ε, 0], [b, softplus(c) + ε]]. */
function precision(g: GraphBuilder, [a, b, c]: readonly Value[]): Value[] {
  const [first, last] = [a, c].map((x) => op.add(g, softplus(g, x), LEAST_DIAGONAL));
  return [op.mul(g, first, first), op.mul(g, first, b), op.add(g, op.mul(g, b, b), op.mul(g, last, last))];
}

/** log(1 + eˣ), written so that nothing overflows. */
function softplus(g: GraphBuilder, x: Value): Value {
  const tail = op.log(g, op.add(g, op.exp(g, op.neg(g, op.abs(g, x))), 1));
  return op.add(g, op.relu(g, x), tail);
}

function readRefiner(weights: Weights, channels: number): Refiner {
  const [embedded] = weights.shapeOf('disp_emb.weight', 4);
  const [hidden] = weights.shapeOf('block1.conv_depthwise.weight', 4);
  const blocks = [readBlock(weights.at('block1'), hidden)];
  for (let index = 0; index < weights.count('hidden_blocks'); index += 1)
    blocks.push(readBlock(weights.at(`hidden_blocks.${index}`), hidden));
  const heads = [
    readConvolution(weights.at('warp_head'), [2, hidden, 1, 1]),
    readConvolution(weights.at('confidence_head'), [4, hidden, 1, 1]),
  ];
  const together = (kind: 'weight' | 'bias') =>
    stacked(
      `${weights.prefix}out.${kind}`,
      heads.map((head) => head[kind]),
    );
  return {
    radius: windowRadius(hidden - 2 * channels - embedded, weights),
    displacementEmbedding: readConvolution(weights.at('disp_emb'), [embedded, 2, 1, 1]),
    blocks,
    out: { weight: together('weight'), bias: together('bias') },
  };
}

function readBlock(weights: Weights, width: number): RefinerBlock {
  const depthwise = weights.at('conv_depthwise');
  const [, perGroup, kernel] = depthwise.shapeOf('weight', 4);
  return {
    depthwise: {
      weight: depthwise.take('weight', [width, perGroup, kernel, kernel]),
      bias: depthwise.optional('bias', [width]),
      norm: readBatchNorm(weights.at('norm'), width),
    },
    mix: readConvolution(weights.at('conv_pointwise'), [width, width, 1, 1]),
  };
}
