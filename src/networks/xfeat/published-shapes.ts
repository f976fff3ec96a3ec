import type { NamedShape } from '../published-shapes.ts';

/** Kernel and channels of each layer of each block: XFeat has no other size. */
const BLOCKS: readonly (readonly (readonly [kernel: number, channels: number])[])[] = [
  [
    [3, 4],
    [3, 8],
    [3, 8],
    [3, 24],
  ],
  [
    [3, 24],
    [3, 24],
  ],
  [
    [3, 64],
    [3, 64],
    [1, 64],
  ],
  [
    [3, 64],
    [3, 64],
    [3, 64],
  ],
  [
    [3, 128],
    [3, 128],
    [3, 128],
    [1, 64],
  ],
];

const statistics = (name: string, channels: number): NamedShape[] => [
  [`${name}.running_mean`, [channels]],
  [`${name}.running_var`, [channels]],
  [`${name}.num_batches_tracked`, []],
];

const basic = (name: string, from: number, to: number, kernel: number): NamedShape[] => [
  [`${name}.layer.0.weight`, [to, from, kernel, kernel]],
  ...statistics(`${name}.layer.1`, to),
];

const biased = (name: string, shape: readonly number[]): NamedShape[] => [
  [`${name}.weight`, shape],
  [`${name}.bias`, [shape[0]]],
];

/** Names and shapes of XFeat's features, as Tiny RoMa has them too. */
export function xfeatBackboneShapes(): NamedShape[] {
  let from = 1;
  const blocks = BLOCKS.flatMap((layers, block) =>
    layers.flatMap(([kernel, channels], i) => {
      const layer = basic(`block${block + 1}.${i}`, from, channels, kernel);
      from = channels;
      return layer;
    }),
  );
  return [
    ...biased('skip1.1', [24, 1, 1, 1]),
    ...blocks,
    ...basic('block_fusion.0', 64, 64, 3),
    ...basic('block_fusion.1', 64, 64, 3),
    ...biased('block_fusion.2', [64, 64, 1, 1]),
  ];
}

/** Names and shapes of `xfeat.pt`. */
export function xfeatShapes(): NamedShape[] {
  const heads = ['heatmap_head.0', 'heatmap_head.1', 'keypoint_head.0', 'keypoint_head.1', 'keypoint_head.2'];
  const linear = [128, 512, 512, 512, 512, 64];
  return [
    ...xfeatBackboneShapes(),
    ...heads.flatMap((name) => basic(name, 64, 64, 1)),
    ...biased('heatmap_head.2', [1, 64, 1, 1]),
    ...biased('keypoint_head.3', [65, 64, 1, 1]),
    ...linear
      .slice(1)
      .flatMap((to, i) => [
        ...biased(`fine_matcher.${3 * i}`, [to, linear[i]]),
        ...(i < linear.length - 2 ? statistics(`fine_matcher.${3 * i + 1}`, to) : []),
      ]),
  ];
}
