import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Weights } from '../weights.ts';
import type { DepthSplatConfig } from './config.ts';
import { BACKBONE } from './config.ts';
import { groupNorm } from './norm.ts';

/** Maps of the convolutional backbone, [views, channels, h, w] float32. */
export interface BackboneMaps {
  /** 64 channels at half size. */
  readonly first: Value;
  /** 96 channels at half size, or a quarter where the coarsest is an eighth. */
  readonly second: Value;
  /** 128 channels at the coarsest resolution. */
  readonly last: Value;
}

/**
 * The convolutional backbone of UniMatch (Xu et al. 2023), which DepthSplat took over: a stem, three stages of two residual
 * blocks, instance norms without parameters.
 *
 * @param image normalised RGB [views, 3, height, width]
 */
export function backbone(g: GraphBuilder, weights: Weights, { lowest }: DepthSplatConfig, image: Value): BackboneMaps {
  const [first, second, third] = BACKBONE;
  const kernel = weights.take('conv1.weight', [first, 3, 7, 7]);
  const stem = op.relu(g, instanceNorm(g, layer.conv2d(g, image, kernel, null, { stride: 2, padding: 3 })));
  const stage = (name: string, x: Value, channels: number, stride: number): Value =>
    g.scope(name, () => {
      const half = residualBlock(g, weights.at(`${name}.0`), x, channels, stride);
      return residualBlock(g, weights.at(`${name}.1`), half, channels, 1);
    });
  const one = stage('layer1', stem, first, 1);
  const two = stage('layer2', one, second, lowest === 4 ? 1 : 2);
  const three = stage('layer3', two, third, 2);
  const last = layer.conv2d(
    g,
    three,
    weights.take('conv2.weight', [third, third, 1, 1]),
    weights.take('conv2.bias', [third]),
  );
  return { first: one, second: two, last: op.toFloat32(g, last) };
}

function residualBlock(g: GraphBuilder, weights: Weights, x: Value, channels: number, stride: number): Value {
  const inputs = x.shape[1];
  const conv = (name: string, from: Value, by: number): Value => {
    const kernel = weights.take(`${name}.weight`, [channels, from.shape[1], 3, 3]);
    return op.relu(g, instanceNorm(g, layer.conv2d(g, from, kernel, null, { stride: by, padding: 1 })));
  };
  const y = conv('conv2', conv('conv1', x, stride), 1);
  if (stride === 1 && inputs === channels) return op.relu(g, op.add(g, x, y));
  const kernel = weights.take('downsample.0.weight', [channels, inputs, 1, 1]);
  const skip = layer.conv2d(g, x, kernel, weights.take('downsample.0.bias', [channels]), { stride });
  return op.relu(g, op.add(g, instanceNorm(g, skip), y));
}

const instanceNorm = (g: GraphBuilder, x: Value): Value => groupNorm(g, x, x.shape[1], null);
