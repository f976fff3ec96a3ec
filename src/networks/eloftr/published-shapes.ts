import type { NamedShape } from '../published-shapes.ts';

/** Blocks of the backbone's stages after `layer0`: as published, 64, 128 and 256 channels. */
const BLOCKS = [2, 4, 14] as const;

/**
 * Names and shapes of `eloftr_outdoor.ckpt` (and of MatchAnything-ELoFTR), for counting costs and making random checkpoints
 * of the real size.
 *
 * @param fused whether the backbone's branches are fused into one convolution each
 */
export function eloftrShapes({
  fused = false,
  widths = [64, 128, 256] as readonly [number, number, number],
  blocks = BLOCKS as readonly number[],
  layers = 8,
} = {}): NamedShape[] {
  const norm = (name: string, channels: number): NamedShape[] => [
    ...['weight', 'bias', 'running_mean', 'running_var'].map((key): NamedShape => [`${name}.${key}`, [channels]]),
    [`${name}.num_batches_tracked`, []],
  ];
  const block = (name: string, from: number, to: number, keeps: boolean): NamedShape[] =>
    fused
      ? [
          [`${name}.rbr_reparam.weight`, [to, from, 3, 3]],
          [`${name}.rbr_reparam.bias`, [to]],
        ]
      : [
          ...(keeps ? norm(`${name}.rbr_identity`, to) : []),
          [`${name}.rbr_dense.conv.weight`, [to, from, 3, 3]],
          ...norm(`${name}.rbr_dense.bn`, to),
          [`${name}.rbr_1x1.conv.weight`, [to, from, 1, 1]],
          ...norm(`${name}.rbr_1x1.bn`, to),
        ];
  const [fine, middle, width] = widths;
  const stages = widths.flatMap((to, stage) =>
    Array.from({ length: blocks[stage] }, (_, i) => {
      const from = i === 0 && stage > 0 ? widths[stage - 1] : to;
      return block(`backbone.layer${stage + 1}.${i}`, from, to, i > 0 || stage === 0);
    }).flat(),
  );
  const transformer = Array.from({ length: layers }, (_, i): NamedShape[] => {
    const at = `loftr_coarse.layers.${i}`;
    return [
      [`${at}.aggregate.weight`, [width, 1, 4, 4]],
      ...['q_proj', 'k_proj', 'v_proj', 'merge'].map((name): NamedShape => [`${at}.${name}.weight`, [width, width]]),
      [`${at}.mlp.0.weight`, [2 * width, 2 * width]],
      [`${at}.mlp.2.weight`, [width, 2 * width]],
      ...['norm1', 'norm2'].flatMap((name): NamedShape[] => [
        [`${at}.${name}.weight`, [width]],
        [`${at}.${name}.bias`, [width]],
      ]),
    ];
  });
  const fusion = (name: string, lateral: number, wide: number, out: number): NamedShape[] => [
    [`fine_preprocess.${name}_outconv.weight`, [wide, lateral, 1, 1]],
    [`fine_preprocess.${name}_outconv2.0.weight`, [wide, wide, 3, 3]],
    ...norm(`fine_preprocess.${name}_outconv2.1`, wide),
    [`fine_preprocess.${name}_outconv2.3.weight`, [out, wide, 3, 3]],
  ];
  return [
    ...block('backbone.layer0', 1, fine, false),
    ...stages,
    ...transformer.flat(),
    ['fine_preprocess.layer3_outconv.weight', [width, width, 1, 1]],
    ...fusion('layer2', middle, width, middle),
    ...fusion('layer1', fine, middle, fine),
  ];
}
