import type { Dinov3Size } from '../dinov3/published-shapes.ts';
import { DINOV3_SIZES, dinov3Shapes } from '../dinov3/published-shapes.ts';
import type { NamedShape } from '../published-shapes.ts';

const affine = (name: string, shape: readonly number[]): NamedShape[] => [
  [`${name}.weight`, shape],
  [`${name}.bias`, [shape[0]]],
];
const norm = (name: string, channels: number): NamedShape[] => affine(name, [channels]);
const batchNorm = (name: string, channels: number): NamedShape[] => [
  ...norm(name, channels),
  [`${name}.running_mean`, [channels]],
  [`${name}.running_var`, [channels]],
  [`${name}.num_batches_tracked`, []],
];

/** Stride, features, kept features, embedded displacement, hidden channels. */
const REFINERS = [
  [4, 256, 192, 79, 512],
  [2, 128, 48, 23, 128],
  [1, 64, 12, 8, 32],
] as const;

/** Sizes of the published file; smaller ones for tests. */
const PUBLISHED = {
  descriptor: DINOV3_SIZES.L as Dinov3Size,
  views: { embedDim: 768, depth: 12 },
  hiddenBlocks: 8,
};

/** Names and shapes of `romav2.0.1.pt` (and of `romav2.pt`): 907 tensors, 1.0956 GB as stored. */
export function romav2Shapes(sizes: Partial<typeof PUBLISHED> = {}): NamedShape[] {
  const { descriptor, views, hiddenBlocks } = { ...PUBLISHED, ...sizes };
  return [
    ...dinov3Shapes(descriptor, 'f.'),
    ...matcher(descriptor.embedDim, views),
    ...REFINERS.flatMap((one) => refiner(one, hiddenBlocks)),
    ...pyramid(),
  ];
}

/** Whether the published file stores a tensor in bfloat16. */
export const isBfloat16 = (name: string): boolean => name.startsWith('f.') || name.endsWith('rope_embed.periods');

function matcher(width: number, { embedDim, depth }: (typeof PUBLISHED)['views']): NamedShape[] {
  const at = 'matcher.mv_vit';
  const blocks = Array.from({ length: depth }, (_, i): NamedShape[] => [
    ...norm(`${at}.blocks.${i}.norm1`, embedDim),
    ...affine(`${at}.blocks.${i}.attn.qkv`, [3 * embedDim, embedDim]),
    ...affine(`${at}.blocks.${i}.attn.proj`, [embedDim, embedDim]),
    ...norm(`${at}.blocks.${i}.norm2`, embedDim),
    ...affine(`${at}.blocks.${i}.mlp.fc1`, [4 * embedDim, embedDim]),
    ...affine(`${at}.blocks.${i}.mlp.fc2`, [embedDim, 4 * embedDim]),
  ]);
  return [
    ['matcher.omega', [width / 2, 2]],
    ['matcher.scale', []],
    ['matcher.temp', []],
    ...affine(`${at}.projector`, [embedDim, 2 * width]),
    ...affine(`${at}.output_projector`, [width, embedDim]),
    ...blocks.flat(),
    ...norm(`${at}.norm`, embedDim),
    [`${at}.rope_embed.periods`, [16]],
    ...head(width),
  ];
}

function head(width: number): NamedShape[] {
  const at = 'matcher.head';
  const channels = [256, 512, 1024, 1024];
  const scratch = `${at}.scratch`;
  const unit = (name: string): NamedShape[] =>
    ['conv1', 'conv2'].flatMap((conv) => affine(`${name}.${conv}`, [256, 256, 3, 3]));
  return [
    ...norm(`${at}.norm`, width),
    ...channels.flatMap((out, i) => affine(`${at}.projects.${i}`, [out, width, 1, 1])),
    ...affine(`${at}.resize_layers.0`, [256, 256, 4, 4]),
    ...affine(`${at}.resize_layers.1`, [512, 512, 2, 2]),
    ...affine(`${at}.resize_layers.3`, [1024, 1024, 3, 3]),
    ...channels.map((from, i): NamedShape => [`${scratch}.layer${i + 1}_rn.weight`, [256, from, 3, 3]]),
    ...[1, 2, 3, 4].flatMap((level): NamedShape[] => [
      ...affine(`${scratch}.refinenet${level}.out_conv`, [256, 256, 1, 1]),
      ...(level < 4 ? unit(`${scratch}.refinenet${level}.resConfUnit1`) : []),
      ...unit(`${scratch}.refinenet${level}.resConfUnit2`),
    ]),
    ...affine(`${scratch}.output_conv1`, [128, 256, 3, 3]),
    ...affine(`${scratch}.output_conv2.0`, [32, 128, 3, 3]),
    ...affine(`${scratch}.output_conv2.2`, [3, 32, 1, 1]),
  ];
}

function refiner([stride, from, to, embedded, hidden]: (typeof REFINERS)[number], hiddenBlocks: number): NamedShape[] {
  const at = `refiners.${stride}`;
  const block = (name: string): NamedShape[] => [
    ...affine(`${at}.${name}.conv_depthwise`, [hidden, 1, 5, 5]),
    ...batchNorm(`${at}.${name}.norm`, hidden),
    ...affine(`${at}.${name}.conv_pointwise`, [hidden, hidden, 1, 1]),
  ];
  return [
    ...affine(`${at}.proj`, [to, from]),
    ...block('block1'),
    ...Array.from({ length: hiddenBlocks }, (_, i) => block(`hidden_blocks.${i}`)).flat(),
    ...affine(`${at}.disp_emb`, [embedded, 2, 1, 1]),
    ...affine(`${at}.warp_head`, [2, hidden, 1, 1]),
    ...affine(`${at}.confidence_head`, [4, hidden, 1, 1]),
  ];
}

/** VGG-19 with norms up to its third pooling. */
function pyramid(): NamedShape[] {
  const shapes: NamedShape[] = [];
  let index = 0;
  let inputs = 3;
  for (const [count, channels] of [
    [2, 64],
    [2, 128],
    [4, 256],
  ]) {
    for (let i = 0; i < count; i += 1) {
      shapes.push(...affine(`refiner_features.layers.${index}`, [channels, inputs, 3, 3]));
      shapes.push(...batchNorm(`refiner_features.layers.${index + 1}`, channels));
      inputs = channels;
      index += 3;
    }
    index += 1;
  }
  return shapes;
}
