import { VIT_CATALOG } from './catalog.ts';
import { vit } from './vit.ts';
import type { VitConfig } from './vit-config.ts';
import { readVitConfig } from './vit-config.ts';
import { findNetworks, Weights } from '../weights.ts';
import type { NetworkFamily } from '../family.ts';
import { NETWORK_SCHEMA } from '../../models/network-manifest.ts';
import { describeModel } from '../identity.ts';
import type { Normalisation } from '../normalisation.ts';
import { chooseNormalisation, imageInput } from '../normalisation.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork, Size } from '../plan.ts';
import { newGraph } from '../plan.ts';
import { depthWarnings, publishedVitDepth } from '../published-depth.ts';

/** DINOv2's and Depth Anything's own input size, 37 patches. */
export const DEFAULT_VIT_SIDE = { byDefault: 518, multiple: 14 };

export const vitFamily: NetworkFamily = {
  name: 'vit',
  title: 'DINOv2-style ViT',
  label: 'Encoder (ViT)',
  kind: 'encoder',
  side: DEFAULT_VIT_SIDE,
  choices: ['heads', 'branch', 'tokens'],
  catalog: VIT_CATALOG,
  locate: (tensors, branch) =>
    findNetworks(tensors, ['patch_embed.proj.weight', 'cls_token', 'pos_embed', 'norm.weight'], branch),
  plan: planVit,
};

/** Plans `encoder.onnx` from a ViT: image to patch tokens and class token. */
export function planVit({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = Weights.of(input.checkpoint.tensors, prefix);
  const config = readVitConfig(weights, options);
  const [height, width] = options.size ?? [DEFAULT_VIT_SIDE.byDefault, DEFAULT_VIT_SIDE.byDefault];
  const { wanted, outside } = chooseNormalisation(options, 'imagenet');
  const g = newGraph('encoder', options);
  const { patchTokens, clsToken } = vit(
    g,
    weights,
    config,
    imageInput(g, [height, width], wanted, options.normaliseInside ?? false),
    options.tokens,
  );
  g.output('patch_tokens', patchTokens);
  g.output('cls_token', clsToken);
  return {
    facts: [...vitFacts(config), ...tokenFacts(options)],
    warnings: vitWarnings(config),
    weights: [weights],
    graphs: [{ file: 'encoder', graph: g }],
    manifest: encoderManifest({ name: input.name, size: [height, width], outside, ...config }, options),
  };
}

/** The manifest of an encoder whose graph outputs `patch_tokens` and `cls_token`. */
export function encoderManifest(
  {
    name,
    size: [height, width],
    outside,
    patch,
    embedDim,
  }: { name: string; size: Size; outside: Normalisation; patch: number; embedDim: number },
  options: ConversionOptions,
): ConversionPlan['manifest'] {
  return (files) => ({
    schema: NETWORK_SCHEMA,
    kind: 'encoder',
    ...describeModel(name, options),
    input: { name: 'image', width, height, ...outside },
    network: files.get('encoder')!,
    outputs: { patchTokens: 'patch_tokens', clsToken: 'cls_token' },
    patch,
    rows: height / patch,
    columns: width / patch,
    channels: embedDim,
  });
}

/** What is said of tokens that are not the usual ones. */
export const tokenFacts = ({ tokens }: ConversionOptions): string[] =>
  tokens === 'raw' ? ['Tokens before the final norm'] : [];

/** Whether it may have lost blocks. */
export const vitWarnings = ({ blocks, embedDim }: VitConfig): string[] =>
  depthWarnings(['blocks of the ViT', blocks.length, publishedVitDepth(embedDim)]);

/** A ViT's architecture in words. */
export function vitFacts(config: VitConfig): string[] {
  const letter = { 384: 'S', 768: 'B', 1024: 'L', 1536: 'g' }[config.embedDim];
  const feedForward = { mlp: 'MLP', swiglu: 'SwiGLU', 'swiglu-packed': 'SwiGLU (one packed layer)' }[
    config.feedForward
  ];
  return [
    `ViT${letter ? `-${letter}` : ''}/${config.patch}: ${config.embedDim} channels, ${config.blocks.length} blocks, ${config.heads} heads, ${feedForward} of ${config.hiddenDim}`,
    `${config.registers} registers, positions ${config.positionGrid.join('×')}${config.positionForCls ? ' and class' : ''}, resized by ${config.positionResize}`,
    `LayerScale: ${config.layerScale ? 'yes' : 'no'}`,
  ];
}
