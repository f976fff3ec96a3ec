import type { Size } from '../roma/matcher-config.ts';
import { publishedVitDepth, requireEqualCounts, requirePublishedDepth } from '../published-depth.ts';
import { STRIP_BYTES } from '../strips.ts';
import type { Weights } from '../weights.ts';
import { CodedError } from '../../core/errors.ts';
import type { Dinov3Config } from '../dinov3/state-dict.ts';
import { canonicalDinov3, readDinov3Config } from '../dinov3/state-dict.ts';

/** Strides of the refiners, coarsest first. */
export const REFINER_STRIDES = [4, 2, 1] as const;

/**
 * Which code the refiners were trained with. 2.0.0 correlated A's features with B's map already warped and sampled at the
 * warp once more; 2.0.1 mended that and trained the refiners anew. Nothing in the files tells them apart.
 */
export type Romav2Release = '2.0.0' | '2.0.1';

/** What a RoMa v2's tensors and options say of it. */
export interface Romav2Config {
  readonly descriptor: Dinov3Config;
  /** Blocks of the descriptor (from 0) that the matcher reads. */
  readonly taps: readonly [number, number];
  /** The transformer over both views. */
  readonly views: {
    readonly embedDim: number;
    readonly heads: number;
    readonly depth: number;
    readonly hiddenDim: number;
  };
  readonly head: {
    readonly channels: readonly number[];
    readonly features: number;
    readonly hidden: readonly [number, number];
  };
  /** Channels of the pyramid's features and of what the refiners keep of them, by stride. */
  readonly projections: Readonly<Record<number, { readonly from: number; readonly to: number }>>;
  readonly release: Romav2Release;
  /** Maps larger than this are computed in strips of rows. */
  readonly stripBytes: number;
}

export interface Romav2Options {
  readonly release?: Romav2Release;
  readonly stripBytes?: number;
}

/** Channels of one head of the transformer over both views. */
const HEAD_CHANNELS = 64;

/**
 * Reads a RoMa v2's sizes from its tensors' shapes.
 * @param weights scoped to the network: `f.*`, `matcher.*`, `refiners.*`, `refiner_features.*`
 * @throws CodedError where a tensor is missing or the parts do not fit each other
 */
export function readRomav2Config(weights: Weights, options: Romav2Options = {}): Romav2Config {
  const descriptor = readDinov3Config(weights.at('f'), 'official');
  const views = weights.at('matcher.mv_vit');
  const [embedDim, tapped] = views.shapeOf('projector.weight', 2);
  const head = weights.at('matcher.head');
  requirePublishedDepth(weights.at('f'), 'blocks', descriptor.depth, publishedVitDepth(descriptor.embedDim));
  const projections = Object.fromEntries(
    REFINER_STRIDES.map((stride) => {
      const [to, from] = weights.shapeOf(`refiners.${stride}.proj.weight`, 2);
      return [stride, { from, to }];
    }),
  );
  requireEqualCounts(
    REFINER_STRIDES.map((stride) => weights.at(`refiners.${stride}`)),
    'hidden_blocks',
  );
  if (tapped !== 2 * descriptor.embedDim || embedDim % HEAD_CHANNELS !== 0 || descriptor.depth < 4) {
    throw new CodedError(
      'architecture-unknown',
      `A matcher of ${embedDim} channels on ${tapped} features does not fit a descriptor of ${descriptor.embedDim} channels and ${descriptor.depth} blocks.`,
      'Check that the file is a whole RoMa v2 (romav2.0.1.pt).',
    );
  }
  return {
    descriptor,
    // Of 24 blocks the 11th and the 17th, counted from 0.
    taps: [Math.floor(descriptor.depth / 2) - 1, Math.floor((3 * descriptor.depth) / 4) - 1],
    views: {
      embedDim,
      heads: embedDim / HEAD_CHANNELS,
      depth: views.count('blocks'),
      hiddenDim: views.shapeOf('blocks.0.mlp.fc1.weight', 2)[0],
    },
    head: {
      channels: [0, 1, 2, 3].map((level) => head.shapeOf(`projects.${level}.weight`, 4)[0]),
      features: head.shapeOf('scratch.layer1_rn.weight', 4)[0],
      hidden: [head.shapeOf('scratch.output_conv1.weight', 4)[0], head.shapeOf('scratch.output_conv2.0.weight', 4)[0]],
    },
    projections,
    release: options.release ?? '2.0.1',
    stripBytes: options.stripBytes ?? STRIP_BYTES,
  };
}

/** The descriptor's weights under DINOv3's canonical names, as far as they are read. */
export function descriptorWeights(weights: Weights, { descriptor, taps }: Romav2Config): Weights {
  return canonicalDinov3(weights.at('f'), 'official', { ...descriptor, depth: taps[1] + 1 });
}

/** Rows and columns of patches. @throws CodedError `input-size` */
export function patchGrid({ descriptor: { patch } }: Romav2Config, [height, width]: Size): Size {
  if (height % patch === 0 && width % patch === 0) return [height / patch, width / patch];
  throw new CodedError(
    'input-size',
    `The input size ${width}×${height} is not a multiple of the patch, ${patch} pixels.`,
    `Choose a multiple of ${patch}.`,
  );
}
