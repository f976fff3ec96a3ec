import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { conv3 } from '../dpt/dpt.ts';
import type { Observe } from '../eloftr/fine.ts';
import type { Weights } from '../weights.ts';
import type { Scale } from './config.ts';
import { groupNorm } from './norm.ts';

const GROUPS = 8;

/** Channels of one attention head. */
const HEAD = 32;

/**
 * From the joined features to what the depth head reads: a convolution, a U-Net (of latent diffusion's form, Rombach et al.
 * 2022, without time) and a convolution, beside a 1×1 of the input.
 *
 * @param joined cost volume and features, [2, c, h, w]
 * @returns [2, channels of the scale, h, w] float32
 */
export function regress(
  g: GraphBuilder,
  weights: Weights,
  index: number,
  { channels, levels }: Scale,
  joined: Value,
  observe: Observe,
): Value {
  const at = weights.at(`regressor.${index}`);
  const stem = op.gelu(g, groupNorm(g, conv3(g, at.at('0'), joined, channels), GROUPS, at.at('1')));
  observe(`regressor_stem_${index}`, stem);
  const told: Observe = (name, value) => observe(`${name}_${index}`, value);
  const refined = g.scope('unet', () => uNet(g, at.at('3'), levels, stem, told));
  observe(`unet_${index}`, refined);
  const residual = weights.at(`regressor_residual.${index}`);
  const kernel = residual.take('weight', [channels, joined.shape[1], 1, 1]);
  const direct = layer.conv2d(g, joined, kernel, residual.take('bias', [channels]));
  const out = op.add(g, op.toFloat32(g, conv3(g, at.at('4'), refined, channels)), op.toFloat32(g, direct));
  observe(`regressor_out_${index}`, out);
  return out;
}

/** One block a level on the way down, two on the way up; attention over both views at the lowest. */
function uNet(g: GraphBuilder, weights: Weights, levels: number, x: Value, observe: Observe): Value {
  const channels = x.shape[1];
  const down = weights.at('input_blocks');
  let path = op.toFloat32(g, conv3(g, down.at('0.0'), x, channels));
  const skips = [path];
  for (let level = 0; level < levels; level += 1) {
    const block = 2 * level + 1;
    path = resBlock(g, down.at(`${block}.0`), path, channels);
    if (level === levels - 1) {
      path = attendBothViews(g, down.at(`${block}.1`), path);
      observe('unet_attention', path);
    }
    skips.push(path);
    if (level === levels - 1) break;
    const half = down.at(`${block + 1}.0.op`);
    path = op.toFloat32(g, strided(g, half, path, channels));
    skips.push(path);
  }
  path = resBlock(g, weights.at('middle_block.0'), path, channels);
  path = resBlock(g, weights.at('middle_block.2'), path, channels);
  observe('unet_middle', path);
  for (let block = 0; block < 2 * levels; block += 1) {
    const at = weights.at(`output_blocks.${block}`);
    path = resBlock(g, at.at('0'), op.concat(g, [path, skips.pop()!], 1), channels);
    if (block < 2) path = attendBothViews(g, at.at('1'), path);
    const isLastOfLevel = block % 2 === 1;
    if (!isLastOfLevel || block === 2 * levels - 1) continue;
    const size = [2 * path.shape[2], 2 * path.shape[3]] as const;
    const doubled = op.resize(g, path, size, { mode: 'nearest' });
    path = op.toFloat32(g, conv3(g, at.at(block < 2 ? '2.conv' : '1.conv'), doubled, channels));
  }
  const out = weights.at('out');
  return op.toFloat32(g, conv3(g, out.at('2'), op.silu(g, groupNorm(g, path, GROUPS, out.at('0'))), channels));
}

function strided(g: GraphBuilder, weights: Weights, x: Value, channels: number): Value {
  const kernel = weights.take('weight', [channels, x.shape[1], 3, 3]);
  return layer.conv2d(g, x, kernel, weights.take('bias', [channels]), { stride: 2, padding: 1 });
}

function resBlock(g: GraphBuilder, weights: Weights, x: Value, channels: number): Value {
  const inputs = x.shape[1];
  const part = (name: string, conv: string, from: Value): Value => {
    const at = weights.at(name);
    return conv3(g, at.at(conv), op.silu(g, groupNorm(g, from, GROUPS, at.at('0'))), channels);
  };
  const y = op.toFloat32(g, part('out_layers', '3', part('in_layers', '2', x)));
  if (inputs === channels) return op.add(g, x, y);
  const skip = weights.at('skip_connection');
  const kernel = skip.take('weight', [channels, inputs, 1, 1]);
  return op.add(g, op.toFloat32(g, layer.conv2d(g, x, kernel, skip.take('bias', [channels]))), y);
}

/** Self-attention over the cells of both views together, [2, c, h, w]. */
function attendBothViews(g: GraphBuilder, weights: Weights, x: Value): Value {
  const [views, channels, height, width] = x.shape;
  const cells = height * width;
  const heads = channels / HEAD;
  const normed = groupNorm(g, x, GROUPS, weights.at('norm'));
  const qkv = pointwise(g, weights.at('qkv'), normed, 3 * channels);
  // Per head its queries, keys and values; cells of the views one after the other.
  const apart = op.reshape(g, qkv, [views, heads, 3, HEAD, cells]);
  const together = op.reshape(g, op.transpose(g, apart, [1, 2, 0, 4, 3]), [heads, 3, views * cells, HEAD]);
  const [query, key, value] = [0, 1, 2].map((i) =>
    op.reshape(g, op.slice(g, together, 1, i, i + 1), [heads, views * cells, HEAD]),
  );
  // Both are scaled before the product, which keeps it small in half precision.
  const scale = HEAD ** -0.25;
  const scores = op.matMul(g, op.mul(g, query, scale), op.transpose(g, op.mul(g, key, scale), [0, 2, 1]));
  const mixed = op.matMul(g, op.cast(g, op.softmax(g, op.toFloat32(g, scores), 2), value.dtype), value);
  const back = op.transpose(g, op.reshape(g, mixed, [heads, views, cells, HEAD]), [1, 0, 3, 2]);
  const map = op.reshape(g, back, [views, channels, height, width]);
  return op.add(g, x, op.toFloat32(g, pointwise(g, weights.at('proj_out'), map, channels)));
}

/** A 1×1 convolution stored for one dimension, [out, in, 1]. */
function pointwise(g: GraphBuilder, weights: Weights, x: Value, channels: number): Value {
  const kernel = weights.take('weight', [channels, x.shape[1], 1]);
  const shape = [channels, x.shape[1], 1, 1];
  const weight = g.weight(kernel, { tag: 'of two dimensions', shape, apply: (values) => values });
  return op.conv(g, op.toCompute(g, x), weight, g.weight(weights.take('bias', [channels])));
}
