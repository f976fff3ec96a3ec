import type { VerdictThresholds } from '../../models/manifest.ts';
import type { NetworkFamily } from '../family.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { depthWarnings } from '../published-depth.ts';
import { singlePassPlan, squareSize, stridedFeatures } from '../semi-dense/single-pass.ts';
import { findNetworks, Weights } from '../weights.ts';
import { LOFTR_CATALOG } from './catalog.ts';
import { readLoftrConfig } from './config.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';

/** Its square has about as many pixels as the authors' 640×480. */
const DEFAULT_SIDE = 560;
const MULTIPLE = 8;
/** The authors take cells from 0.2 on; the spread of their heat maps takes a part of that off. */
const VERDICT: VerdictThresholds = { certainty: 0.1, cycleShare: 0.015, none: 0.06, good: 0.3 };

export const loftrFamily: NetworkFamily = {
  name: 'loftr',
  title: 'LoFTR',
  label: 'Matcher (LoFTR)',
  kind: 'matcher',
  side: { byDefault: DEFAULT_SIDE, multiple: MULTIPLE },
  choices: ['heads', 'positionCode'],
  catalog: LOFTR_CATALOG,
  locate: (tensors) =>
    findNetworks(tensors, [
      'backbone.layer3_outconv.weight',
      'loftr_coarse.layers.0.q_proj.weight',
      'loftr_fine.layers.0.q_proj.weight',
      'fine_preprocess.down_proj.weight',
    ]),
  plan: planLoftr,
};

const POSITION_CODE_WARNING =
  'The file does not say which position code the network was trained with; the published one was taken, which outdoor_ds and indoor_ds need. For indoor_ds_new and most retrained networks say --position-code corrected.';

/** Plans encoder and decoder of LoFTR with dual softmax. */
export function planLoftr({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const weights = Weights.of(input.checkpoint.tensors, prefix);
  const config = readLoftrConfig(weights, { heads: options.heads, positions: options.positionCode });
  const size = squareSize(options, DEFAULT_SIDE, MULTIPLE);
  const [fine, middle, coarse] = config.widths;
  return {
    facts: [
      `LoFTR: ResNet and pyramid with ${fine}, ${middle} and ${coarse} channels at 2, 4 and 8`,
      `${config.layers} layers of linear attention on cells and ${config.fineLayers} on windows, ${config.heads} heads; ${config.positions} position code`,
    ],
    warnings: [
      ...(options.positionCode === undefined ? [POSITION_CODE_WARNING] : []),
      ...depthWarnings(
        ['layers of attention on cells', config.layers, coarse === 256 ? 8 : undefined],
        ['layers of attention on windows', config.fineLayers, fine === 128 ? 2 : undefined],
      ),
    ],
    weights: [weights],
    ...singlePassPlan(
      {
        name: input.name,
        size,
        multiple: MULTIPLE,
        features: stridedFeatures({ 2: fine, 8: coarse }),
        hasMatches: true,
        verdict: VERDICT,
        encoder: (g) => buildEncoder(g, weights.again(), config, size),
        decoder: (g, sizes) => buildDecoder(g, weights.again(), config, sizes),
      },
      options,
    ),
  };
}
