import { DEPTH_CATALOG } from './catalog.ts';
import { depthAnything, readDepthConfig } from './dpt.ts';
import { findNetworks, Weights } from '../weights.ts';
import type { NetworkFamily } from '../family.ts';
import { NETWORK_SCHEMA } from '../../models/network-manifest.ts';
import { describeModel } from '../identity.ts';
import { chooseNormalisation, imageInput } from '../normalisation.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { newGraph } from '../plan.ts';
import { DEFAULT_VIT_SIDE, vitFacts } from '../vit/plan.ts';

export const depthFamily: NetworkFamily = {
  name: 'depth-anything',
  title: 'Depth Anything V2',
  label: 'Depth',
  kind: 'depth',
  side: DEFAULT_VIT_SIDE,
  choices: ['heads'],
  catalog: DEPTH_CATALOG,
  locate: (tensors, branch) =>
    findNetworks(tensors, ['pretrained.patch_embed.proj.weight', 'depth_head.projects.0.weight'], branch),
  plan: planDepth,
};

/** Plans `depth.onnx` from Depth Anything V2: image to relative inverse depth. */
export function planDepth({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = Weights.of(input.checkpoint.tensors, prefix);
  const config = readDepthConfig(weights, options);
  const { patch, embedDim } = config.vit;
  const [height, width] = options.size ?? [DEFAULT_VIT_SIDE.byDefault, DEFAULT_VIT_SIDE.byDefault];
  const { wanted, outside } = chooseNormalisation(options, 'imagenet');
  const g = newGraph('depth', options);
  g.output(
    'depth',
    depthAnything(g, weights, config, imageInput(g, [height, width], wanted, options.normaliseInside ?? false)),
  );
  return {
    facts: [
      ...vitFacts(config.vit),
      `DPT head on blocks ${config.layers.join(', ')}: ${config.outChannels.join(', ')} channels, fused at ${config.features}`,
    ],
    graphs: [{ file: 'depth', graph: g }],
    weights: [weights],
    manifest: (files) => ({
      schema: NETWORK_SCHEMA,
      kind: 'depth',
      ...describeModel(input.name, options),
      input: { name: 'image', width, height, ...outside },
      network: files.get('depth')!,
      outputs: { depth: 'depth' },
      patch,
      rows: height / patch,
      columns: width / patch,
      channels: embedDim,
    }),
  };
}
