import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { conv2dBatchNorm } from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { FloatDType, Value } from '../../onnx/value.ts';
import { readBatchNorm } from '../batch-norm.ts';
import { classesToWarp } from './class-warp.ts';
import { coarseDecoder } from './coarse-decoder.ts';
import { gpPosterior } from './gp.ts';
import type { MatcherConfig, Size } from './matcher-config.ts';
import { COARSE_STRIDE, coarsestSize, pyramidSize } from './matcher-config.ts';
import { readRefiner, refine } from './refiner.ts';
import { readVgg, vggPyramid } from './vgg.ts';
import { vit } from '../vit/vit.ts';
import type { Weights } from '../weights.ts';

/** The two checkpoints of a matcher, each scoped to its network. */
export interface MatcherWeights {
  /** `encoder.cnn.layers.*` and `decoder.*`. */
  readonly matcher: Weights;
  /** The ViT whose tokens are the features at stride 14, called 16 throughout as upstream does. */
  readonly vit: Weights;
}

/** Told every intermediate by its name in the published code, for tests and for comparing precisions. */
export type Observe = (name: string, value: Value) => void;

/** A warp and the logit of its certainty on A's grid at some stride, both float32. */
interface Correspondence {
  readonly warp: Value;
  readonly logit: Value;
}

/** RoMa's refinement predicts displacements in quarters of a pixel of its stride. */
const DISPLACEMENT_STEPS = 4;

/** Share of the coarse certainty's negative part that is taken off the final certainty. */
const ATTENUATION = 0.5;

/**
 * The encoder of one photo: `image` [1, 3, h, w] to the features `f16`, `f8`, `f4`, `f2`, `f1`, already through the
 * decoder's projections. Those are 1×1 convolutions, so they commute with splitting the decoder off, and
 * what is kept of a photo shrinks sevenfold at stride 1. `f16` is always float32, see {@link coarseMatch}.
 */
export function buildEncoder(g: GraphBuilder, weights: MatcherWeights, config: MatcherConfig, size: Size): void {
  const image = g.input('image', 'float32', [1, 3, ...size]);
  const coarse = g.scope('vit', () => patchFeatures(g, weights.vit, config, image));
  g.output(
    `f${COARSE_STRIDE}`,
    g.inFloat32(() => project(g, weights.matcher, config, COARSE_STRIDE, coarse)),
  );
  outputPyramid(g, weights.matcher, config, image);
}

/** The encoder of the second pass: no ViT, strides 8 to 1 only. */
export function buildFineEncoder(g: GraphBuilder, weights: MatcherWeights, config: MatcherConfig, size: Size): void {
  outputPyramid(g, weights.matcher, config, g.input('image', 'float32', [1, 3, ...size]));
}

/** A ViT's normalised patch tokens as a map [1, c, h / patch, w / patch]. */
export function patchFeatures(
  g: GraphBuilder,
  weights: Weights,
  { vit: vitConfig }: MatcherConfig,
  image: Value,
): Value {
  const [, , height, width] = image.shape;
  const { patchTokens } = vit(g, weights, vitConfig, image);
  const rows = op.transpose(g, patchTokens, [0, 2, 1]);
  return op.reshape(g, rows, [1, vitConfig.embedDim, height / vitConfig.patch, width / vitConfig.patch]);
}

function outputPyramid(g: GraphBuilder, weights: Weights, config: MatcherConfig, image: Value): void {
  const stages = readVgg(weights.at('encoder.cnn.layers'));
  const projections = new Map(stages.map((_, index) => [2 ** index, readProjection(weights, config, 2 ** index)]));
  const keep = (stride: number, features: Value): Value => applyProjection(g, projections.get(stride)!, features);
  const pyramid = vggPyramid(g, image, stages, keep, config.stripBytes);
  for (const [stride, features] of pyramid) g.output(`f${stride}`, features);
}

type Projection = ReturnType<typeof readProjection>;

function readProjection(weights: Weights, { projections }: MatcherConfig, stride: number) {
  const at = weights.at(`decoder.proj.${stride}`);
  const { from, to } = projections[stride];
  return {
    weight: at.take('0.weight', [to, from, 1, 1]),
    bias: at.take('0.bias', [to]),
    norm: readBatchNorm(at.at('1'), to),
  };
}

function applyProjection(g: GraphBuilder, { weight, bias, norm }: Projection, features: Value): Value {
  return conv2dBatchNorm(g, features, weight, bias, norm);
}

/** Features of a stride through the decoder's projection, a 1×1 convolution with a norm. */
export function project(
  g: GraphBuilder,
  weights: Weights,
  config: MatcherConfig,
  stride: number,
  features: Value,
): Value {
  return g.scope(`proj.${stride}`, () => applyProjection(g, readProjection(weights, config, stride), features));
}

/**
 * The decoder of one direction in the first pass: features `a16` … `a1` of one photo and `b16` … `b1` of the other, to
 * - `warp` [1, 2, h, w] and `certainty_logit` [1, 1, h, w], attenuated by the coarse certainty: the result of one pass,
 * - `fine_logit` [1, 1, h, w] before attenuation and `coarse_logit` at stride 16, which the second pass needs.
 */
export function buildDecoder(
  g: GraphBuilder,
  weights: MatcherWeights,
  config: MatcherConfig,
  size: Size,
  observe: Observe = () => {},
): void {
  const strides = [COARSE_STRIDE, 8, 4, 2, 1];
  const features = featureInputs(g, config, size, strides);
  const decoder = weights.matcher.at('decoder');
  let state = g.scope('coarse', () =>
    g.inFloat32(() => coarseMatch(g, decoder, config, features.get(COARSE_STRIDE)!, observe)),
  );
  const pass = { decoder, config, size, scaleFactor: 1, observe };
  state = refineAt(g, pass, COARSE_STRIDE, features.get(COARSE_STRIDE)!, state);
  const coarseLogit = state.logit;
  for (const stride of strides.slice(1)) {
    const pair = features.get(stride)!;
    state = refineAt(g, pass, stride, pair, resizeTo(g, state, pair.a));
  }
  g.output('warp', state.warp);
  g.output('certainty_logit', attenuate(g, state.logit, coarseLogit));
  g.output('fine_logit', state.logit);
  g.output('coarse_logit', coarseLogit);
}

/**
 * The decoder of one direction in the second pass: fine features `a8` … `b1` and the first pass's `warp` (as
 * `previous_warp`), `fine_logit` (as `previous_logit`) and `coarse_logit`, to `warp` and `certainty_logit` at the fine size.
 */
export function buildFineDecoder(
  g: GraphBuilder,
  weights: MatcherWeights,
  config: MatcherConfig,
  coarseSize: Size,
  size: Size,
  observe: Observe = () => {},
): void {
  const strides = [8, 4, 2, 1];
  const features = featureInputs(g, config, size, strides);
  const decoder = weights.matcher.at('decoder');
  let state: Correspondence = {
    warp: g.input('previous_warp', 'float32', [1, 2, ...coarseSize]),
    logit: g.input('previous_logit', 'float32', [1, 1, ...coarseSize]),
  };
  const coarseLogit = g.input('coarse_logit', 'float32', [1, 1, ...coarsestSize(config, coarseSize)]);
  const scaleFactor = Math.sqrt((size[0] * size[1]) / (coarseSize[0] * coarseSize[1]));
  const pass = {
    decoder,
    config,
    size,
    scaleFactor,
    observe: (name: string, value: Value) => observe(`up_${name}`, value),
  };
  for (const stride of strides) {
    const pair = features.get(stride)!;
    state = refineAt(g, pass, stride, pair, resizeTo(g, state, pair.a));
  }
  g.output('warp', state.warp);
  g.output('certainty_logit', attenuate(g, state.logit, coarseLogit));
}

interface FeaturePair {
  readonly a: Value;
  readonly b: Value;
}

function featureInputs(
  g: GraphBuilder,
  config: MatcherConfig,
  size: Size,
  strides: readonly number[],
): Map<number, FeaturePair> {
  const sizeAt = (stride: number): Size =>
    stride === COARSE_STRIDE ? coarsestSize(config, size) : pyramidSize(size, stride);
  const dtypeAt = (stride: number): FloatDType => (stride === COARSE_STRIDE ? 'float32' : g.precision.compute);
  const input = (side: string, stride: number): Value =>
    g.input(`${side}${stride}`, dtypeAt(stride), [1, config.projections[stride].to, ...sizeAt(stride)]);
  return new Map(strides.map((stride) => [stride, { a: input('a', stride), b: input('b', stride) }]));
}

/**
 * Global matching at the coarsest stride: Gaussian process, transformer, classes to warp. Called in float32 whatever
 * the precision: the likeliest class decides between places that can lie far apart, and half precision
 * decides otherwise wherever two are nearly as likely.
 */
export function coarseMatch(
  g: GraphBuilder,
  decoder: Weights,
  config: MatcherConfig,
  { a, b }: FeaturePair,
  observe: Observe,
): Correspondence {
  const [, channels, height, width] = a.shape;
  const basisDim = config.gpDim;
  const posConv = decoder.at(`gps.${COARSE_STRIDE}.pos_conv`);
  const basis = { weight: posConv.take('weight', [basisDim, 2, 1, 1]), bias: posConv.take('bias', [basisDim]) };
  const posterior = gpPosterior(g, a, b, basis, config.gp);
  const tokens = op.transpose(g, op.reshape(g, op.toFloat32(g, a), [1, channels, height * width]), [0, 2, 1]);
  const { classes, certainty } = coarseDecoder(
    g,
    decoder.at('embedding_decoder'),
    config.decoder,
    op.concat(g, [posterior, tokens], 2),
  );
  const asMap = (x: Value): Value => op.reshape(g, op.transpose(g, x, [0, 2, 1]), [1, x.shape[2], height, width]);
  const logit = asMap(certainty);
  observe('gp_posterior', posterior);
  observe('coarse_logits', classes);
  observe('coarse_certainty', logit);
  return { warp: asMap(classesToWarp(g, classes)), logit };
}

/** What all refinements of one pass have in common. */
interface Pass {
  readonly decoder: Weights;
  readonly config: MatcherConfig;
  /** Of the pass's images. */
  readonly size: Size;
  readonly scaleFactor: number;
  readonly observe: Observe;
}

function refineAt(
  g: GraphBuilder,
  pass: Pass,
  stride: number,
  { a: x, b: y }: FeaturePair,
  { warp, logit }: Correspondence,
): Correspondence {
  const {
    decoder,
    config,
    size: [height, width],
    scaleFactor,
    observe,
  } = pass;
  return g.scope(`refine.${stride}`, () => {
    const refiner = readRefiner(decoder.at(`conv_refiner.${stride}`), config.projections[stride].to);
    const delta = refine(g, refiner, { x, y, warp, scaleFactor }, config.stripBytes);
    const steps = [width, height].map((extent) => stride / (DISPLACEMENT_STEPS * extent));
    const moved = op.add(g, warp, op.mul(g, delta.displacement, g.constant(steps, 'float32', [1, 2, 1, 1])));
    const refined = { warp: moved, logit: op.add(g, logit, delta.logit) };
    observe(`flow_${stride}`, refined.warp);
    observe(`certainty_${stride}`, refined.logit);
    return refined;
  });
}

function resizeTo(g: GraphBuilder, { warp, logit }: Correspondence, like: Value): Correspondence {
  const size = [like.shape[2], like.shape[3]] as const;
  return { warp: op.resize(g, warp, size), logit: op.resize(g, logit, size) };
}

/** Takes half of the coarse logit's negative part off: where the global match was doubtful, so is the result. */
function attenuate(g: GraphBuilder, logit: Value, coarseLogit: Value): Value {
  const coarse = op.resize(g, coarseLogit, [logit.shape[2], logit.shape[3]]);
  return op.sub(g, logit, op.mul(g, op.min(g, coarse, 0), ATTENUATION));
}
