import type { NamedShape } from '../published-shapes.ts';

/** Names and shapes of `outdoor_ds.ckpt` and its kin, for counting costs and random checkpoints; other widths for small ones. */
export function loftrShapes({
  initial = 128,
  widths = [128, 196, 256] as readonly [number, number, number],
  layers = 8,
} = {}): NamedShape[] {
  const norm = (name: string, channels: number): NamedShape[] => [
    ...['weight', 'bias', 'running_mean', 'running_var'].map((key): NamedShape => [`${name}.${key}`, [channels]]),
    [`${name}.num_batches_tracked`, []],
  ];
  const [fine, middle, coarse] = widths;
  const stages = widths.flatMap((to, stage) =>
    [0, 1].flatMap((i): NamedShape[] => {
      const at = `backbone.layer${stage + 1}.${i}`;
      const from = i === 1 ? to : stage === 0 ? initial : widths[stage - 1];
      return [
        [`${at}.conv1.weight`, [to, from, 3, 3]],
        [`${at}.conv2.weight`, [to, to, 3, 3]],
        ...norm(`${at}.bn1`, to),
        ...norm(`${at}.bn2`, to),
        ...(i === 0 && stage > 0
          ? [[`${at}.downsample.0.weight`, [to, from, 1, 1]] as const, ...norm(`${at}.downsample.1`, to)]
          : []),
      ];
    }),
  );
  const fusion = (name: string, lateral: number, wide: number, out: number): NamedShape[] => [
    [`backbone.${name}_outconv.weight`, [wide, lateral, 1, 1]],
    [`backbone.${name}_outconv2.0.weight`, [wide, wide, 3, 3]],
    ...norm(`backbone.${name}_outconv2.1`, wide),
    [`backbone.${name}_outconv2.3.weight`, [out, wide, 3, 3]],
  ];
  const transformer = (name: string, count: number, width: number): NamedShape[] =>
    Array.from({ length: count }, (_, i): NamedShape[] => {
      const at = `${name}.layers.${i}`;
      return [
        ...['q_proj', 'k_proj', 'v_proj', 'merge'].map((part): NamedShape => [`${at}.${part}.weight`, [width, width]]),
        [`${at}.mlp.0.weight`, [2 * width, 2 * width]],
        [`${at}.mlp.2.weight`, [width, 2 * width]],
        ...['norm1', 'norm2'].flatMap((part): NamedShape[] => [
          [`${at}.${part}.weight`, [width]],
          [`${at}.${part}.bias`, [width]],
        ]),
      ];
    }).flat();
  return [
    ['backbone.conv1.weight', [initial, 1, 7, 7]],
    ...norm('backbone.bn1', initial),
    ...stages,
    ['backbone.layer3_outconv.weight', [coarse, coarse, 1, 1]],
    ...fusion('layer2', middle, coarse, middle),
    ...fusion('layer1', fine, middle, fine),
    ...transformer('loftr_coarse', layers, coarse),
    ['fine_preprocess.down_proj.weight', [fine, coarse]],
    ['fine_preprocess.down_proj.bias', [fine]],
    ['fine_preprocess.merge_feat.weight', [fine, 2 * fine]],
    ['fine_preprocess.merge_feat.bias', [fine]],
    ...transformer('loftr_fine', 2, fine),
  ];
}
