import type { TokenKind, VitOutputs } from '../vit/vit.ts';
import { transformerBlock } from '../vit/transformer-block.ts';
import type { Weights } from '../weights.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { CodedError } from '../../core/errors.ts';
import { ropeTables, toFloat } from './rope.ts';
import type { Dinov3Config } from './state-dict.ts';

/** LayerNorm's epsilon in DINOv3; DINOv2 has 1e-6. */
const EPSILON = 1e-5;

/** What one layer of a DINOv3 gives, its register tokens beside patch and class tokens. */
export interface Dinov3Outputs extends VitOutputs {
  /** [batch, registers, channels] in float32, after the final norm. */
  readonly registerTokens: Value;
}

/**
 * DINOv3 (Siméoni et al. 2025) for one input size: a ViT without position embedding, whose patch tokens are turned by
 * axial RoPE in every block.
 *
 * @param weights the network under its canonical names (see {@link canonicalDinov3})
 * @param image normalised RGB [1, 3, height, width]; both sides multiples of the patch
 * @throws CodedError `input-size`
 */
export function dinov3(
  g: GraphBuilder,
  weights: Weights,
  config: Dinov3Config,
  image: Value,
  tokens: TokenKind = 'normed',
): Dinov3Outputs {
  return dinov3Layers(g, weights, config, image, [config.depth - 1], tokens)[0];
}

/** The outputs after each of the blocks `layers` (from 0, rising), through the final norm unless raw. Later blocks are left out. */
export function dinov3Layers(
  g: GraphBuilder,
  weights: Weights,
  config: Dinov3Config,
  image: Value,
  layers: readonly number[],
  kind: TokenKind = 'normed',
): Dinov3Outputs[] {
  const { embedDim, heads, patch, registers } = config;
  const [, , height, width] = image.shape;
  if (height % patch !== 0 || width % patch !== 0) {
    throw new CodedError(
      'input-size',
      `The input size ${width}×${height} is not a multiple of the patch, ${patch} pixels.`,
      `Choose a multiple of ${patch}.`,
    );
  }
  const periods = config.ownPeriods ? weights.take('rope_embed.periods', [embedDim / heads / 4]) : null;
  const rope = ropeTables(g, {
    grid: [height / patch, width / patch],
    headChannels: embedDim / heads,
    periods,
    rounding: toFloat,
    leading: 1 + registers,
  });
  let tokens = g.scope('embed', () => embed(g, weights, config, image));
  const norm = [weights.take('norm.weight', [embedDim]), weights.take('norm.bias', [embedDim])] as const;
  const outputs: Dinov3Outputs[] = [];
  for (let index = 0; index <= layers[layers.length - 1]; index += 1) {
    tokens = g.scope(`block.${index}`, () =>
      transformerBlock(g, weights.at(`blocks.${index}`), { ...config, epsilon: EPSILON, rope }, tokens),
    );
    if (layers.includes(index)) {
      const finish = (x: Value): Value => (kind === 'raw' ? x : layer.layerNorm(g, x, ...norm, EPSILON));
      outputs.push(g.scope('norm', () => readTokens(g, config, finish(tokens))));
    }
  }
  return outputs;
}

/** Class token, registers and embedded patches: [1, 1 + registers + patches, channels], float32. */
function embed(g: GraphBuilder, weights: Weights, { embedDim, patch, registers }: Dinov3Config, image: Value): Value {
  const [, , height, width] = image.shape;
  const patches = (height / patch) * (width / patch);
  const kernel = weights.take('patch_embed.proj.weight', [embedDim, 3, patch, patch]);
  const bias = weights.take('patch_embed.proj.bias', [embedDim]);
  const grid = layer.conv2d(g, image, kernel, bias, { stride: patch });
  const rows = op.transpose(g, op.reshape(g, grid, [1, embedDim, patches]), [0, 2, 1]);
  const parts = [weights.take('cls_token', [1, 1, embedDim]), weights.take('storage_tokens', [1, registers, embedDim])];
  const leading = g.derivedWeight(
    'leading_tokens',
    [1, 1 + registers, embedDim],
    async () => {
      const values = new Float32Array((1 + registers) * embedDim);
      values.set(await parts[0].readFloat32());
      values.set(await parts[1].readFloat32(), embedDim);
      return values;
    },
    'float32',
  );
  return op.concat(g, [leading, op.toFloat32(g, rows)], 1);
}

function readTokens(g: GraphBuilder, { embedDim, registers }: Dinov3Config, tokens: Value): Dinov3Outputs {
  return {
    patchTokens: op.slice(g, tokens, 1, 1 + registers),
    registerTokens: op.slice(g, tokens, 1, 1, 1 + registers),
    clsToken: op.reshape(g, op.slice(g, tokens, 1, 0, 1), [1, embedDim]),
  };
}
