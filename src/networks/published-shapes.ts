/** A tensor's name in a state dict and its shape. */
export type NamedShape = readonly [name: string, shape: readonly number[]];

/**
 * Names and shapes of `dinov2l_distilled.pth` and of every DINOv2 ViT without registers, for counting costs and
 * making random checkpoints of the real size.
 */
export function vitShapes({ embedDim = 1024, depth = 24, positions = 1370 } = {}): NamedShape[] {
  const linear = (name: string, out: number, inputs: number): NamedShape[] => [
    [`${name}.weight`, [out, inputs]],
    [`${name}.bias`, [out]],
  ];
  const norm = (name: string): NamedShape[] => [
    [`${name}.weight`, [embedDim]],
    [`${name}.bias`, [embedDim]],
  ];
  const blocks = Array.from({ length: depth }, (_, i): NamedShape[] => [
    ...norm(`blocks.${i}.norm1`),
    ...linear(`blocks.${i}.attn.qkv`, 3 * embedDim, embedDim),
    ...linear(`blocks.${i}.attn.proj`, embedDim, embedDim),
    [`blocks.${i}.ls1.gamma`, [embedDim]],
    ...norm(`blocks.${i}.norm2`),
    ...linear(`blocks.${i}.mlp.fc1`, 4 * embedDim, embedDim),
    ...linear(`blocks.${i}.mlp.fc2`, embedDim, 4 * embedDim),
    [`blocks.${i}.ls2.gamma`, [embedDim]],
  ]);
  return [
    ['cls_token', [1, 1, embedDim]],
    ['pos_embed', [1, positions, embedDim]],
    ['mask_token', [1, embedDim]],
    ['patch_embed.proj.weight', [embedDim, 3, 14, 14]],
    ['patch_embed.proj.bias', [embedDim]],
    ...blocks.flat(),
    ...norm('norm'),
  ];
}

/** A pyramid's stages: how many convolutions of how many channels. */
export type PyramidStages = readonly (readonly [count: number, channels: number])[];

/** VGG-19's convolutions up to its fourth pooling. */
const VGG19: PyramidStages = [
  [2, 64],
  [2, 128],
  [4, 256],
  [4, 512],
];

/** Features, what the decoder keeps of them, displacement embedding and correlation radius at each stride. */
export type RefinerStrides = readonly (readonly [
  stride: number,
  from: number,
  to: number,
  displacement: number,
  radius: number | null,
])[];

const STRIDES: RefinerStrides = [
  [16, 1024, 512, 128, 7],
  [8, 512, 512, 64, 3],
  [4, 256, 256, 32, 2],
  [2, 128, 64, 16, null],
  [1, 64, 9, 6, null],
];

/** Names and shapes of L2M++ (`l2m++_560x560.pth`) and RoMa's matcher, VGG-19 and the decoder; other widths for small ones. */
export function matcherShapes({
  classSide = 64,
  gpDim = 512,
  blocks = 5,
  hiddenBlocks = 8,
  pyramid = VGG19,
  strides = STRIDES,
} = {}): NamedShape[] {
  const convolution = (name: string, shape: readonly number[]): NamedShape[] => [
    [`${name}.weight`, shape],
    [`${name}.bias`, [shape[0]]],
  ];
  const batchNorm = (name: string, channels: number): NamedShape[] => [
    ...['weight', 'bias', 'running_mean', 'running_var'].map((key): NamedShape => [`${name}.${key}`, [channels]]),
    [`${name}.num_batches_tracked`, []],
  ];
  const vgg: NamedShape[] = [];
  let index = 0;
  let inputs = 3;
  for (const [count, channels] of pyramid) {
    for (let i = 0; i < count; i += 1) {
      vgg.push(...convolution(`encoder.cnn.layers.${index}`, [channels, inputs, 3, 3]));
      vgg.push(...batchNorm(`encoder.cnn.layers.${index + 1}`, channels));
      inputs = channels;
      index += 3;
    }
    index += 1;
  }
  const dim = gpDim + strides[0][2];
  const decoder = Array.from({ length: blocks }, (_, i): NamedShape[] => {
    const at = `decoder.embedding_decoder.blocks.${i}`;
    const norm = (name: string): NamedShape[] => [
      [`${at}.${name}.weight`, [dim]],
      [`${at}.${name}.bias`, [dim]],
    ];
    return [
      ...norm('norm1'),
      [`${at}.attn.qkv.weight`, [3 * dim, dim]],
      ...convolution(`${at}.attn.proj`, [dim, dim]),
      ...norm('norm2'),
      ...convolution(`${at}.mlp.fc1`, [4 * dim, dim]),
      ...convolution(`${at}.mlp.fc2`, [dim, 4 * dim]),
    ];
  });
  const refiners = strides.flatMap(([stride, , to, displacement, radius]): NamedShape[] => {
    const at = `decoder.conv_refiner.${stride}`;
    const width = 2 * to + displacement + (radius === null ? 0 : (2 * radius + 1) ** 2);
    const block = (name: string): NamedShape[] => [
      ...convolution(`${at}.${name}.0`, [width, 1, 5, 5]),
      ...batchNorm(`${at}.${name}.1`, width),
      ...convolution(`${at}.${name}.3`, [width, width, 1, 1]),
    ];
    const hidden = Array.from({ length: hiddenBlocks }, (_, i) => block(`hidden_blocks.${i}`));
    const ends = [
      ...convolution(`${at}.out_conv`, [3, width, 1, 1]),
      ...convolution(`${at}.disp_emb`, [displacement, 2, 1, 1]),
    ];
    return [...block('block1'), ...hidden.flat(), ...ends];
  });
  return [
    ...vgg,
    ...decoder.flat(),
    ...convolution('decoder.embedding_decoder.to_out', [classSide ** 2 + 1, dim]),
    ...convolution('decoder.gps.16.pos_conv', [gpDim, 2, 1, 1]),
    ...strides.flatMap(([stride, from, to]) => [
      ...convolution(`decoder.proj.${stride}.0`, [to, from, 1, 1]),
      ...batchNorm(`decoder.proj.${stride}.1`, to),
    ]),
    ...refiners,
  ];
}
