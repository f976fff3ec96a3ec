import { CodedError } from '../../core/errors.ts';
import type { NetworkFamily } from '../family.ts';
import type { ConversionOptions, ConversionPlan, LocatedNetwork } from '../plan.ts';
import { depthWarnings } from '../published-depth.ts';
import { singlePassPlan, squareSize } from '../semi-dense/single-pass.ts';
import { findNetworks, Weights } from '../weights.ts';
import { buildKeypointEncoder, KEYPOINT_DEFAULTS } from '../xfeat/keypoints.ts';
import {
  keypointCount,
  locateXfeat,
  SPARSE_FEATURES,
  SPARSE_MULTIPLE,
  SPARSE_SIDE,
  SPARSE_VERDICT,
  xfeatSparseFamily,
} from '../xfeat/sparse-plan.ts';
import { LIGHTERGLUE_CATALOG } from './catalog.ts';
import { buildGlueDecoder, readGlueConfig } from './matcher.ts';

/** Upstream prunes points on a GPU only above this many, and figures are given for GPUs. */
const PRUNED_ABOVE = 1536;

export const lighterGlueFamily: NetworkFamily = {
  name: 'lighterglue',
  title: 'LighterGlue',
  label: 'Matcher (XFeat + LighterGlue)',
  kind: 'matcher',
  side: { byDefault: SPARSE_SIDE, multiple: SPARSE_MULTIPLE },
  choices: ['keypoints'],
  needsBeside: 'LighterGlue matches the key points of XFeat. Drop xfeat.pt as well.',
  catalog: LIGHTERGLUE_CATALOG,
  locate: (tensors) =>
    findNetworks(tensors, ['posenc.Wr.weight', 'input_proj.weight', 'log_assignment.0.matchability.weight']),
  plan: planLighterGlue,
};

/** Older files say `self_attn.3` where newer ones say `transformers.3.self_attn`. */
const olderName = (name: string): string => name.replace(/^transformers\.(\d+)\.((?:self|cross)_attn)/, '$2.$1');

/** Plans XFeat's encoder and LighterGlue's decoder. */
export function planLighterGlue(
  network: LocatedNetwork,
  options: ConversionOptions,
  found: readonly LocatedNetwork[],
): ConversionPlan {
  const { tensors } = network.input.checkpoint;
  const isOlder = tensors.has(`${network.prefix}self_attn.0.Wqkv.weight`);
  const glue = Weights.of(tensors, network.prefix, isOlder ? olderName : undefined);
  const { weights: xfeat, warning } = xfeatBeside(network, found);
  const size = squareSize(options, SPARSE_SIDE, SPARSE_MULTIPLE);
  const count = keypointCount(options);
  const config = readGlueConfig(glue);
  const prune = count > PRUNED_ABOVE;
  return {
    facts: [
      `LighterGlue: ${config.layers} layers of ${config.dim} channels, ${config.heads} head${config.heads > 1 ? 's' : ''}, over the ${count} best key points of XFeat`,
      prune
        ? `Points that seem to have no match are left out of later layers, as upstream does above ${PRUNED_ABOVE}`
        : `All points stay in all layers, as upstream has it on a GPU up to ${PRUNED_ABOVE} points`,
    ],
    warnings: [
      ...(warning ? [warning] : []),
      ...depthWarnings(['layers', config.layers, config.dim === 96 ? 6 : undefined]),
    ],
    weights: [glue, xfeat],
    ...singlePassPlan(
      {
        name: network.input.name,
        size,
        multiple: SPARSE_MULTIPLE,
        features: SPARSE_FEATURES,
        hasMatches: true,
        verdict: SPARSE_VERDICT,
        encoder: (g) => buildKeypointEncoder(g, xfeat.again(), size, { ...KEYPOINT_DEFAULTS, count }),
        decoder: (g, sizes) => buildGlueDecoder(g, glue.again(), sizes, { count, prune }),
      },
      options,
    ),
  };
}

/** XFeat out of a file of its own, which the published code takes; else the copy in LighterGlue's. */
function xfeatBeside(
  network: LocatedNetwork,
  found: readonly LocatedNetwork[],
): { weights: Weights; warning?: string } {
  const beside = found.find(({ family, input }) => family === xfeatSparseFamily && input !== network.input);
  if (beside) return { weights: Weights.of(beside.input.checkpoint.tensors, beside.prefix) };
  const { tensors } = network.input.checkpoint;
  const [prefix] = locateXfeat(tensors);
  if (prefix !== undefined) {
    return {
      weights: Weights.of(tensors, prefix),
      warning:
        'XFeat is taken from this file (extractor.model.net); the published code takes xfeat.pt, which may differ. Give both files to be sure.',
    };
  }
  throw new CodedError(
    'matcher-without-keypoints',
    `${network.input.name} is LighterGlue without XFeat, whose key points it matches.`,
    'Give both files: xfeat-lighterglue.pt and xfeat.pt.',
  );
}
