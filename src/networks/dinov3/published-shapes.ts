import type { NamedShape } from '../published-shapes.ts';

/** Width, depth and feed-forward of a published DINOv3. */
export interface Dinov3Size {
  readonly embedDim: number;
  readonly depth: number;
  readonly hiddenDim: number;
  readonly isGated: boolean;
}

/** The published sizes with heads of 64 channels. */
export const DINOV3_SIZES = {
  S: { embedDim: 384, depth: 12, hiddenDim: 1536, isGated: false },
  'S+': { embedDim: 384, depth: 12, hiddenDim: 1536, isGated: true },
  B: { embedDim: 768, depth: 12, hiddenDim: 3072, isGated: false },
  L: { embedDim: 1024, depth: 24, hiddenDim: 4096, isGated: false },
  'H+': { embedDim: 1280, depth: 32, hiddenDim: 5120, isGated: true },
} as const satisfies Record<string, Dinov3Size>;

const linear = (name: string, out: number, inputs: number): NamedShape[] => [
  [`${name}.weight`, [out, inputs]],
  [`${name}.bias`, [out]],
];

/** Names and shapes of Meta's files, in file order. */
export function dinov3Shapes({ embedDim, depth, hiddenDim, isGated }: Dinov3Size, prefix = ''): NamedShape[] {
  const norm = (name: string): NamedShape[] => [
    [`${name}.weight`, [embedDim]],
    [`${name}.bias`, [embedDim]],
  ];
  const blocks = Array.from({ length: depth }, (_, i): NamedShape[] => [
    ...norm(`blocks.${i}.norm1`),
    ...linear(`blocks.${i}.attn.qkv`, 3 * embedDim, embedDim),
    [`blocks.${i}.attn.qkv.bias_mask`, [3 * embedDim]],
    ...linear(`blocks.${i}.attn.proj`, embedDim, embedDim),
    [`blocks.${i}.ls1.gamma`, [embedDim]],
    ...norm(`blocks.${i}.norm2`),
    ...(isGated
      ? [
          ...linear(`blocks.${i}.mlp.w1`, hiddenDim, embedDim),
          ...linear(`blocks.${i}.mlp.w2`, hiddenDim, embedDim),
          ...linear(`blocks.${i}.mlp.w3`, embedDim, hiddenDim),
        ]
      : [...linear(`blocks.${i}.mlp.fc1`, hiddenDim, embedDim), ...linear(`blocks.${i}.mlp.fc2`, embedDim, hiddenDim)]),
    [`blocks.${i}.ls2.gamma`, [embedDim]],
  ]);
  const shapes: NamedShape[] = [
    ['cls_token', [1, 1, embedDim]],
    ['storage_tokens', [1, 4, embedDim]],
    ['mask_token', [1, embedDim]],
    ['patch_embed.proj.weight', [embedDim, 3, 16, 16]],
    ['patch_embed.proj.bias', [embedDim]],
    ['rope_embed.periods', [16]],
    ...blocks.flat(),
    ...norm('norm'),
  ];
  return shapes.map(([name, shape]) => [prefix + name, shape]);
}

/** timm's plain files: no biases of queries, keys and values, no mask token, no periods. */
export function timmDinov3Shapes(size: Dinov3Size): NamedShape[] {
  return dinov3Shapes(size)
    .filter(([name]) => !/mask|qkv\.bias|rope_embed/.test(name))
    .map(([name, shape]) => [
      name
        .replace('storage_tokens', 'reg_token')
        .replace(/ls([12])\.gamma/, 'gamma_$1')
        .replace('mlp.w1', 'mlp.fc1_g')
        .replace('mlp.w2', 'mlp.fc1_x')
        .replace('mlp.w3', 'mlp.fc2'),
      shape,
    ]);
}
