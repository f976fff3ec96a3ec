import type { VerdictThresholds } from '../../models/manifest.ts';
import { MANIFEST_SCHEMA } from '../../models/manifest.ts';
import type { NetworkFamily } from '../family.ts';
import { describeModel } from '../identity.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { newGraph } from '../plan.ts';
import { singlePass, squareInput, squareSize, stridedFeatures } from '../semi-dense/single-pass.ts';
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
  const [encoder, decoder] = [newGraph('encoder', options), newGraph('decoder', options)];
  buildEncoder(encoder, weights.again(), size);
  buildDecoder(decoder, weights.again(), { a: size, b: size });
  const [coarse] = weights.shapeOf('coarse_matcher.0.layer.0.weight');
  const [fine] = weights.shapeOf('fine_matcher.0.layer.0.weight');
  return {
    facts: [`Tiny RoMa: XFeat’s features at 8 and 4, refined by convolutions of ${coarse} and ${fine} channels`],
    graphs: [
      { file: 'encoder', graph: encoder },
      { file: 'decoder', graph: decoder },
    ],
    weights: [weights],
    manifest: (files) => ({
      schema: MANIFEST_SCHEMA,
      ...describeModel(input.name, options),
      passes: [singlePass(squareInput(size, MULTIPLE), stridedFeatures({ 4: 24, 8: 64 }), files, false)],
      verdict: VERDICT,
    }),
  };
}
