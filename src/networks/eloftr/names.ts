/** One line of a renaming: the authors' spelling and what takes its place. */
type Rule = readonly [pattern: RegExp, replacement: string | ((...groups: string[]) => string)];

/** transformers counts a self and a cross layer as one. */
const layer = (_: string, index: string): string =>
  `efficientloftr.local_feature_transformer.layers.${Math.floor(Number(index) / 2)}.${Number(index) % 2 === 0 ? 'self' : 'cross'}_attention.`;

/** All that apply to a name do, in this order. */
const RULES: readonly Rule[] = [
  [/^backbone\.layer0\./, 'efficientloftr.backbone.stages.0.blocks.0.'],
  [/^backbone\.layer(\d+)\.(\d+)\./, 'efficientloftr.backbone.stages.$1.blocks.$2.'],
  [/\.rbr_dense\.conv\./, '.conv1.conv.'],
  [/\.rbr_dense\.bn\./, '.conv1.norm.'],
  [/\.rbr_1x1\.conv\./, '.conv2.conv.'],
  [/\.rbr_1x1\.bn\./, '.conv2.norm.'],
  [/\.rbr_identity\./, '.identity.'],
  [/^loftr_coarse\.layers\.(\d+)\./, layer],
  [/_attention\.aggregate\./, '_attention.aggregation.q_aggregation.'],
  [/_attention\.norm1\./, '_attention.aggregation.norm.'],
  [/_attention\.norm2\./, '_attention.mlp.layer_norm.'],
  [/_attention\.([qkv]_proj)\./, '_attention.attention.$1.'],
  [/_attention\.merge\./, '_attention.attention.o_proj.'],
  [/_attention\.mlp\.0\./, '_attention.mlp.fc1.'],
  [/_attention\.mlp\.2\./, '_attention.mlp.fc2.'],
  [/^fine_preprocess\.layer3_outconv\./, 'refinement_layer.out_conv.'],
  [/^fine_preprocess\.layer2_/, 'refinement_layer.out_conv_layers.0.'],
  [/^fine_preprocess\.layer1_/, 'refinement_layer.out_conv_layers.1.'],
  [/\.outconv2\.0\./, '.out_conv2.'],
  [/\.outconv2\.1\./, '.batch_norm.'],
  [/\.outconv2\.3\./, '.out_conv3.'],
  [/\.outconv\./, '.out_conv1.'],
];

/**
 * The name that Hugging Face's transformers (models/efficientloftr) gives a tensor that the authors call `name`.
 * Shapes are the same; nothing is transposed.
 */
export function transformersName(name: string): string {
  return RULES.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement as string), name);
}

/** Tensors that only EfficientLoFTR has (LoFTR's layers aggregate nothing), in the authors' spelling. */
export const MARKS = ['loftr_coarse.layers.0.aggregate.weight', 'fine_preprocess.layer3_outconv.weight'] as const;
