import { ROMA_CATALOG } from './catalog.ts';
import { buildDecoder, buildEncoder, buildFineDecoder, buildFineEncoder } from './matcher.ts';
import type { MatcherConfig } from './matcher-config.ts';
import { COARSE_STRIDE, readMatcherConfig } from './matcher-config.ts';
import { findNetworks, Weights } from '../weights.ts';
import type { NetworkFamily } from '../family.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { CodedError } from '../../core/errors.ts';
import type {
  FeatureManifest,
  InputManifest,
  NetworkFile,
  PassManifest,
  VerdictThresholds,
} from '../../models/manifest.ts';
import { MANIFEST_SCHEMA } from '../../models/manifest.ts';
import { describeModel } from '../identity.ts';
import { chooseNormalisation } from '../normalisation.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork, PlannedGraph, Size } from '../plan.ts';
import { newGraph } from '../plan.ts';
import { depthWarnings } from '../published-depth.ts';
import { vitFacts, vitFamily, vitWarnings } from '../vit/plan.ts';

/** The size in the published L2M++ checkpoint's name. */
const DEFAULT_SIZE: Size = [560, 560];

/**
 * Certainty of the RoMa family counts from 0.05 on in its own sampling; a verdict wants more, and forward and
 * backward warps that agree.
 */
const VERDICT: VerdictThresholds = { certainty: 0.2, cycleShare: 0.015, none: 0.06, good: 0.3 };

/** Strides of the convolutional pyramid that the second pass reads. */
const PYRAMID_STRIDES = [8, 4, 2, 1];

/** The prefix in MatchAnything's files, whose pixels stay in [0, 1]. */
const MATCH_ANYTHING = /(^|\.)matcher\.model\.$/;

const NORMALISATION_WARNING =
  'The file does not say whether its pixels are normalised: [0, 1] as they are is assumed, as L2M++ and MatchAnything want. ' +
  'RoMa outdoor and indoor and MINIMA-RoMa were trained with ImageNet’s mean and deviation: for those the option normalise is “imagenet”.';

export const romaFamily: NetworkFamily = {
  name: 'roma',
  title: 'matcher of the RoMa family',
  label: 'Matcher (RoMa, L2M++)',
  kind: 'matcher',
  side: { byDefault: DEFAULT_SIZE[0], multiple: 14 },
  choices: ['fineSize', 'heads', 'decoderHeads', 'normalise'],
  needsBeside: "A matcher of the RoMa family needs two files: its own and its ViT's. Drop the other one as well.",
  catalog: ROMA_CATALOG,
  locate: (tensors, branch) =>
    findNetworks(tensors, ['encoder.cnn.layers.0.weight', 'decoder.gps.16.pos_conv.weight'], branch),
  plan(network, options, found) {
    const isVit = (entry: LocatedNetwork): boolean => entry.family === vitFamily;
    const vit = found.find((entry) => isVit(entry) && entry.input !== network.input) ?? found.find(isVit);
    if (!vit) {
      throw new CodedError(
        'matcher-without-vit',
        `${network.input.name} is a matcher without its ViT encoder, which is published as a file of its own.`,
        'Give both files: for L2M++ also dinov2l_distilled.pth, for RoMa also DINOv2 ViT-L (dinov2_vitl14_pretrain.pth).',
      );
    }
    return planMatcher(network, vit, options);
  },
};

/** Plans a matcher's encoder and decoder, and those of its second pass, from the matcher's and its ViT's weights. */
export function planMatcher(matcher: LocatedNetwork, vit: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = {
    matcher: Weights.of(matcher.input.checkpoint.tensors, matcher.prefix),
    vit: Weights.of(vit.input.checkpoint.tensors, vit.prefix),
  };
  const config = readMatcherConfig(weights.matcher, weights.vit, { decoderHeads: options.decoderHeads, vit: options });
  const size = options.size ?? DEFAULT_SIZE;
  const fineSize = options.fineSize === undefined ? ([2 * size[0], 2 * size[1]] as const) : options.fineSize;
  for (const [height, width] of fineSize ? [size, fineSize] : [size]) {
    if (height === width) continue;
    throw new CodedError(
      'input-size',
      `A matcher's input is square, as published; ${width}×${height} is not.`,
      'Give one number.',
    );
  }
  const graphs = buildGraphs(weights, config, size, fineSize, options);
  const { outside } = chooseNormalisation({ ...options, normaliseInside: false }, 'none');
  const isTold = options.normalise !== undefined || MATCH_ANYTHING.test(matcher.prefix);
  return {
    facts: [
      ...vitFacts(config.vit),
      `Matcher: ${config.gpDim} position features, ${Object.entries(config.projections)
        .map(([stride, { from, to }]) => `${from}→${to} at ${stride}`)
        .join(', ')}`,
    ],
    warnings: [
      ...(isTold ? [] : [NORMALISATION_WARNING]),
      ...vitWarnings(config.vit),
      ...depthWarnings([
        'blocks of the coarse decoder',
        config.decoder.depth,
        config.decoder.embedDim === 1024 ? 5 : undefined,
      ]),
    ],
    graphs,
    weights: [weights.matcher, weights.vit],
    manifest: (files) => {
      const coarse = coarsePass(config, inputManifest(size, outside, config.vit.patch), files);
      return {
        schema: MANIFEST_SCHEMA,
        ...describeModel(matcher.input.name, options),
        passes: fineSize
          ? [coarse, finePass(config, inputManifest(fineSize, outside, PYRAMID_STRIDES[0]), files)]
          : [coarse],
        verdict: VERDICT,
      };
    },
  };
}

function buildGraphs(
  weights: { matcher: Weights; vit: Weights },
  config: MatcherConfig,
  size: Size,
  fineSize: Size | null,
  options: ConversionOptions,
): PlannedGraph[] {
  const graphs: PlannedGraph[] = [];
  const graph = (file: string): GraphBuilder => {
    const g = newGraph(file, options);
    graphs.push({ file, graph: g });
    return g;
  };
  // Every graph reads the weights anew; what none of them takes is named in the report.
  const again = () => ({ matcher: weights.matcher.again(), vit: weights.vit.again() });
  buildEncoder(graph('encoder'), again(), config, size);
  buildDecoder(graph('decoder'), again(), config, size);
  if (fineSize) {
    buildFineEncoder(graph('encoder-fine'), again(), config, fineSize);
    buildFineDecoder(graph('decoder-fine'), again(), config, size, fineSize);
  }
  return graphs;
}

function inputManifest(
  [height, width]: Size,
  normalisation: Pick<InputManifest, 'mean' | 'std'>,
  multipleOf: number,
): InputManifest {
  const longSide = Math.max(height, width);
  return {
    sizing: 'square',
    multipleOf,
    defaultLongSide: longSide,
    minSide: longSide,
    maxLongSide: longSide,
    fixedSize: true,
    ...normalisation,
  };
}

function features(config: MatcherConfig, strides: readonly number[]): FeatureManifest[] {
  return strides.map((stride) => ({
    name: `f${stride}`,
    // Upstream calls the ViT's patches stride 16 whatever they are.
    stride: stride === COARSE_STRIDE ? config.vit.patch : stride,
    channels: config.projections[stride].to,
  }));
}

function featureInputs(strides: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    ['a', 'b'].flatMap((side) => strides.map((stride) => [`${side}${stride}`, `${side}.f${stride}`])),
  );
}

function coarsePass(
  config: MatcherConfig,
  input: InputManifest,
  files: ReadonlyMap<string, NetworkFile>,
): PassManifest {
  const strides = [COARSE_STRIDE, ...PYRAMID_STRIDES];
  return {
    input,
    encoder: { ...files.get('encoder')!, input: 'image', outputs: features(config, strides) },
    decoder: {
      ...files.get('decoder')!,
      inputs: featureInputs(strides),
      outputs: { warp: 'warp', certaintyLogit: 'certainty_logit', extra: ['fine_logit', 'coarse_logit'] },
      stride: 1,
    },
  };
}

function finePass(config: MatcherConfig, input: InputManifest, files: ReadonlyMap<string, NetworkFile>): PassManifest {
  return {
    input,
    encoder: { ...files.get('encoder-fine')!, input: 'image', outputs: features(config, PYRAMID_STRIDES) },
    decoder: {
      ...files.get('decoder-fine')!,
      inputs: {
        ...featureInputs(PYRAMID_STRIDES),
        previous_warp: 'previous.warp',
        previous_logit: 'previous.fine_logit',
        coarse_logit: 'previous.coarse_logit',
      },
      outputs: { warp: 'warp', certaintyLogit: 'certainty_logit' },
      stride: 1,
    },
  };
}
