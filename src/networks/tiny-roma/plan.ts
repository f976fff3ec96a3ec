import type { VerdictThresholds } from '../../models/manifest.ts';
import type { NetworkFamily } from '../family.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { singlePassPlan, squareSize, stridedFeatures } from '../semi-dense/single-pass.ts';
import { findNetworks, Weights } from '../weights.ts';
import { TINY_ROMA_CATALOG } from './catalog.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';

const DEFAULT_SIDE = 640;
/** Down to a fifth block at stride 32. */
const MULTIPLE = 32;
const VERDICT: VerdictThresholds = { certainty: 0.2, cycleShare: 0.015, none: 0.06, good: 0.3 };

export const tinyRomaFamily: NetworkFamily = {
  name: 'tiny-roma',
  title: 'Tiny RoMa',
  label: 'Matcher (Tiny RoMa)',
  kind: 'matcher',
  side: { byDefault: DEFAULT_SIDE, multiple: MULTIPLE },
  choices: [],
  catalog: TINY_ROMA_CATALOG,
  locate: (tensors) =>
    findNetworks(tensors, ['coarse_matcher.0.layer.0.weight', 'fine_matcher.4.weight', 'xfeat.0.skip1.1.weight']),
  plan: planTinyRoma,
};

/** Plans encoder and decoder of Tiny RoMa v1. */
export function planTinyRoma({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = Weights.of(input.checkpoint.tensors, prefix);
  const size = squareSize(options, DEFAULT_SIDE, MULTIPLE);
  const [coarse] = weights.shapeOf('coarse_matcher.0.layer.0.weight');
  const [fine] = weights.shapeOf('fine_matcher.0.layer.0.weight');
  return {
    facts: [`Tiny RoMa: XFeat’s features at 8 and 4, refined by convolutions of ${coarse} and ${fine} channels`],
    weights: [weights],
    ...singlePassPlan(
      {
        name: input.name,
        size,
        multiple: MULTIPLE,
        features: stridedFeatures({ 4: 24, 8: 64 }),
        hasMatches: false,
        verdict: VERDICT,
        encoder: (g) => buildEncoder(g, weights.again(), size),
        decoder: (g, sizes) => buildDecoder(g, weights.again(), sizes),
      },
      options,
    ),
  };
}
