import { CodedError } from '../../core/errors.ts';
import type { Observe } from '../roma/matcher.ts';
import type { Size } from '../roma/matcher-config.ts';
import { pyramidSize } from '../roma/matcher-config.ts';
import { readVgg, vggPyramid } from '../roma/vgg.ts';
import type { Weights } from '../weights.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { conv2d } from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { dinov3Layers } from '../dinov3/graph.ts';
import type { Taps } from './coarse-matcher.ts';
import { coarseMatch } from './coarse-matcher.ts';
import type { Romav2Config } from './config.ts';
import { descriptorWeights, patchGrid, REFINER_STRIDES } from './config.ts';
import type { Belief, RefinerFeatures } from './refiners.ts';
import { refineAll } from './refiners.ts';

/**
 * RoMa v2 (Edstedt et al. 2025), one graph for what a photo gives and one for a direction.
 *
 * The encoder of one photo: `image` [1, 3, h, w] to the descriptor's taps `m16` (the earlier) and `f16`, [1, c, h/16, w/16]
 * float32, and the pyramid's features `f4`, `f2`, `f1`, already through the refiners' projections: those work pixel by
 * pixel, and 252 channels are kept of 448.
 */
export function buildEncoder(g: GraphBuilder, weights: Weights, config: Romav2Config, size: Size): void {
  const grid = patchGrid(config, size);
  const image = g.input('image', 'float32', [1, 3, ...size]);
  const taps = g.scope('vit', () =>
    dinov3Layers(g, descriptorWeights(weights, config), config.descriptor, image, config.taps),
  );
  for (const [i, name] of ['m16', 'f16'].entries()) {
    const rows = op.transpose(g, taps[i].patchTokens, [0, 2, 1]);
    g.output(name, op.reshape(g, rows, [1, config.descriptor.embedDim, ...grid]));
  }
  outputPyramid(g, weights, config, image);
}

/** The encoder of a second pass: no descriptor, strides 4 to 1 only. */
export function buildFineEncoder(g: GraphBuilder, weights: Weights, config: Romav2Config, size: Size): void {
  outputPyramid(g, weights, config, g.input('image', 'float32', [1, 3, ...size]));
}

function outputPyramid(g: GraphBuilder, weights: Weights, config: Romav2Config, image: Value): void {
  const stages = readVgg(weights.at('refiner_features.layers'));
  if (stages.length !== REFINER_STRIDES.length) {
    throw new CodedError(
      'architecture-unknown',
      `The pyramid of a RoMa v2 has ${REFINER_STRIDES.length} stages; this one has ${stages.length}.`,
      'Check that the file is a whole RoMa v2 (romav2.0.1.pt).',
    );
  }
  const projections = new Map(
    stages.map((stage, index) => {
      const stride = 2 ** index;
      const from = stage[stage.length - 1].weight.shape[0];
      const { to } = config.projections[stride];
      const at = weights.at(`refiners.${stride}.proj`);
      // A Linear over the channels is a convolution of one pixel.
      const weight = { ...at.take('weight', [to, from]), shape: [to, from, 1, 1] };
      return [stride, { weight, bias: at.take('bias', [to]) }];
    }),
  );
  const keep = (stride: number, features: Value): Value => {
    const { weight, bias } = projections.get(stride)!;
    return conv2d(g, features, weight, bias);
  };
  const pyramid = vggPyramid(g, image, stages, keep, config.stripBytes);
  for (const [stride, features] of pyramid) g.output(`f${stride}`, features);
}

/**
 * The decoder of one direction: `am16`, `a16`, `a4`, `a2`, `a1` of one photo and `bm16` … `b1` of the other, to
 * - `warp` [1, 2, h, w] and `certainty_logit` [1, 1, h, w],
 * - `precision` [1, 3, h, w]: xx, xy, yy of the warp's inverse covariance, in pixels of the input.
 */
export function buildDecoder(
  g: GraphBuilder,
  weights: Weights,
  config: Romav2Config,
  size: Size,
  observe: Observe = () => {},
): void {
  const grid = patchGrid(config, size);
  const channels = config.descriptor.embedDim;
  const tokens = (name: string): Value => {
    const map = g.input(name, 'float32', [1, channels, ...grid]);
    return op.transpose(g, op.reshape(g, map, [1, channels, grid[0] * grid[1]]), [0, 2, 1]);
  };
  const taps = (side: string): Taps => ({ early: tokens(`${side}m16`), late: tokens(`${side}16`) });
  const views = { a: taps('a'), b: taps('b') };
  const features = featureInputs(g, config, size);
  const coarse = g.scope('coarse', () =>
    g.inFloat32(() => coarseMatch(g, weights.at('matcher'), config, grid, views, observe)),
  );
  observe('head', coarse);
  const [warp, logit] = op.split(g, coarse, 1, [2, 1]);
  finish(g, refineAll(g, weights.at('refiners'), config, size, features, unsure(g, warp, logit), observe));
}

/**
 * The decoder of one direction in a second pass: fine features `a4` … `b1` and the first pass's `warp` (as `previous_warp`)
 * and `certainty_logit` (as `previous_logit`). What the first pass believed of the warp's precision is left out.
 */
export function buildFineDecoder(
  g: GraphBuilder,
  weights: Weights,
  config: Romav2Config,
  coarseSize: Size,
  size: Size,
  observe: Observe = () => {},
): void {
  const features = featureInputs(g, config, size);
  const warp = g.input('previous_warp', 'float32', [1, 2, ...coarseSize]);
  const logit = g.input('previous_logit', 'float32', [1, 1, ...coarseSize]);
  const fine = (name: string, value: Value): void => observe(`hr_${name}`, value);
  finish(g, refineAll(g, weights.at('refiners'), config, size, features, unsure(g, warp, logit), fine));
}

/** A warp of which nothing but the overlap is known. */
function unsure(g: GraphBuilder, warp: Value, logit: Value): Belief {
  const { shape } = logit;
  const nothing = op.expand(g, g.constant([0], 'float32', [1, 1, 1, 1]), [1, 3, shape[2], shape[3]]);
  return { warp, confidence: op.concat(g, [logit, nothing], 1) };
}

function finish(g: GraphBuilder, { warp, confidence }: Belief): void {
  const [logit, precision] = op.split(g, confidence, 1, [1, 3]);
  g.output('warp', warp);
  g.output('certainty_logit', logit);
  g.output('precision', precision);
}

function featureInputs(g: GraphBuilder, config: Romav2Config, size: Size): RefinerFeatures {
  const input = (side: string, stride: number): Value =>
    g.input(`${side}${stride}`, g.precision.compute, [1, config.projections[stride].to, ...pyramidSize(size, stride)]);
  return new Map(REFINER_STRIDES.map((stride) => [stride, { a: input('a', stride), b: input('b', stride) }]));
}
