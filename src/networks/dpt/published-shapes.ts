import type { NamedShape } from '../published-shapes.ts';
import { vitShapes } from '../published-shapes.ts';

/** Width and depth of the ViT, channels of the fusion path and of the four maps. */
export interface DepthSize {
  readonly embedDim: number;
  readonly depth: number;
  readonly features: number;
  readonly outChannels: readonly [number, number, number, number];
}

/** Depth Anything V2 Small. */
const SMALL: DepthSize = { embedDim: 384, depth: 12, features: 64, outChannels: [48, 96, 192, 384] };

/** Names and shapes of `depth_anything_v2_vits.pth`; other sizes for small ones. */
export function depthAnythingShapes({ embedDim, depth, features, outChannels }: DepthSize = SMALL): NamedShape[] {
  const conv = (name: string, shape: readonly number[], biases = shape[0]): NamedShape[] => [
    [`depth_head.${name}.weight`, shape],
    [`depth_head.${name}.bias`, [biases]],
  ];
  const [first, second, , fourth] = outChannels;
  const half = Math.floor(features / 2);
  const unit = (name: string): NamedShape[] =>
    ['conv1', 'conv2'].flatMap((each) => conv(`${name}.${each}`, [features, features, 3, 3]));
  return [
    ...vitShapes({ embedDim, depth }).map(([name, shape]): NamedShape => [`pretrained.${name}`, shape]),
    ...outChannels.flatMap((channels, i) => conv(`projects.${i}`, [channels, embedDim, 1, 1])),
    ...conv('resize_layers.0', [first, first, 4, 4]),
    ...conv('resize_layers.1', [second, second, 2, 2]),
    ...conv('resize_layers.3', [fourth, fourth, 3, 3]),
    ...outChannels.map((channels, i): NamedShape => {
      return [`depth_head.scratch.layer${i + 1}_rn.weight`, [features, channels, 3, 3]];
    }),
    ...[1, 2, 3, 4].flatMap((level) => [
      ...conv(`scratch.refinenet${level}.out_conv`, [features, features, 1, 1]),
      ...unit(`scratch.refinenet${level}.resConfUnit1`),
      ...unit(`scratch.refinenet${level}.resConfUnit2`),
    ]),
    ...conv('scratch.output_conv1', [half, features, 3, 3]),
    ...conv('scratch.output_conv2.0', [32, half, 3, 3]),
    ...conv('scratch.output_conv2.2', [1, 32, 1, 1]),
  ];
}
