import type { FeatureManifest, VerdictThresholds } from '../../models/manifest.ts';
import { CodedError } from '../../core/errors.ts';
import type { NetworkFamily } from '../family.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { singlePassPlan, squareSize } from '../semi-dense/single-pass.ts';
import { findNetworks, Weights } from '../weights.ts';
import { XFEAT_SPARSE_CATALOG } from './catalog.ts';
import { buildKeypointEncoder, DESCRIPTOR_CHANNELS, KEYPOINT_DEFAULTS } from './keypoints.ts';
import { buildSparseDecoder } from './sparse.ts';

/** The side that LighterGlue's figures with 1,300 key points are given for. */
export const SPARSE_SIDE = 640;
export const SPARSE_MULTIPLE = 32;
/** A field made of scattered matches is certain near them only. */
export const SPARSE_VERDICT: VerdictThresholds = { certainty: 0.15, cycleShare: 0.02, none: 0.06, good: 0.3 };
/** Similarities of more would not fit a buffer of 128 MiB, and the authors take no more. */
const MOST_KEYPOINTS = 4096;

/** Lists of key points, no maps: no stride that Compare would lay them out by. */
export const SPARSE_FEATURES: FeatureManifest[] = [
  { name: 'keypoints', stride: 1, channels: 2 },
  { name: 'descriptors', stride: 1, channels: DESCRIPTOR_CHANNELS },
  { name: 'scores', stride: 1, channels: 1 },
];

export const xfeatSparseFamily: NetworkFamily = {
  name: 'xfeat-sparse',
  title: 'XFeat (key points)',
  label: 'Matcher (XFeat, key points)',
  kind: 'matcher',
  side: { byDefault: SPARSE_SIDE, multiple: SPARSE_MULTIPLE },
  choices: ['keypoints'],
  catalog: XFEAT_SPARSE_CATALOG,
  locate: locateXfeat,
  plan: planSparse,
};

/** Where XFeat with its head for key points sits in a state dict. */
export function locateXfeat(tensors: Parameters<NetworkFamily['locate']>[0]): string[] {
  return findNetworks(tensors, ['skip1.1.weight', 'heatmap_head.2.weight', 'keypoint_head.3.weight']);
}

/**
 * How many key points a photo has at most.
 * @throws CodedError `keypoint-count`
 */
export function keypointCount({ keypoints = KEYPOINT_DEFAULTS.count }: ConversionOptions): number {
  if (Number.isInteger(keypoints) && keypoints >= 16 && keypoints <= MOST_KEYPOINTS) return keypoints;
  throw new CodedError(
    'keypoint-count',
    `${keypoints} key points are not possible: 16 to ${MOST_KEYPOINTS} are, so that no buffer is above 128 MiB.`,
    `Give a number in that range; ${KEYPOINT_DEFAULTS.count} is what LighterGlue was measured with.`,
  );
}

/** Plans encoder and decoder of XFeat's sparse matching by mutual nearest descriptors. */
function planSparse({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = Weights.of(input.checkpoint.tensors, prefix);
  const size = squareSize(options, SPARSE_SIDE, SPARSE_MULTIPLE);
  const count = keypointCount(options);
  return {
    facts: [
      `XFeat, sparse: the ${count} best key points of each photo, mutual nearest descriptors`,
      'The network for places within cells is not needed and left out',
    ],
    weights: [weights],
    ...singlePassPlan(
      {
        name: input.name,
        size,
        multiple: SPARSE_MULTIPLE,
        features: SPARSE_FEATURES,
        hasMatches: true,
        verdict: SPARSE_VERDICT,
        encoder: (g) => buildKeypointEncoder(g, weights.again(), size, { ...KEYPOINT_DEFAULTS, count }),
        decoder: (g, sizes) => buildSparseDecoder(g, sizes, count),
      },
      options,
    ),
  };
}
