import { CodedError } from '../../core/errors.ts';
import type {
  FeatureManifest,
  InputManifest,
  NetworkFile,
  PassManifest,
  VerdictThresholds,
} from '../../models/manifest.ts';
import { MANIFEST_SCHEMA } from '../../models/manifest.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { dinov3Facts } from '../dinov3/plan.ts';
import type { NetworkFamily } from '../family.ts';
import { describeModel } from '../identity.ts';
import { chooseNormalisation } from '../normalisation.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork, PlannedGraph, Size } from '../plan.ts';
import { newGraph } from '../plan.ts';
import { depthWarnings, publishedVitDepth } from '../published-depth.ts';
import { findNetworks, Weights } from '../weights.ts';
import { ROMAV2_CATALOG } from './catalog.ts';
import type { Romav2Config } from './config.ts';
import { readRomav2Config, REFINER_STRIDES } from './config.ts';
import { buildDecoder, buildEncoder, buildFineDecoder, buildFineEncoder } from './graph.ts';

/** Its descriptor is a DINOv3, which must not win. */
const MARKS = ['refiners.4.warp_head.weight', 'matcher.omega', 'f.patch_embed.proj.weight'];

/** The preset "base"; "turbo" is 320, "fast" 512, each in one pass. */
const DEFAULT_SIZE: Size = [640, 640];

/** RoMa's, until real photos have been measured with this network. */
const VERDICT: VerdictThresholds = { certainty: 0.2, cycleShare: 0.015, none: 0.06, good: 0.3 };

const RELEASE_WARNING =
  'The file does not say whether it is RoMa v2.0.0 or v2.0.1, whose refiners were trained with another local correlation: v2.0.1 is assumed. For romav2.pt of November 2025 the option release is “2.0.0”.';

export const romav2Family: NetworkFamily = {
  name: 'romav2',
  title: 'RoMa v2',
  label: 'Matcher (RoMa v2)',
  kind: 'matcher',
  side: { byDefault: DEFAULT_SIZE[0], multiple: 16 },
  choices: ['release'],
  catalog: ROMAV2_CATALOG,
  locate: (tensors, branch) => findNetworks(tensors, MARKS, branch),
  plan: planRomav2,
};

/** Plans a RoMa v2's encoder and decoder, and those of a second pass where one is asked for ("precise": 800, then 1280). */
export function planRomav2({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = Weights.of(input.checkpoint.tensors, prefix);
  const config = readRomav2Config(weights, { release: options.release });
  const size = options.size ?? DEFAULT_SIZE;
  const fineSize = options.fineSize ?? null;
  for (const [height, width] of fineSize ? [size, fineSize] : [size]) {
    if (height === width && height % REFINER_STRIDES[0] === 0) continue;
    throw new CodedError(
      'input-size',
      `A matcher's input is square, as published, and a multiple of ${REFINER_STRIDES[0]}; ${width}×${height} is not.`,
      'Give one number.',
    );
  }
  const { outside } = chooseNormalisation({ ...options, normaliseInside: false }, 'imagenet');
  return {
    facts: romav2Facts(config),
    warnings: [
      ...(options.release === undefined ? [RELEASE_WARNING] : []),
      ...depthWarnings(['blocks over both views', config.views.depth, publishedVitDepth(config.views.embedDim)]),
    ],
    graphs: buildGraphs(weights, config, size, fineSize, options),
    weights: [weights],
    manifest: (files) => {
      const coarse = coarsePass(config, inputManifest(size, outside, config.descriptor.patch), files);
      return {
        schema: MANIFEST_SCHEMA,
        ...describeModel(input.name, options),
        passes: fineSize
          ? [coarse, finePass(config, inputManifest(fineSize, outside, REFINER_STRIDES[0]), files)]
          : [coarse],
        verdict: VERDICT,
      };
    },
  };
}

function romav2Facts(config: Romav2Config): string[] {
  const { descriptor, taps, views, head, projections, release } = config;
  return [
    `RoMa v2, code ${release}: a descriptor, a transformer over both views, a DPT head and three refiners`,
    ...dinov3Facts(descriptor, 'official'),
    `Descriptor read after blocks ${taps.join(' and ')}; later ones are left out`,
    `Both views: ${views.embedDim} channels, ${views.depth} blocks, ${views.heads} heads, rotary positions as in bfloat16`,
    `Head: ${head.channels.join(', ')} channels, fused at ${head.features}`,
    `Refiners: ${REFINER_STRIDES.map((stride) => `${projections[stride].from}→${projections[stride].to} at ${stride}`).join(', ')}, with covariances`,
  ];
}

function buildGraphs(
  weights: Weights,
  config: Romav2Config,
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
  buildEncoder(graph('encoder'), weights.again(), config, size);
  buildDecoder(graph('decoder'), weights.again(), config, size);
  if (fineSize) {
    buildFineEncoder(graph('encoder-fine'), weights.again(), config, fineSize);
    buildFineDecoder(graph('decoder-fine'), weights.again(), config, size, fineSize);
  }
  return graphs;
}

function inputManifest(
  [side]: Size,
  normalisation: Pick<InputManifest, 'mean' | 'std'>,
  multipleOf: number,
): InputManifest {
  return {
    sizing: 'square',
    multipleOf,
    defaultLongSide: side,
    minSide: side,
    maxLongSide: side,
    fixedSize: true,
    ...normalisation,
  };
}

const refinerFeatures = ({ projections }: Romav2Config): FeatureManifest[] =>
  REFINER_STRIDES.map((stride) => ({ name: `f${stride}`, stride, channels: projections[stride].to }));

/** Decoder inputs of both photos: `am16` from `a.m16`, `a4` from `a.f4`. */
function featureInputs(features: readonly FeatureManifest[]): Record<string, string> {
  return Object.fromEntries(
    ['a', 'b'].flatMap((side) => features.map(({ name }) => [`${side}${name.replace('f', '')}`, `${side}.${name}`])),
  );
}

const OUTPUTS = { warp: 'warp', certaintyLogit: 'certainty_logit', precision: 'precision' };

function coarsePass(config: Romav2Config, input: InputManifest, files: ReadonlyMap<string, NetworkFile>): PassManifest {
  const { patch, embedDim } = config.descriptor;
  const taps = ['m16', 'f16'].map((name) => ({ name, stride: patch, channels: embedDim }));
  const features = [...taps, ...refinerFeatures(config)];
  return {
    input,
    encoder: { ...files.get('encoder')!, input: 'image', outputs: features },
    decoder: { ...files.get('decoder')!, inputs: featureInputs(features), outputs: OUTPUTS, stride: 1 },
  };
}

function finePass(config: Romav2Config, input: InputManifest, files: ReadonlyMap<string, NetworkFile>): PassManifest {
  const features = refinerFeatures(config);
  return {
    input,
    encoder: { ...files.get('encoder-fine')!, input: 'image', outputs: features },
    decoder: {
      ...files.get('decoder-fine')!,
      inputs: {
        ...featureInputs(features),
        previous_warp: 'previous.warp',
        previous_logit: 'previous.certainty_logit',
      },
      outputs: OUTPUTS,
      stride: 1,
    },
  };
}
