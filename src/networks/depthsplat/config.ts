import { CodedError } from '../../core/errors.ts';
import { tappedLayers } from '../dpt/dpt.ts';
import type { VitConfig } from '../vit/vit-config.ts';
import { readVitConfig } from '../vit/vit-config.ts';
import { publishedVitDepth, requirePublishedDepth } from '../published-depth.ts';
import type { Weights } from '../weights.ts';

/** Height and width in pixels. */
export type Size = readonly [height: number, width: number];

/** What a DepthSplat's shapes say about it. */
export interface DepthSplatConfig {
  readonly vit: VitConfig;
  /** Blocks of the ViT that are read, from shallow to deep. */
  readonly taps: readonly number[];
  /** Depth is searched at one resolution, or once more around the first answer at twice that. */
  readonly scales: readonly Scale[];
  /** Input pixels per cell of the coarsest features: the last one's depth is brought to full size by `upsample`. */
  readonly lowest: 4 | 8;
  /** Input pixels per cell of the last scale. */
  readonly upsample: 2 | 4 | 8;
  /** The two DPT heads: of the depth, and of the Gaussians' features (none in a file of depth alone). */
  readonly depthHead: DptSizes;
  readonly featureHead: DptSizes | null;
  /** Numbers per pixel that become a Gaussian; 0 in a file of depth alone. */
  readonly gaussianChannels: number;
}

/** One search for depth. */
export interface Scale {
  /** Input pixels per cell. */
  readonly stride: number;
  /** Inverse depths that are tried at every cell. */
  readonly candidates: number;
  /** Channels of the features that are compared, and of the regressor. */
  readonly channels: number;
  /** Levels of the regressor's U-Net. */
  readonly levels: number;
}

export interface DptSizes {
  readonly outChannels: readonly number[];
  /** Channels of the fusion path. */
  readonly features: number;
}

/** Channels of the convolutional backbone at its three resolutions. */
export const BACKBONE = [64, 96, 128] as const;

/** Views of one scene; the published networks take more, the app two photos. */
export const VIEWS = 2;

/** What only networks with a second, finer scale of search have; one of them is enough to expect them all. */
const FINE_SCALE = ['mv_pyramid.stages.1.0', 'mono_pyramid.stages.1.0', 'regressor.1.0', 'depth_head.1.0'];

/** Per Gaussian: opacity, offset (2), scale (3), rotation (4), three colours of nine harmonics. */
const GAUSSIAN_CHANNELS = 37;

/**
 * Which of the family a state dict holds, by the channels that its heads join.
 *
 * @param weights of the depth predictor
 * @param outer of the whole, where `gaussian_head` sits
 * @throws CodedError `depthsplat-variant` where the shapes fit none, `tensor-missing` where one is not there
 */
export function readDepthSplatConfig(weights: Weights, outer: Weights): DepthSplatConfig {
  // Its files keep no mask token, but their positions are resized as in DINOv2 without registers.
  const vit = readVitConfig(weights.at('pretrained'), { positionResize: 'offset' });
  requirePublishedDepth(weights.at('pretrained'), 'blocks', vit.blocks.length, publishedVitDepth(vit.embedDim));
  const depthHead = dptSizes(weights.at('upsampler'));
  const isFine = FINE_SCALE.some((name) => weights.has(`${name}.weight`));
  const scaleCount = isFine ? 2 : 1;
  const { lowest, upsample } = resolutions(weights, scaleCount, depthHead);
  const scales = Array.from({ length: scaleCount }, (_, i): Scale => {
    const head = weights.at(`depth_head.${i}`);
    return {
      stride: upsample * 2 ** (scaleCount - 1 - i),
      candidates: head.shapeOf('2.weight', 4)[0],
      channels: BACKBONE[2] / 2 ** i,
      levels: 3 + i,
    };
  });
  const hasGaussians = ['gaussian_head.0', 'gaussian_head.2', 'gaussian_regressor.0'].some((name) =>
    outer.has(`${name}.weight`),
  );
  return {
    vit,
    taps: tappedLayers(vit.blocks.length),
    scales,
    lowest,
    upsample,
    depthHead,
    featureHead: hasGaussians ? dptSizes(outer.at('feature_upsampler')) : null,
    gaussianChannels: hasGaussians ? GAUSSIAN_CHANNELS : 0,
  };
}

function dptSizes(head: Weights): DptSizes {
  return {
    outChannels: [0, 1, 2, 3].map((i) => head.shapeOf(`projects.${i}.weight`, 4)[0]),
    features: head.shapeOf('scratch.layer1_rn.weight', 4)[0],
  };
}

function resolutions(
  weights: Weights,
  scales: number,
  { outChannels: [first] }: DptSizes,
): Pick<DepthSplatConfig, 'lowest' | 'upsample'> {
  const name = 'upsampler.concat_projects.0.weight';
  const joined = weights.shapeOf(name, 4)[1] - first;
  const [half, quarter] = BACKBONE;
  if (scales === 1 && joined === half + quarter) return { lowest: 4, upsample: 4 };
  if (scales === 1 && joined === half) return { lowest: 8, upsample: 8 };
  // Two scales: features of the finer one and its depth join, or nothing but the backbone's first.
  if (scales === 2 && joined === half + quarter + BACKBONE[2] / 2 + 1) return { lowest: 4, upsample: 2 };
  if (scales === 2 && joined === half) return { lowest: 8, upsample: 4 };
  throw new CodedError(
    'depthsplat-variant',
    `"${weights.prefix}${name}" joins ${joined} channels with ${scales} scale${scales === 1 ? '' : 's'} of depth: none of the published DepthSplat networks does.`,
    'Use one of the files that the Models panel lists.',
  );
}

/** What both sides of the input are multiples of: windows, their halves and the U-Net's levels divide evenly. */
export const sideMultiple = ({ lowest }: DepthSplatConfig): number => 4 * lowest;
