import type { VerdictThresholds } from '../../models/manifest.ts';
import type { NetworkFamily } from '../family.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { singlePassPlan, squareSize } from '../semi-dense/single-pass.ts';
import { findNetworks, Weights } from '../weights.ts';
import { XFEAT_CATALOG } from './catalog.ts';
import { buildDecoder, buildEncoder, cellCount, STAR_DEFAULTS } from './star.ts';

/** Similarities grow with the fourth power of the side; at 480 both directions cost about a tenth of EfficientLoFTR's. */
const DEFAULT_SIDE = 480;
const MULTIPLE = 32;
/** The authors take matches from 0.25 on; between cells certainty is interpolated towards its neighbours'. */
const VERDICT: VerdictThresholds = { certainty: 0.15, cycleShare: 0.02, none: 0.06, good: 0.3 };

/** Cells of two scales one after the other, no maps: no stride that Compare would lay them out by. */
const FEATURES = [
  { name: 'descriptors', stride: 1, channels: 64 },
  { name: 'reliability', stride: 1, channels: 1 },
];

export const xfeatFamily: NetworkFamily = {
  name: 'xfeat',
  title: 'XFeat',
  label: 'Matcher (XFeat)',
  kind: 'matcher',
  side: { byDefault: DEFAULT_SIDE, multiple: MULTIPLE },
  choices: [],
  catalog: XFEAT_CATALOG,
  locate: (tensors) => findNetworks(tensors, ['skip1.1.weight', 'heatmap_head.2.weight', 'fine_matcher.12.weight']),
  plan: planXfeat,
};

/** Plans encoder and decoder of XFeat's semi-dense matching. */
export function planXfeat({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = Weights.of(input.checkpoint.tensors, prefix);
  const size = squareSize(options, DEFAULT_SIDE, MULTIPLE);
  return {
    facts: [
      `XFeat, semi-dense: ${cellCount(size)} cells at two scales, the ${STAR_DEFAULTS.topK} most reliable are matched and placed within their cells`,
      'The head for sparse key points is not needed and left out',
    ],
    weights: [weights],
    ...singlePassPlan(
      {
        name: input.name,
        size,
        multiple: MULTIPLE,
        features: FEATURES,
        hasMatches: true,
        verdict: VERDICT,
        encoder: (g) => buildEncoder(g, weights.again(), size),
        decoder: (g, sizes) => buildDecoder(g, weights.again(), sizes),
      },
      options,
    ),
  };
}
