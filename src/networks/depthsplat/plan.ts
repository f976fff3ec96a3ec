import { SPLAT_SCHEMA } from '../../models/splat-manifest.ts';
import type { NetworkFamily } from '../family.ts';
import { describeModel } from '../identity.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { newGraph } from '../plan.ts';
import { vitFacts } from '../vit/plan.ts';
import { findNetworks, Weights } from '../weights.ts';
import { DEPTHSPLAT_CATALOG } from './catalog.ts';
import type { DepthSplatConfig } from './config.ts';
import { readDepthSplatConfig } from './config.ts';
import { buildFeatures, buildSplats, featureShapes } from './graph.ts';
import { assumedRelease, releaseOf } from './releases.ts';

/** Of the depth predictor, which a file of Gaussians has under this name and a file of depth alone is. */
const MARKS = [
  'transformer.layers.0.cross_attn_ffn.mlp.0.weight',
  'regressor.0.3.input_blocks.0.0.weight',
  'upsampler.concat_projects.0.weight',
  'pretrained.patch_embed.proj.weight',
];
const PREDICTOR = 'depth_predictor.';

/** Smallest axis of a Gaussian, in every release. */
const SCALE_MIN = 1e-10;

export const depthsplatFamily: NetworkFamily = {
  name: 'depthsplat',
  title: 'DepthSplat',
  label: 'Scene of two photos (DepthSplat)',
  kind: 'splats',
  side: { byDefault: 256, multiple: 32 },
  choices: [],
  catalog: DEPTHSPLAT_CATALOG,
  locate: (tensors) => findNetworks(tensors, MARKS),
  plan: planDepthSplat,
};

/**
 * Plans `features.onnx` and `splats.onnx` from DepthSplat (Xu et al. 2025): two photos and their cameras to depth and 3-D
 * Gaussians.
 */
export function planDepthSplat({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const { tensors } = input.checkpoint;
  const known = releaseOf(input.name);
  const weights = Weights.of(tensors, prefix);
  const outer = prefix.endsWith(PREDICTOR) ? Weights.of(tensors, prefix.slice(0, -PREDICTOR.length)) : weights;
  const config = readDepthSplatConfig(weights, outer);
  const { release, assumed } = known ? { release: known, assumed: null } : assumedRelease(config);
  const [height, width] = options.size ?? release.size;
  const [features, splats] = [newGraph('features', options), newGraph('splats', options)];
  buildFeatures(features, weights.again(), config, [height, width]);
  buildSplats(splats, weights.again(), outer.again(), config, [height, width]);
  const { near, far, scaleMax } = release;
  return {
    facts: depthsplatFacts(config, [height, width]),
    warnings: assumed === null ? [] : [assumed],
    graphs: [
      { file: 'features', graph: features },
      { file: 'splats', graph: splats },
    ],
    weights: outer === weights ? [weights] : [weights, outer],
    manifest: (files) => ({
      schema: SPLAT_SCHEMA,
      kind: 'splats',
      ...describeModel(input.name, options),
      input: { width, height },
      features: { ...files.get('features')!, outputs: Object.keys(featureShapes(config, [height, width])) },
      splats: files.get('splats')!,
      near,
      far,
      gaussians: config.gaussianChannels > 0 ? { channels: 37, scaleMin: SCALE_MIN, scaleMax } : null,
    }),
  };
}

function depthsplatFacts(config: DepthSplatConfig, [height, width]: readonly [number, number]): string[] {
  const { vit, taps, scales, lowest, upsample, depthHead, featureHead } = config;
  const search = scales.map(({ candidates, stride }) => `${candidates} depths at 1/${stride}`).join(', then ');
  return [
    `DepthSplat of ${scales.length === 1 ? 'one scale' : 'two scales'} (features at 1/${lowest}, upsampled ${upsample} times), two views of ${width}×${height}`,
    ...vitFacts(vit),
    `Blocks ${taps.join(', ')} are read; plane sweep of ${search}, each photo with its own focal length`,
    `DPT heads: ${depthHead.outChannels.join(', ')} channels, fused at ${depthHead.features}${featureHead ? ` for depth and ${featureHead.features} for Gaussians` : '; depth alone, no Gaussians'}`,
  ];
}
