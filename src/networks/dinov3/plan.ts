import { CodedError } from '../../core/errors.ts';
import type { NetworkFamily } from '../family.ts';
import { chooseNormalisation, imageInput } from '../normalisation.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork, Size } from '../plan.ts';
import { newGraph } from '../plan.ts';
import { depthWarnings, publishedVitDepth } from '../published-depth.ts';
import { encoderManifest, tokenFacts } from '../vit/plan.ts';
import { Weights } from '../weights.ts';
import { DINOV3_CATALOG } from './catalog.ts';
import { dinov3 } from './graph.ts';
import type { Dinov3Config, Dinov3Naming } from './state-dict.ts';
import { canonicalDinov3, findDinov3, readDinov3Config } from './state-dict.ts';

/** 32 × 32 patches, the size that dense features are compared at (Probe3D). */
const DEFAULT_SIZE: Size = [512, 512];

export const dinov3Family: NetworkFamily = {
  name: 'dinov3',
  title: 'DINOv3',
  label: 'Encoder (DINOv3)',
  kind: 'encoder',
  side: { byDefault: DEFAULT_SIZE[0], multiple: 16 },
  choices: ['heads', 'normalise', 'branch', 'tokens'],
  catalog: DINOV3_CATALOG,
  locate: (tensors, branch) => findDinov3(tensors, branch).map(({ prefix }) => prefix),
  plan: planDinov3,
};

/** Plans `encoder.onnx` from a DINOv3: image to patch tokens and class token. */
export function planDinov3({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const { tensors } = input.checkpoint;
  const located = findDinov3(tensors).find((network) => network.prefix === prefix);
  if (!located) throw new CodedError('architecture-unknown', `${input.name} holds no DINOv3.`, 'Choose another file.');
  const weights = Weights.of(tensors, prefix);
  const config = readDinov3Config(weights, located.naming, options.heads);
  const [height, width] = options.size ?? DEFAULT_SIZE;
  const pixels = pixelsOf(weights, config);
  const { wanted, outside } = chooseNormalisation(options, pixels.normalise);
  const g = newGraph('encoder', options);
  const image = imageInput(g, [height, width], wanted, options.normaliseInside ?? false);
  const canonical = canonicalDinov3(weights, located.naming, config);
  const { patchTokens, clsToken } = dinov3(g, canonical, config, image, options.tokens);
  g.output('patch_tokens', patchTokens);
  g.output('cls_token', clsToken);
  return {
    facts: [...dinov3Facts(config, located.naming), ...tokenFacts(options)],
    warnings: [
      ...(options.normalise === undefined && pixels.warning !== null ? [pixels.warning] : []),
      ...depthWarnings(['blocks of the ViT', config.depth, publishedVitDepth(config.embedDim)]),
    ],
    weights: [weights],
    graphs: [{ file: 'encoder', graph: g }],
    manifest: encoderManifest({ name: input.name, size: [height, width], outside, ...config }, options),
  };
}

/**
 * What the pixels are normalised by unless the person says it. No file tells, but the published ViT-L of satellite images
 * (SAT-493M) has a norm of its own for the class token of crops, which that of photos has not; copies by others leave it out.
 */
function pixelsOf(
  weights: Weights,
  { embedDim }: Dinov3Config,
): { normalise: 'imagenet' | 'satellite'; warning: string | null } {
  if (embedDim !== SATELLITE_WIDTH) return { normalise: 'imagenet', warning: null };
  if (weights.has('local_cls_norm.weight')) {
    return {
      normalise: 'satellite',
      warning:
        'The file does not say which pictures it was trained on: “local_cls_norm” marks the published network of satellite pictures (SAT-493M), whose mean and deviation were taken. For photos say --normalise imagenet.',
    };
  }
  return {
    normalise: 'imagenet',
    warning:
      'The file does not say which pictures it was trained on: ImageNet’s mean and deviation were taken. For the network of satellite pictures (SAT-493M) say --normalise satellite.',
  };
}

/** Channels of the ViT-L, the one size that is published for photos and for satellite pictures. */
const SATELLITE_WIDTH = 1024;

const NAMINGS: Readonly<Record<Dinov3Naming, string>> = {
  official: 'Meta',
  transformers: 'transformers',
  timm: 'timm',
};

/** A DINOv3's architecture in words. */
export function dinov3Facts(config: Dinov3Config, naming: Dinov3Naming): string[] {
  const { embedDim, depth, heads, patch, registers, feedForward, hiddenDim, layerScale, ownPeriods } = config;
  return [
    `DINOv3 ${sizeName(config)}/${patch} in the names of ${NAMINGS[naming]}: ${embedDim} channels, ${depth} blocks, ${heads} heads, ${feedForward === 'mlp' ? 'MLP' : 'SwiGLU'} of ${hiddenDim}`,
    `${registers} registers, rotary positions with ${ownPeriods ? 'the periods of the file' : 'computed periods'}`,
    `LayerScale: ${layerScale ? 'yes' : 'no'}`,
  ];
}

function sizeName({ embedDim, feedForward }: Dinov3Config): string {
  const letter = { 384: 'S', 768: 'B', 1024: 'L', 1280: 'H', 4096: '7B' }[embedDim];
  if (!letter) return 'ViT';
  return `ViT-${letter}${feedForward === 'swiglu' && letter !== '7B' ? '+' : ''}`;
}
