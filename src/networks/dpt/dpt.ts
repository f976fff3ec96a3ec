import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { VitOutputs } from '../vit/vit.ts';
import { vitLayers } from '../vit/vit.ts';
import type { VitConfig, VitOptions } from '../vit/vit-config.ts';
import { readVitConfig } from '../vit/vit-config.ts';
import { publishedVitDepth, requirePublishedDepth } from '../published-depth.ts';
import type { Weights } from '../weights.ts';

/** Depth Anything V2: a ViT and a DPT head on four of its layers. */
export interface DepthConfig {
  readonly vit: VitConfig;
  /** Blocks (from 0) whose outputs the head reads, from shallow to deep. */
  readonly layers: readonly number[];
  /** Channels of the four reassembled maps. */
  readonly outChannels: readonly number[];
  /** Channels of the fusion path. */
  readonly features: number;
  /** Channels before the last 1×1 convolution. */
  readonly headFeatures: number;
}

export interface DepthOptions extends VitOptions {
  readonly layers?: readonly number[];
}

/** @throws CodedError where a tensor that tells a size is missing. */
export function readDepthConfig(weights: Weights, options: DepthOptions = {}): DepthConfig {
  const vit = readVitConfig(weights.at('pretrained'), options);
  requirePublishedDepth(weights.at('pretrained'), 'blocks', vit.blocks.length, publishedVitDepth(vit.embedDim));
  const head = weights.at('depth_head');
  return {
    vit,
    layers: options.layers ?? tappedLayers(vit.blocks.length),
    outChannels: [0, 1, 2, 3].map((i) => head.shapeOf(`projects.${i}.weight`)[0]),
    features: head.shapeOf('scratch.layer1_rn.weight')[0],
    headFeatures: head.shapeOf('scratch.output_conv2.0.weight')[0],
  };
}

/** The last block of each quarter; the published ViT-L taps its first one block earlier. */
export function tappedLayers(depth: number): number[] {
  const quarters = [1, 2, 3, 4].map((quarter) => Math.round((quarter * depth) / 4) - 1);
  return depth === 24 ? [4, ...quarters.slice(1)] : quarters;
}

/**
 * Relative inverse depth of one image (Depth Anything V2, Yang et al. 2024; DPT: Ranftl et al. 2021).
 *
 * @param image normalised RGB [1, 3, height, width], both sides multiples of the patch
 * @returns [1, height, width] in float32, not negative, larger is nearer, up to an unknown scale
 */
export function depthAnything(g: GraphBuilder, weights: Weights, config: DepthConfig, image: Value): Value {
  const levels = vitLayers(g, weights.at('pretrained'), config.vit, image, config.layers);
  const [, , height, width] = image.shape;
  const { patch } = config.vit;
  return g.scope('head', () =>
    dptHead(g, weights.at('depth_head'), config, levels, [height / patch, width / patch], [height, width]),
  );
}

type Size = readonly [number, number];

function dptHead(
  g: GraphBuilder,
  weights: Weights,
  config: DepthConfig,
  levels: readonly VitOutputs[],
  grid: Size,
  output: Size,
): Value {
  const { features, headFeatures } = config;
  const scratch = weights.at('scratch');
  const maps = levels.map((tokens, level) =>
    g.scope(`reassemble.${level}`, () => {
      const patches = readout(g, weights, config.vit.embedDim, tokens, level);
      return reassemble(g, weights, patches, level, config.outChannels[level], grid);
    }),
  );
  const path = fuseLevels(g, scratch, maps, features);
  return g.scope('predict', () => {
    const half = conv3(g, scratch.at('output_conv1'), path, Math.floor(features / 2));
    const full = op.resize(g, half, output, { coordinates: 'align_corners' });
    const hidden = op.relu(g, conv3(g, scratch.at('output_conv2.0'), full, headFeatures));
    const last = scratch.at('output_conv2.2');
    const depth = layer.conv2d(g, hidden, last.take('weight', [1, headFeatures, 1, 1]), last.take('bias', [1]));
    return op.reshape(g, op.toFloat32(g, op.relu(g, depth)), [1, ...output]);
  });
}

/**
 * Patch tokens [1, n, c] back to a map [1, channels, …]: projected, then brought to 4×, 2×, 1× or ½ of the patch grid.
 *
 * @param weights scoped to the head: `projects.N`, `resize_layers.N`
 */
export function reassemble(
  g: GraphBuilder,
  weights: Weights,
  patches: Value,
  level: number,
  channels: number,
  grid: Size,
): Value {
  const embedDim = patches.shape[2];
  const map = op.reshape(g, op.transpose(g, patches, [0, 2, 1]), [1, embedDim, ...grid]);
  return projectLevel(g, weights, map, level, channels);
}

/** {@link reassemble} of what is a map already, [n, c, h, w]. */
export function projectLevel(g: GraphBuilder, weights: Weights, map: Value, level: number, channels: number): Value {
  const embedDim = map.shape[1];
  const project = weights.at(`projects.${level}`);
  const x = layer.conv2d(g, map, project.take('weight', [channels, embedDim, 1, 1]), project.take('bias', [channels]));
  if (level === 2) return x;
  const resize = weights.at(`resize_layers.${level}`);
  const kernelSize = [4, 2, 1, 3][level];
  const kernel = resize.take('weight', [channels, channels, kernelSize, kernelSize]);
  const bias = resize.take('bias', [channels]);
  return level === 3
    ? layer.conv2d(g, x, kernel, bias, { stride: 2, padding: 1 })
    : layer.convTranspose2d(g, x, kernel, bias, { stride: kernelSize });
}

/** Patch tokens, mixed with the class token by the variants that were trained so. */
function readout(
  g: GraphBuilder,
  weights: Weights,
  embedDim: number,
  { patchTokens, clsToken }: VitOutputs,
  level: number,
): Value {
  const name = `readout_projects.${level}.0`;
  if (!weights.has(`${name}.weight`)) return patchTokens;
  const repeated = op.expand(g, op.unsqueeze(g, clsToken, 1), patchTokens.shape);
  const project = weights.at(name);
  const joined = op.concat(g, [patchTokens, repeated], 2);
  return op.gelu(
    g,
    layer.linear(g, joined, project.take('weight', [embedDim, 2 * embedDim]), project.take('bias', [embedDim])),
  );
}

/** How residual units treat what they read. */
export interface FusionOptions {
  /** Units whose ReLU overwrites its input: what they add to their result is relu(x), not x. */
  readonly inPlaceRelu?: boolean;
  /** Is told the path after every block, by the number in its name: `refinenet4` first. */
  readonly observe?: (block: number, path: Value) => void;
}

/**
 * The four maps of a DPT head, each brought to `features` channels, fused from the coarsest to the finest, each step at the
 * size of the next; the last doubles the finest map's.
 *
 * @param scratch scoped to `layerN_rn` and `refinenetN`
 */
export function fuseLevels(
  g: GraphBuilder,
  scratch: Weights,
  maps: readonly Value[],
  features: number,
  options: FusionOptions = {},
): Value {
  const levels = maps.map((map, level) => {
    const kernel = scratch.take(`layer${level + 1}_rn.weight`, [features, map.shape[1], 3, 3]);
    return layer.conv2d(g, map, kernel, null, { padding: 1 });
  });
  let path: Value | null = null;
  for (let level = levels.length - 1; level >= 0; level -= 1) {
    const next = levels[level - 1];
    const size: Size = next ? spatial(next) : [2 * levels[0].shape[2], 2 * levels[0].shape[3]];
    const previous: Value | null = path;
    path = g.scope(`fuse.${level}`, () =>
      fuse(g, scratch.at(`refinenet${level + 1}`), previous, levels[level], size, options),
    );
    options.observe?.(level + 1, path);
  }
  return path!;
}

/** A fusion block: the finer map joins the path through a residual unit, then both go through another. */
function fuse(
  g: GraphBuilder,
  weights: Weights,
  path: Value | null,
  map: Value,
  size: Size,
  options: FusionOptions,
): Value {
  const [, features] = map.shape;
  const joined = path ? op.add(g, path, residualUnit(g, weights.at('resConfUnit1'), map, options)) : map;
  const refined = op.resize(g, residualUnit(g, weights.at('resConfUnit2'), joined, options), size, {
    coordinates: 'align_corners',
  });
  return layer.conv2d(
    g,
    refined,
    weights.take('out_conv.weight', [features, features, 1, 1]),
    weights.take('out_conv.bias', [features]),
  );
}

function residualUnit(g: GraphBuilder, weights: Weights, x: Value, { inPlaceRelu }: FusionOptions): Value {
  const [, features] = x.shape;
  const active = op.relu(g, x);
  const first = conv3(g, weights.at('conv1'), active, features);
  return op.add(g, conv3(g, weights.at('conv2'), op.relu(g, first), features), inPlaceRelu ? active : x);
}

/** A 3×3 convolution that keeps the size. */
export function conv3(g: GraphBuilder, weights: Weights, x: Value, channels: number): Value {
  return layer.conv2d(g, x, weights.take('weight', [channels, x.shape[1], 3, 3]), weights.take('bias', [channels]), {
    padding: 1,
  });
}

function spatial(map: Value): Size {
  return [map.shape[2], map.shape[3]];
}
