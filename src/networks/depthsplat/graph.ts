import { CodedError } from '../../core/errors.ts';
import { countCost } from '../../onnx/cost.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Observe } from '../eloftr/fine.ts';
import { conv3 } from '../dpt/dpt.ts';
import { chooseNormalisation } from '../normalisation.ts';
import { STRIP_BYTES } from '../strips.ts';
import { vitLayers } from '../vit/vit.ts';
import type { Weights } from '../weights.ts';
import { backbone } from './backbone.ts';
import type { DepthSplatConfig, Scale, Size } from './config.ts';
import { sideMultiple, VIEWS } from './config.ts';
import { costVolume } from './cost-volume.ts';
import { dptWithMatching, gaussianChannels, inverseDepthResidual, matchProbability } from './heads.ts';
import type { HeadInputs } from './heads.ts';
import { regress } from './regressor.ts';
import { multiViewTransformer } from './transformer.ts';

/** The ViT's maps are brought to an eighth of the input. */
const MONO_STRIDE = 8;

/**
 * The first of a DepthSplat's two graphs: what is seen in two photos, whatever their cameras. A search for the scene's scale
 * runs it once.
 *
 * Input `image` [2, 3, height, width], RGB in [0, 1]. Outputs by name as {@link featureShapes} lists them, float32.
 *
 * @param weights of the depth predictor
 * @throws CodedError `input-size` where the sides do not fit the network or a buffer would exceed 128 MiB
 */
export function buildFeatures(
  g: GraphBuilder,
  weights: Weights,
  config: DepthSplatConfig,
  size: Size,
  observe: Observe = () => {},
): void {
  checkSize(config, size);
  const image = g.input('image', 'float32', [VIEWS, 3, ...size]);
  const normalised = g.scope('normalise', () => {
    const { mean, std } = chooseNormalisation({}, 'imagenet').wanted;
    const perChannel = (values: readonly number[]): Value => g.constant(values, 'float32', [1, 3, 1, 1]);
    return op.div(g, op.sub(g, image, perChannel(mean)), perChannel(std));
  });
  observe('image_normalised', normalised);
  const cnn = g.scope('cnn', () => backbone(g, weights.at('backbone'), config, normalised));
  observe('cnn_layer1', cnn.first);
  observe('cnn_layer2', cnn.second);
  observe('cnn_out', cnn.last);
  const mv = g.scope('views', () => multiViewTransformer(g, weights.at('transformer'), cnn.last, observe));
  observe('mv', mv);
  const mono = g.scope('vit', () => monoMaps(g, weights, config, normalised, size, observe));
  const outputs: Record<string, Value> = { cnn_1: cnn.first, cnn_2: cnn.second, cnn_3: cnn.last, mv_0: mv };
  for (const [i, map] of mono.entries()) outputs[`mono_tap_${i}`] = map;
  if (config.scales.length > 1) {
    const coarse = g.scope('pyramid', () => monoOfScale(g, config, mono.at(-1)!, size));
    outputs.mv_1 = g.scope('pyramid', () => finer(g, weights.at('mv_pyramid.stages.1'), mv));
    outputs.mono_fine = g.scope('pyramid', () => finer(g, weights.at('mono_pyramid.stages.1'), coarse));
    observe('mv_1', outputs.mv_1);
    observe('mono_1', outputs.mono_fine);
  }
  for (const name of Object.keys(featureShapes(config, size))) g.output(name, op.toFloat32(g, outputs[name]));
  checkBuffers(g, size);
}

/** The features that the first graph hands to the second, by name, [2, channels, rows, columns] each. */
export function featureShapes(config: DepthSplatConfig, [height, width]: Size): Record<string, number[]> {
  const { vit, lowest, scales } = config;
  const at = (channels: number, stride: number): number[] => [VIEWS, channels, height / stride, width / stride];
  const [coarse, fine] = scales;
  return {
    cnn_1: at(64, 2),
    cnn_2: at(96, lowest / 2),
    cnn_3: at(128, lowest),
    mv_0: at(coarse.channels, coarse.stride),
    ...Object.fromEntries(config.taps.map((_, i) => [`mono_tap_${i}`, at(vit.embedDim, MONO_STRIDE)])),
    ...(fine && { mv_1: at(fine.channels, fine.stride), mono_fine: at(vit.embedDim / 2, fine.stride) }),
  };
}

/**
 * The second graph: features and cameras to depth and, in files that have them, what becomes Gaussians.
 *
 * Inputs: `image` as in the first, the features, `turn` [2, 3, 3] and `shift` [2, 3, 1] (see `Sweep` in cost-volume.ts),
 * `inverse_far` and `inverse_near` [2, 1, 1, 1]. Outputs, float32: `depth` [2, height, width] along z in the cameras' unit,
 * `probability` [2, 1, height, width] of the most probable candidate, `gaussians` [2, 37, height, width].
 *
 * @param weights of the depth predictor
 * @param outer of the whole file, where the Gaussians' heads sit
 * @throws CodedError as {@link buildFeatures}
 */
export function buildSplats(
  g: GraphBuilder,
  weights: Weights,
  outer: Weights,
  config: DepthSplatConfig,
  size: Size,
  observe: Observe = () => {},
): void {
  checkSize(config, size);
  const image = config.featureHead ? g.input('image', 'float32', [VIEWS, 3, ...size]) : null;
  const features = Object.fromEntries(
    Object.entries(featureShapes(config, size)).map(([name, shape]) => [name, g.input(name, 'float32', shape)]),
  );
  const sweep = {
    turn: g.input('turn', 'float32', [VIEWS, 3, 3]),
    shift: g.input('shift', 'float32', [VIEWS, 3, 1]),
  };
  const bounds: Bounds = {
    far: g.input('inverse_far', 'float32', [VIEWS, 1, 1, 1]),
    near: g.input('inverse_near', 'float32', [VIEWS, 1, 1, 1]),
  };
  let found: Found | null = null;
  for (const [index, scale] of config.scales.entries()) {
    const tried = g.scope('sweep', () =>
      found ? around(g, found.inverse, bounds, scale) : everywhere(g, bounds, scale),
    );
    const cost = g.scope('sweep', () => costVolume(g, features[`mv_${index}`], tried, scale.stride, sweep));
    observe(`cost_volume_${index}`, cost);
    const mono = index === 0 ? monoOfScale(g, config, features.mono_tap_3, size) : features.mono_fine;
    if (index === 0) observe('mono_0', mono);
    const cnn = index === 0 ? features.cnn_3 : features.cnn_2;
    found = g.scope('regress', () => {
      const joined = op.concat(
        g,
        [cost, cnn, features[`mv_${index}`], mono].map((part) => op.toCompute(g, part)),
        1,
      );
      const out = regress(g, weights, index, scale, joined, observe);
      const probability = matchProbability(g, weights.at(`depth_head.${index}`), out, scale.candidates);
      observe(`match_prob_${index}`, probability);
      const inverse = op.reduceSum(g, op.mul(g, probability, tried), [1]);
      observe(`inverse_depth_${index}`, inverse);
      return { probability, inverse };
    });
  }
  const { probability, inverse } = found!;
  const largest = op.reduceMax(g, probability, [1]);
  const full = op.resize(g, largest, size, { mode: 'nearest' });
  const bilinear = op.resize(g, inverse, size, { coordinates: 'align_corners' });
  observe('inverse_depth_bilinear', bilinear);
  observe('match_prob_max', full);

  // View by view: at full size the maps of both would be more than one buffer may hold.
  const views = Array.from({ length: VIEWS }, (_, view) => {
    const one = (x: Value): Value => op.slice(g, x, 0, view, view + 1);
    const told: Observe = (name, value) => observe(`${name}.${view}`, value);
    const inputs: HeadInputs = {
      cnn: [one(features.cnn_1), one(features.cnn_2), one(features.cnn_3)],
      mv: config.scales.map((_scale, i) => one(features[`mv_${i}`])),
      mono: config.taps.map((_tap, i) => one(features[`mono_tap_${i}`])),
    };
    // Both views share the weights, each of which is taken once a reading.
    const own = view === 0 ? weights : weights.again();
    const ownOuter = view === 0 ? outer : outer.again();
    const depth = g.scope('depth_head', () => {
      const upsampler = own.at('upsampler');
      const note: Observe = (name, value) => told(`upsampler_${name}`, value);
      const path = dptWithMatching(g, upsampler, config, config.depthHead, inputs, one(inverse), note);
      const residual = inverseDepthResidual(g, upsampler.at('scratch'), path);
      told('inverse_depth_residual', residual);
      const clamped = op.max(g, op.min(g, op.add(g, one(bilinear), residual), one(bounds.near)), one(bounds.far));
      return op.div(g, g.constant([1], 'float32', [1, 1, 1, 1]), clamped);
    });
    if (!config.featureHead || !image) return { depth, gaussians: null };
    const { featureHead, gaussianChannels: channels } = config;
    const gaussians = g.scope('gaussians', () => {
      const note: Observe = (name, value) => told(`feature_upsampler_${name}`, value);
      const at = ownOuter.at('feature_upsampler');
      const path = dptWithMatching(g, at, config, featureHead, inputs, null, note);
      const seen = { image: one(image), depth, features: path, probability: one(full) };
      return gaussianChannels(g, ownOuter, channels, seen, told);
    });
    return { depth, gaussians };
  });
  const depth = op.concat(
    g,
    views.map((view) => view.depth),
    0,
  );
  g.output('depth', op.reshape(g, depth, [VIEWS, ...size]));
  g.output('probability', full);
  const gaussians = views.flatMap((view) => view.gaussians ?? []);
  if (gaussians.length > 0) g.output('gaussians', op.concat(g, gaussians, 0));
  checkBuffers(g, size);
}

interface Bounds {
  readonly far: Value;
  readonly near: Value;
}

interface Found {
  readonly probability: Value;
  readonly inverse: Value;
}

/** Inverse depths from far to near in even steps, [2, d, 1, 1]. */
function everywhere(g: GraphBuilder, { far, near }: Bounds, { candidates }: Scale): Value {
  const steps = Array.from({ length: candidates }, (_, i) => i / (candidates - 1));
  return op.add(g, far, op.mul(g, op.sub(g, near, far), g.constant(steps, 'float32', [1, candidates, 1, 1])));
}

/** As many at every cell around what the coarser scale found, in steps half as wide as that one's, [2, d, h, w]. */
function around(g: GraphBuilder, inverse: Value, { far, near }: Bounds, { candidates }: Scale): Value {
  const size = [2 * inverse.shape[2], 2 * inverse.shape[3]] as const;
  const centre = op.resize(g, inverse, size, { coordinates: 'align_corners' });
  const step = op.mul(g, op.sub(g, near, far), 1 / (COARSE_CANDIDATES - 1) / 2);
  const low = op.max(g, op.sub(g, centre, op.mul(g, step, candidates / 2)), far);
  const high = op.min(g, op.add(g, centre, op.mul(g, step, candidates / 2 - 1)), near);
  const steps = Array.from({ length: candidates }, (_, i) => i / (candidates - 1));
  return op.add(g, low, op.mul(g, op.sub(g, high, low), g.constant(steps, 'float32', [1, candidates, 1, 1])));
}

/** Of which the finer scale's step is half a step. */
const COARSE_CANDIDATES = 128;

/** Four layers of the ViT as maps at an eighth of the input, [2, c, h/8, w/8]. */
function monoMaps(
  g: GraphBuilder,
  weights: Weights,
  { vit, taps }: DepthSplatConfig,
  image: Value,
  [height, width]: Size,
  observe: Observe,
): Value[] {
  const [rows, columns] = [height, width].map((side) => Math.floor(side / vit.patch));
  const resized = op.resize(g, image, [rows * vit.patch, columns * vit.patch], { coordinates: 'align_corners' });
  observe('vit_input', resized);
  return vitLayers(g, weights.at('pretrained'), vit, resized, taps).map(({ patchTokens }, i) => {
    observe(`vit_tokens_${taps[i]}`, patchTokens);
    const map = op.reshape(g, op.transpose(g, patchTokens, [0, 2, 1]), [VIEWS, vit.embedDim, rows, columns]);
    const eighth = op.resize(g, map, [height / MONO_STRIDE, width / MONO_STRIDE], { coordinates: 'align_corners' });
    observe(`mono_eighth_${taps[i]}`, eighth);
    return eighth;
  });
}

/** The ViT's last map at the resolution of the coarsest features. */
const monoOfScale = (g: GraphBuilder, { lowest }: DepthSplatConfig, map: Value, [height, width]: Size): Value =>
  op.resize(g, map, [height / lowest, width / lowest], { coordinates: 'align_corners' });

/** A map at twice its resolution with half its channels. */
function finer(g: GraphBuilder, weights: Weights, map: Value): Value {
  const channels = map.shape[1];
  const kernel = weights.take('0.weight', [channels, channels / 2, 2, 2]);
  const doubled = layer.convTranspose2d(g, map, kernel, weights.take('0.bias', [channels / 2]), { stride: 2 });
  return op.toFloat32(g, conv3(g, weights.at('2'), op.gelu(g, doubled), channels / 2));
}

function checkSize(config: DepthSplatConfig, [height, width]: Size): void {
  const multiple = sideMultiple(config);
  if (height % multiple === 0 && width % multiple === 0 && height > 0 && width > 0) return;
  throw new CodedError(
    'input-size',
    `This DepthSplat takes sides that are multiples of ${multiple}; ${width}×${height} is not.`,
    `Choose multiples of ${multiple}, such as ${Math.max(1, Math.round(height / multiple)) * multiple} by ${Math.max(1, Math.round(width / multiple)) * multiple}.`,
  );
}

/** What every WebGPU device can bind is the limit. */
function checkBuffers(g: GraphBuilder, [height, width]: Size): void {
  const { largestTemporary } = countCost(g);
  if (largestTemporary.bytes <= STRIP_BYTES) return;
  const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  throw new CodedError(
    'input-size',
    `At ${width}×${height} one buffer of this DepthSplat takes ${mib(largestTemporary.bytes)}; a GPU binds ${mib(STRIP_BYTES)}.`,
    'Choose a smaller size, or half precision.',
  );
}
