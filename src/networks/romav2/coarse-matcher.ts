import type { Observe } from '../roma/matcher.ts';
import { conv3, fuseLevels, reassemble } from '../dpt/dpt.ts';
import { pixelCentres } from '../roma/coordinates.ts';
import type { RopeTables } from '../vit/transformer-block.ts';
import { biasedLinear, transformerBlock } from '../vit/transformer-block.ts';
import type { Weights } from '../weights.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { ropeTables, toBfloat16 } from '../dinov3/rope.ts';
import type { Romav2Config } from './config.ts';

/** LayerNorm's epsilons: of the transformer over both views, and of the head. */
const VIEWS_EPSILON = 1e-6;
const HEAD_EPSILON = 1e-5;

/** The descriptor's two taps of one photo, patch tokens [1, h · w, channels] float32. */
export interface Taps {
  readonly early: Value;
  readonly late: Value;
}

/**
 * Coarse matching of RoMa v2 (Edstedt et al. 2025): a transformer over both views' tokens, every place of A described by
 * the places of B that it resembles, and a DPT head. Called in float32 whatever the precision.
 *
 * @param weights scoped to `matcher`
 * @param grid rows and columns of patches
 * @returns at stride 4, [1, 3, 4h, 4w] float32: where each place of A lies in B (x, y), and the logit of the overlap
 */
export function coarseMatch(
  g: GraphBuilder,
  weights: Weights,
  config: Romav2Config,
  grid: readonly [number, number],
  { a, b }: { readonly a: Taps; readonly b: Taps },
  observe: Observe,
): Value {
  const tokens = g.scope('views', () => bothViews(g, weights.at('mv_vit'), config, grid, a, b, observe));
  const matched = g.scope('similarity', () => matchEmbedding(g, weights, grid, tokens, observe));
  const described = op.add(g, op.add(g, a.late, tokens.a), matched);
  return g.scope('head', () => head(g, weights.at('head'), config, grid, [a.early, a.early, described, described]));
}

interface Views {
  readonly a: Value;
  readonly b: Value;
}

/** Tokens of both views after attention over both in turn with attention within each, [1, h · w, channels of a tap] each. */
function bothViews(
  g: GraphBuilder,
  weights: Weights,
  config: Romav2Config,
  grid: readonly [number, number],
  a: Taps,
  b: Taps,
  observe: Observe,
): Views {
  const { embedDim, heads, depth, hiddenDim } = config.views;
  const patches = grid[0] * grid[1];
  // Upstream computes these tables in bfloat16 at every step, and the network was trained with what that gives.
  const rope: RopeTables = ropeTables(g, {
    grid,
    headChannels: embedDim / heads,
    periods: weights.optional('rope_embed.periods', [embedDim / heads / 4]),
    rounding: toBfloat16,
    leading: 0,
  });
  const block = { embedDim, heads, hiddenDim, feedForward: 'mlp', layerScale: false, epsilon: VIEWS_EPSILON } as const;
  const perView = (taps: Taps): Value => op.concat(g, [taps.early, taps.late], 2);
  const together = op.concat(g, [perView(a), perView(b)], 1);
  let tokens = op.toFloat32(g, biasedLinear(g, weights.at('projector'), together, embedDim));
  observe('mv_projected', tokens);
  for (let index = 0; index < depth; index += 1) {
    tokens = g.scope(`block.${index}`, () => {
      const at = weights.at(`blocks.${index}`);
      if (index % 2 === 0) return transformerBlock(g, at, block, tokens);
      const apart = op.reshape(g, tokens, [2, patches, embedDim]);
      return op.reshape(g, transformerBlock(g, at, { ...block, rope }, apart), [1, 2 * patches, embedDim]);
    });
    observe(`mv_block_${index}`, tokens);
  }
  const norm = weights.at('norm');
  const normed = layer.layerNorm(
    g,
    tokens,
    norm.take('weight', [embedDim]),
    norm.take('bias', [embedDim]),
    VIEWS_EPSILON,
  );
  const out = op.toFloat32(g, biasedLinear(g, weights.at('output_projector'), normed, config.descriptor.embedDim));
  observe('mv_tokens', out);
  const [tokensA, tokensB] = op.split(g, out, 1, [patches, patches]);
  return { a: tokensA, b: tokensB };
}

/**
 * For every place of A the mean of B's places in a Fourier embedding, weighted by the softmax of their tokens' cosines.
 * @returns [1, h · w, channels of the embedding]
 */
function matchEmbedding(
  g: GraphBuilder,
  weights: Weights,
  [rows, columns]: readonly [number, number],
  { a, b }: Views,
  observe: Observe,
): Value {
  const unit = (x: Value): Value => op.div(g, x, op.reduceL2(g, x, [2]));
  const temperature = weights.take('temp', []);
  // Kept by the file beside it, and 1.
  weights.passOver('scale');
  const sharpness = g.initializer('similarity.sharpness', 'float32', [1, 1, 1], async () => {
    const [value] = await temperature.readFloat32();
    return new Uint8Array(Float32Array.of(1 / value).buffer);
  });
  const cosines = op.matMul(g, unit(a), op.transpose(g, unit(b), [0, 2, 1]));
  const similarity = op.mul(g, cosines, sharpness);
  observe('similarity', similarity);
  // Added to the tokens, so as wide: a sine and a cosine for every frequency.
  const frequencies = Math.floor(a.shape[2] / 2);
  const omega = weights.take('omega', [frequencies, 2]);
  const places = g.initializer('similarity.places', 'float32', [1, rows * columns, 2 * frequencies], async () => {
    return new Uint8Array(fourierPlaces(await omega.readFloat32(), rows, columns).buffer);
  });
  const embedding = op.matMul(g, op.softmax(g, similarity, 2), places);
  observe('match_embedding', embedding);
  return embedding;
}

/** Sines and cosines of Ω · (x, y) at the centres of a grid, [rows · columns, 2 · frequencies]. */
function fourierPlaces(omega: Float32Array, rows: number, columns: number): Float32Array {
  const frequencies = omega.length / 2;
  const values = new Float32Array(rows * columns * 2 * frequencies);
  const [xs, ys] = [pixelCentres(columns), pixelCentres(rows)];
  for (let place = 0; place < rows * columns; place += 1) {
    const [x, y] = [xs[place % columns], ys[Math.floor(place / columns)]];
    for (let k = 0; k < frequencies; k += 1) {
      const angle = omega[2 * k] * x + omega[2 * k + 1] * y;
      values[place * 2 * frequencies + k] = Math.sin(angle);
      values[(place * 2 + 1) * frequencies + k] = Math.cos(angle);
    }
  }
  return values;
}

/** VGGT's DPT head: one norm for its four inputs, ReLUs in place, and no activation on what it gives. */
function head(
  g: GraphBuilder,
  weights: Weights,
  config: Romav2Config,
  grid: readonly [number, number],
  inputs: readonly Value[],
): Value {
  const { channels, features, hidden } = config.head;
  const embedDim = inputs[0].shape[2];
  const norm = [weights.take('norm.weight', [embedDim]), weights.take('norm.bias', [embedDim])] as const;
  const normed = new Map(
    [...new Set(inputs)].map((input) => [input, layer.layerNorm(g, input, ...norm, HEAD_EPSILON)] as const),
  );
  const maps = inputs.map((input, level) =>
    g.scope(`reassemble.${level}`, () => reassemble(g, weights, normed.get(input)!, level, channels[level], grid)),
  );
  const scratch = weights.at('scratch');
  const path = fuseLevels(g, scratch, maps, features, { inPlaceRelu: true });
  return g.scope('predict', () => {
    const half = conv3(g, scratch.at('output_conv1'), path, hidden[0]);
    const small = op.resize(g, half, [4 * grid[0], 4 * grid[1]], { coordinates: 'align_corners' });
    const active = op.relu(g, conv3(g, scratch.at('output_conv2.0'), small, hidden[1]));
    const last = scratch.at('output_conv2.2');
    return op.toFloat32(g, layer.conv2d(g, active, last.take('weight', [3, hidden[1], 1, 1]), last.take('bias', [3])));
  });
}
