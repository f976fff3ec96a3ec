import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { CodedError } from '../../core/errors.ts';
import { biasedLinear, transformerBlock } from '../vit/transformer-block.ts';
import type { Weights } from '../weights.ts';

/** PyTorch's default, which the decoder's blocks keep where DINOv2 has 1e-6. */
const EPSILON = 1e-5;

export interface CoarseDecoderConfig {
  readonly embedDim: number;
  readonly heads: number;
  /** Cells along one side of the grid on B whose cells are the classes. */
  readonly classSide: number;
  readonly depth: number;
}

/** Reads the sizes of the decoder at `weights` (`blocks.*`, `to_out`). `heads` is told by no shape. */
export function readCoarseDecoderConfig(weights: Weights, heads: number): CoarseDecoderConfig {
  const [outputs, embedDim] = weights.shapeOf('to_out.weight');
  const classSide = Math.sqrt(outputs - 1);
  if (!Number.isInteger(classSide)) {
    throw new CodedError(
      'architecture-unknown',
      `"${weights.prefix}to_out.weight" has ${outputs} outputs; a square grid of classes and one certainty were expected.`,
      'This checkpoint belongs to a matcher that this version does not know.',
    );
  }
  if (embedDim % heads !== 0) {
    throw new CodedError(
      'decoder-heads',
      `${embedDim} channels of the decoder do not divide into ${heads} attention heads.`,
      'Say the number with --decoder-heads.',
    );
  }
  return { embedDim, heads, classSide, depth: weights.count('blocks') };
}

/**
 * The transformer decoder of RoMa: tokens of the Gaussian process and of A's features to a distribution over
 * B's cells and a certainty. It has no position embedding; the process's posterior carries the positions.
 *
 * @param tokens [1, n, channels]
 * @returns logits of the classes [1, n, side²] and of the certainty [1, n, 1], float32
 */
export function coarseDecoder(
  g: GraphBuilder,
  weights: Weights,
  config: CoarseDecoderConfig,
  tokens: Value,
): { classes: Value; certainty: Value } {
  const { embedDim, heads, classSide, depth } = config;
  let x = op.toFloat32(g, tokens);
  for (let index = 0; index < depth; index += 1) {
    const at = weights.at(`blocks.${index}`);
    const [hiddenDim] = at.shapeOf('mlp.fc1.weight');
    const block = {
      embedDim,
      heads,
      hiddenDim,
      feedForward: 'mlp',
      layerScale: at.has('ls1.gamma'),
      epsilon: EPSILON,
    } as const;
    x = g.scope(`decoder.${index}`, () => transformerBlock(g, at, block, x));
  }
  const out = g.scope('to_out', () => op.toFloat32(g, biasedLinear(g, weights.at('to_out'), x, classSide ** 2 + 1)));
  const [classes, certainty] = op.split(g, out, 2, [classSide ** 2, 1]);
  return { classes, certainty };
}
