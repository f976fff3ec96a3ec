import type { NamedShape } from '../published-shapes.ts';
import { vitShapes } from '../published-shapes.ts';

/** One of the published networks: scales / lowest resolution, and the ViT's size. */
export interface Variant {
  readonly scales: 1 | 2;
  readonly lowest: 4 | 8;
  readonly vit: 'S' | 'B' | 'L';
  /** Width of the ViT where it is not that of its size, for small ones. */
  readonly embedDim?: number;
  readonly depth?: number;
  readonly positions?: number;
  /** Whether there are Gaussians' heads. */
  readonly gaussians?: boolean;
}

const SIZES = {
  S: { embedDim: 384, depth: 12, dpt: [48, 96, 192, 384], path: 32, features: 64 },
  B: { embedDim: 768, depth: 12, dpt: [96, 192, 384, 768], path: 48, features: 96 },
  L: { embedDim: 1024, depth: 24, dpt: [128, 256, 512, 1024], path: 64, features: 128 },
} as const;

const conv = (name: string, out: number, inputs: number, side: number, bias = true): NamedShape[] => [
  [`${name}.weight`, [out, inputs, side, side]],
  ...(bias ? ([[`${name}.bias`, [out]]] satisfies NamedShape[]) : []),
];
const norm = (name: string, channels: number): NamedShape[] => [
  [`${name}.weight`, [channels]],
  [`${name}.bias`, [channels]],
];

/** Names and shapes of a DepthSplat as its Lightning file has them, without the prefix `encoder.`; order as in the file. */
export function depthsplatShapes(variant: Variant): NamedShape[] {
  const { features } = SIZES[variant.vit];
  const inner = predictorShapes(variant).map(([name, shape]): NamedShape => [`depth_predictor.${name}`, shape]);
  if (variant.gaussians === false) return inner;
  return [
    ...inner,
    ...dptShapes('feature_upsampler', variant, features, 0),
    ...conv('gaussian_regressor.0', 64, features + 5, 3),
    ...conv('gaussian_regressor.2', 64, 64, 3),
    ...conv('gaussian_head.0', 37, features + 68, 3),
    ...conv('gaussian_head.2', 37, 37, 3),
  ];
}

/** The depth predictor alone, as the depth files hold it under `model`. */
export function predictorShapes(variant: Variant): NamedShape[] {
  const { scales, vit } = variant;
  const size = SIZES[vit];
  const embedDim = variant.embedDim ?? size.embedDim;
  const tokens = vitShapes({ embedDim, depth: variant.depth ?? size.depth, positions: variant.positions ?? 1370 })
    .filter(([name]) => name !== 'mask_token')
    .map(([name, shape]): NamedShape => [`pretrained.${name}`, shape]);
  const pyramid = (name: string, channels: number): NamedShape[] => [
    [`${name}.stages.1.0.weight`, [channels, channels / 2, 2, 2]],
    [`${name}.stages.1.0.bias`, [channels / 2]],
    ...conv(`${name}.stages.1.2`, channels / 2, channels / 2, 3),
  ];
  const indices = Array.from({ length: scales }, (_, i) => i);
  const joined = (i: number): number => (i === 0 ? 384 + embedDim : 192 + embedDim / 2);
  return [
    ...backboneShapes(),
    ...transformerShapes(),
    ...(scales === 2 ? pyramid('mv_pyramid', 128) : []),
    ...tokens,
    ...(scales === 2 ? pyramid('mono_pyramid', embedDim) : []),
    ...indices.flatMap((i) => regressorShapes(`regressor.${i}`, 128 / 2 ** i, joined(i), 3 + i)),
    ...indices.flatMap((i) => conv(`regressor_residual.${i}`, 128 / 2 ** i, joined(i), 1)),
    ...indices.flatMap((i) => [
      ...conv(`depth_head.${i}.0`, 256 / 2 ** i, 128 / 2 ** i, 3),
      ...conv(`depth_head.${i}.2`, i === 0 ? 128 : 32, 256 / 2 ** i, 3),
    ]),
    ...dptShapes('upsampler', variant, size.path, 1),
    ...conv('upsampler.scratch.output_conv.0', size.path / 2, size.path, 3),
    ...conv('upsampler.scratch.output_conv.2', 16, size.path / 2, 3),
    ...conv('upsampler.scratch.output_conv.4', 1, 16, 1),
  ];
}

function backboneShapes(): NamedShape[] {
  const at = (name: string) => `backbone.${name}`;
  const block = (name: string, out: number, inputs: number): NamedShape[] => [
    ...conv(at(`${name}.conv1`), out, inputs, 3, false),
    ...conv(at(`${name}.conv2`), out, out, 3, false),
    ...(out === inputs ? [] : conv(at(`${name}.downsample.0`), out, inputs, 1)),
  ];
  return [
    ...conv(at('conv1'), 64, 3, 7, false),
    ...(
      [
        ['layer1', 64, 64],
        ['layer2', 96, 64],
        ['layer3', 128, 96],
      ] as const
    ).flatMap(([name, out, inputs]) => [...block(`${name}.0`, out, inputs), ...block(`${name}.1`, out, out)]),
    ...conv(at('conv2'), 128, 128, 1),
  ];
}

function transformerShapes(): NamedShape[] {
  return Array.from({ length: 6 }, (_, i): NamedShape[] => {
    const part = (name: string): NamedShape[] => {
      const at = `transformer.layers.${i}.${name}`;
      const square = ['q_proj', 'k_proj', 'v_proj', 'merge'].map(
        (key): NamedShape => [`${at}.${key}.weight`, [128, 128]],
      );
      return [...square, ...norm(`${at}.norm1`, 128)];
    };
    const cross = `transformer.layers.${i}.cross_attn_ffn`;
    return [
      ...part('self_attn'),
      ...part('cross_attn_ffn'),
      [`${cross}.mlp.0.weight`, [1024, 256]],
      [`${cross}.mlp.2.weight`, [128, 1024]],
      ...norm(`${cross}.norm2`, 128),
    ];
  }).flat();
}

function regressorShapes(at: string, channels: number, joined: number, levels: number): NamedShape[] {
  const unet = `${at}.3`;
  const res = (name: string, inputs: number): NamedShape[] => [
    ...norm(`${unet}.${name}.in_layers.0`, inputs),
    ...conv(`${unet}.${name}.in_layers.2`, channels, inputs, 3),
    ...norm(`${unet}.${name}.out_layers.0`, channels),
    ...conv(`${unet}.${name}.out_layers.3`, channels, channels, 3),
    ...(inputs === channels ? [] : conv(`${unet}.${name}.skip_connection`, channels, inputs, 1)),
  ];
  const attention = (name: string): NamedShape[] => [
    [`${unet}.${name}.qkv.weight`, [3 * channels, channels, 1]],
    [`${unet}.${name}.qkv.bias`, [3 * channels]],
    ...norm(`${unet}.${name}.norm`, channels),
    [`${unet}.${name}.proj_out.weight`, [channels, channels, 1]],
    [`${unet}.${name}.proj_out.bias`, [channels]],
  ];
  const down = Array.from({ length: levels }, (_, level): NamedShape[] => [
    ...res(`input_blocks.${2 * level + 1}.0`, channels),
    ...(level === levels - 1
      ? attention(`input_blocks.${2 * level + 1}.1`)
      : conv(`${unet}.input_blocks.${2 * level + 2}.0.op`, channels, channels, 3)),
  ]);
  const up = Array.from({ length: 2 * levels }, (_, block): NamedShape[] => [
    ...res(`output_blocks.${block}.0`, 2 * channels),
    ...(block < 2 ? attention(`output_blocks.${block}.1`) : []),
    ...(block % 2 === 1 && block < 2 * levels - 1
      ? conv(`${unet}.output_blocks.${block}.${block < 2 ? 2 : 1}.conv`, channels, channels, 3)
      : []),
  ]);
  return [
    ...conv(`${at}.0`, channels, joined, 3),
    ...norm(`${at}.1`, channels),
    ...conv(`${unet}.input_blocks.0.0`, channels, channels, 3),
    ...down.flat(),
    ...res('middle_block.0', channels),
    ...res('middle_block.2', channels),
    ...up.flat(),
    ...norm(`${unet}.out.0`, channels),
    ...conv(`${unet}.out.2`, channels, channels, 3),
    ...conv(`${at}.4`, channels, channels, 3),
  ];
}

function dptShapes(at: string, variant: Variant, path: number, depth: number): NamedShape[] {
  const { scales, lowest, vit } = variant;
  const embedDim = variant.embedDim ?? SIZES[vit].embedDim;
  const out = SIZES[vit].dpt;
  const beside =
    scales === 1
      ? lowest === 4
        ? [160, 256 + depth, 0]
        : [64, 96, 256 + depth]
      : lowest === 4
        ? [224 + depth, 256, 0]
        : [64, 160 + depth, 256];
  const unit = (name: string): NamedShape[] => [
    ...conv(`${name}.conv1`, path, path, 3),
    ...conv(`${name}.conv2`, path, path, 3),
  ];
  return [
    ...beside.flatMap((channels, i) => conv(`${at}.concat_projects.${i}`, out[i], out[i] + channels, 1)),
    ...out.flatMap((channels, i) => conv(`${at}.projects.${i}`, channels, embedDim, 1)),
    ...conv(`${at}.resize_layers.0`, out[0], out[0], 4),
    ...conv(`${at}.resize_layers.1`, out[1], out[1], 2),
    ...conv(`${at}.resize_layers.3`, out[3], out[3], 3),
    ...out.flatMap((channels, i) => conv(`${at}.scratch.layer${i + 1}_rn`, path, channels, 3, false)),
    ...[1, 2, 3, 4].flatMap((block) => [
      ...conv(`${at}.scratch.refinenet${block}.out_conv`, path, path, 1),
      ...(block === 4 ? [] : unit(`${at}.scratch.refinenet${block}.resConfUnit1`)),
      ...unit(`${at}.scratch.refinenet${block}.resConfUnit2`),
    ]),
  ];
}
