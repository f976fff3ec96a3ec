import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { CodedError } from '../../core/errors.ts';
import { resizePositions } from './position-embedding.ts';
import { transformerBlock } from './transformer-block.ts';
import type { VitConfig } from './vit-config.ts';
import type { Weights } from '../weights.ts';

export interface VitOutputs {
  /** [batch, patches, channels] in float32, after the final norm, rows of patches from the top left. */
  readonly patchTokens: Value;
  /** [batch, channels] in float32, after the final norm. */
  readonly clsToken: Value;
}

/** LayerNorm's epsilon in DINO, DINOv2 and timm's ViTs. */
const EPSILON = 1e-6;

/**
 * A vision transformer (Dosovitskiy et al. 2021) in DINOv2's form (Oquab et al. 2023; registers: Darcet
 * et al. 2024), for one input size.
 *
 * @param image normalised RGB [batch, 3, height, width]; both sides multiples of the patch
 */
export function vit(
  g: GraphBuilder,
  weights: Weights,
  config: VitConfig,
  image: Value,
  tokens: TokenKind = 'normed',
): VitOutputs {
  return vitLayers(g, weights, config, image, [config.blocks.length - 1], tokens)[0];
}

/** Tokens after the final norm, as they were trained to be used, or before it, as Probe3D reads them. */
export type TokenKind = 'normed' | 'raw';

/** The outputs after each of the blocks `layers` (counted from 0), each through the final norm unless raw. */
export function vitLayers(
  g: GraphBuilder,
  weights: Weights,
  config: VitConfig,
  image: Value,
  layers: readonly number[],
  kind: TokenKind = 'normed',
): VitOutputs[] {
  let tokens = g.scope('embed', () => embed(g, weights, config, image));
  const norm = [weights.take('norm.weight', [config.embedDim]), weights.take('norm.bias', [config.embedDim])] as const;
  const outputs: VitOutputs[] = [];
  for (const [index, name] of config.blocks.entries()) {
    tokens = g.scope(`block.${index}`, () =>
      transformerBlock(g, weights.at(name), { ...config, epsilon: EPSILON }, tokens),
    );
    if (layers.includes(index)) {
      const finish = (x: Value): Value => (kind === 'raw' ? x : layer.layerNorm(g, x, ...norm, EPSILON));
      outputs.push(g.scope('norm', () => readTokens(g, config, finish(tokens))));
    }
  }
  return outputs;
}

/** Patch embedding, positions, class and register tokens: [batch, 1 + registers + patches, channels], float32. */
function embed(g: GraphBuilder, weights: Weights, config: VitConfig, image: Value): Value {
  const { embedDim, patch, positionGrid } = config;
  const [batch, , height, width] = image.shape;
  if (height % patch !== 0 || width % patch !== 0) {
    throw new CodedError(
      'input-size',
      `The input size ${width}×${height} is not a multiple of the patch, ${patch} pixels.`,
      `Choose a multiple of ${patch}.`,
    );
  }
  const size = [height / patch, width / patch] as const;
  const patches = size[0] * size[1];
  const kernel = weights.take('patch_embed.proj.weight', [embedDim, 3, patch, patch]);
  const bias = weights.take('patch_embed.proj.bias', [embedDim]);
  const grid = layer.conv2d(g, image, kernel, bias, { stride: patch });
  const rows = op.transpose(g, op.reshape(g, grid, [batch, embedDim, patches]), [0, 2, 1]);

  const entries = positionGrid[0] * positionGrid[1] + Number(config.positionForCls);
  const positions = weights.take('pos_embed', [1, entries, embedDim]);
  const resized = async (): Promise<Float32Array> => {
    const values = await positions.readFloat32();
    return resizePositions(
      config.positionForCls ? values.subarray(embedDim) : values,
      positionGrid,
      size,
      config.positionResize,
    );
  };
  const patchPositions = g.derivedWeight(`${positions.name}.patches`, [1, patches, embedDim], resized, 'float32');
  const leading = leadingTokens(g, weights, config, positions);
  const repeated = batch === 1 ? leading : op.expand(g, leading, [batch, ...leading.shape.slice(1)]);
  return op.concat(g, [repeated, op.add(g, op.toFloat32(g, rows), patchPositions)], 1);
}

/** The class token with its position, and the registers, which have none: [1, 1 + registers, channels]. */
function leadingTokens(g: GraphBuilder, weights: Weights, config: VitConfig, positions: CheckpointTensor): Value {
  const { embedDim, registers, positionForCls } = config;
  const cls = weights.take('cls_token', [1, 1, embedDim]);
  const registerTokens = registers > 0 ? weights.take(config.registerName, [1, registers, embedDim]) : null;
  return g.derivedWeight(
    `${cls.name}.leading`,
    [1, 1 + registers, embedDim],
    async () => {
      const values = new Float32Array((1 + registers) * embedDim);
      values.set(await cls.readFloat32());
      if (positionForCls) {
        const first = await positions.readFloat32();
        for (let c = 0; c < embedDim; c += 1) values[c] += first[c];
      }
      if (registerTokens) values.set(await registerTokens.readFloat32(), embedDim);
      return values;
    },
    'float32',
  );
}

function readTokens(g: GraphBuilder, { embedDim, registers }: VitConfig, tokens: Value): VitOutputs {
  const [batch] = tokens.shape;
  return {
    patchTokens: op.slice(g, tokens, 1, 1 + registers),
    clsToken: op.reshape(g, op.slice(g, tokens, 1, 0, 1), [batch, embedDim]),
  };
}
