import { CodedError } from '../../core/errors.ts';
import type { CoarseDecoderConfig } from './coarse-decoder.ts';
import { readCoarseDecoderConfig } from './coarse-decoder.ts';
import type { GaussianProcessOptions } from './gp.ts';
import { requireEqualCounts } from '../published-depth.ts';
import { STRIP_BYTES } from '../strips.ts';
import type { VitConfig, VitOptions } from '../vit/vit-config.ts';
import { readVitConfig } from '../vit/vit-config.ts';
import type { Weights } from '../weights.ts';

/** Height and width in pixels. */
export type Size = readonly [number, number];

/** The name of the coarsest stride upstream; its cells are the ViT's patches, 14 pixels. */
export const COARSE_STRIDE = 16;

/** What two state dicts say of a matcher of the RoMa family (RoMa, L2M++). */
export interface MatcherConfig {
  readonly vit: VitConfig;
  readonly decoder: CoarseDecoderConfig;
  /** Channels of the Fourier features of position. */
  readonly gpDim: number;
  /** Channels of the encoder's features and of what the decoder keeps of them, by stride. */
  readonly projections: Readonly<Record<number, { readonly from: number; readonly to: number }>>;
  readonly gp: GaussianProcessOptions;
  /** Maps larger than this are computed in strips of rows. */
  readonly stripBytes: number;
}

/** What no shape tells. */
export interface MatcherOptions {
  /** Attention heads of the coarse decoder; 8 in the family. */
  readonly decoderHeads?: number;
  readonly vit?: VitOptions;
  readonly gp?: GaussianProcessOptions;
  /** 128 MiB, what every WebGPU device can bind, unless given. */
  readonly stripBytes?: number;
}

/**
 * Reads the sizes of a matcher from its tensors' shapes.
 * @throws CodedError where a tensor is missing or the two checkpoints do not belong together.
 */
export function readMatcherConfig(matcher: Weights, vitWeights: Weights, options: MatcherOptions = {}): MatcherConfig {
  const vit = readVitConfig(vitWeights, options.vit);
  const decoder = matcher.at('decoder');
  const strides = [COARSE_STRIDE, 8, 4, 2, 1];
  const projections = Object.fromEntries(
    strides.map((stride) => {
      const [to, from] = decoder.shapeOf(`proj.${stride}.0.weight`);
      return [stride, { from, to }];
    }),
  );
  const { from } = projections[COARSE_STRIDE];
  if (from !== vit.embedDim) {
    throw new CodedError(
      'matcher-vit-mismatch',
      `The matcher was trained on features of ${from} channels; the encoder file holds a ViT with ${vit.embedDim}.`,
      `Give the ViT that belongs to it (for L2M++: dinov2l_distilled.pth, 1024 channels).`,
    );
  }
  requireEqualCounts(
    strides.map((stride) => decoder.at(`conv_refiner.${stride}`)),
    'hidden_blocks',
  );
  return {
    vit,
    decoder: readCoarseDecoderConfig(decoder.at('embedding_decoder'), options.decoderHeads ?? 8),
    gpDim: decoder.shapeOf(`gps.${COARSE_STRIDE}.pos_conv.weight`)[0],
    projections,
    gp: options.gp ?? {},
    stripBytes: options.stripBytes ?? STRIP_BYTES,
  };
}

/** Size of the pyramid's map at a stride: pooling drops a last odd row or column. */
export function pyramidSize([height, width]: Size, stride: number): Size {
  return [Math.floor(height / stride), Math.floor(width / stride)];
}

/** Size of the coarsest map, the ViT's patches. */
export function coarsestSize({ vit: { patch } }: MatcherConfig, [height, width]: Size): Size {
  if (height % patch === 0 && width % patch === 0) return [height / patch, width / patch];
  throw new CodedError(
    'input-size',
    `The input size ${width}×${height} is not a multiple of the patch, ${patch} pixels.`,
    `Choose a multiple of ${patch}.`,
  );
}
