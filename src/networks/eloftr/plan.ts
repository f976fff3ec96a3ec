import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { VerdictThresholds } from '../../models/manifest.ts';
import type { NetworkFamily } from '../family.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { depthWarnings } from '../published-depth.ts';
import { singlePassPlan, squareSize, stridedFeatures } from '../semi-dense/single-pass.ts';
import { findNetworks, Weights } from '../weights.ts';
import { ELOFTR_CATALOG } from './catalog.ts';
import { readEloftrConfig } from './config.ts';
import { BLOCK_MARKS } from './backbone.ts';
import { buildDecoder, buildEncoder } from './matcher.ts';
import { MARKS, transformersName } from './names.ts';

/** The multiple of 32 whose square has about as many pixels as the authors' 640×480. */
const DEFAULT_SIDE = 576;
/** Attention reads 4×4 cells of 8 pixels. */
const MULTIPLE = 32;

/**
 * A pixel's certainty is its cell's confidence times how it compares with the best of its cell. The authors take
 * cells from 0.2 on, MatchAnything from 0.1; half of the cell's pixels should count where its best one does.
 */
const VERDICT: VerdictThresholds = { certainty: 0.1, cycleShare: 0.015, none: 0.06, good: 0.3 };

type Tensors = ReadonlyMap<string, CheckpointTensor>;

const byAuthors = (tensors: Tensors): string[] => findNetworks(tensors, MARKS);

export const eloftrFamily: NetworkFamily = {
  name: 'eloftr',
  title: 'EfficientLoFTR',
  label: 'Matcher (EfficientLoFTR)',
  kind: 'matcher',
  side: { byDefault: DEFAULT_SIDE, multiple: MULTIPLE },
  choices: ['heads'],
  catalog: ELOFTR_CATALOG,
  locate: (tensors) => [...byAuthors(tensors), ...findNetworks(tensors, MARKS.map(transformersName))],
  plan: planEloftr,
};

/** Plans encoder and decoder from a state dict in the authors' names, fused or not, or in transformers'. */
export function planEloftr({ input, prefix }: LocatedNetwork, options: ConversionOptions): ConversionPlan {
  const { tensors } = input.checkpoint;
  const isAuthors = byAuthors(tensors).includes(prefix);
  const weights = Weights.of(tensors, prefix, isAuthors ? undefined : transformersName);
  const config = readEloftrConfig(weights, { heads: options.heads });
  const size = squareSize(options, DEFAULT_SIDE, MULTIPLE);
  const [fine, middle, coarse] = config.widths;
  const form = weights.has('backbone.layer0.rbr_reparam.weight') ? 'fused' : 'three branches, fused here';
  return {
    facts: [
      `EfficientLoFTR under ${isAuthors ? 'its authors’' : 'transformers’'} names: RepVGG (${form}) with ${fine}, ${middle} and ${coarse} channels at 2, 4 and 8`,
      `${config.layers} layers of attention with ${config.heads} heads; matches from ${config.threshold} on, ${config.border} cells of border left out`,
    ],
    warnings: depthWarnings(
      ['layers of attention', config.layers, coarse === 256 ? 8 : undefined],
      ...[2, 4, 14].map((published, i) => {
        const blocks = weights.count(`backbone.layer${i + 1}`, BLOCK_MARKS);
        return [`blocks at stride ${2 ** (i + 1)}`, blocks, coarse === 256 ? published : undefined] as const;
      }),
    ),
    weights: [weights],
    ...singlePassPlan(
      {
        name: input.name,
        size,
        multiple: MULTIPLE,
        features: stridedFeatures({ 2: fine, 4: middle, 8: coarse }),
        hasMatches: true,
        verdict: VERDICT,
        encoder: (g) => buildEncoder(g, weights.again(), size),
        decoder: (g, sizes) => buildDecoder(g, weights.again(), config, sizes),
      },
      options,
    ),
  };
}
