import type { NamedShape } from '../published-shapes.ts';
import { xfeatBackboneShapes } from '../xfeat/published-shapes.ts';

/** Names and shapes of `tiny_roma_v1_outdoor.pth`, for counting costs and random checkpoints; other widths for small ones. */
export function tinyRomaShapes({ coarse = 256, fine = 64 } = {}): NamedShape[] {
  const stack = (name: string, from: number, width: number): NamedShape[] => [
    ...Array.from({ length: 4 }, (_, i): NamedShape[] => [
      [`${name}.${i}.layer.0.weight`, [width, i === 0 ? from : width, 3, 3]],
      [`${name}.${i}.layer.1.running_mean`, [width]],
      [`${name}.${i}.layer.1.running_var`, [width]],
      [`${name}.${i}.layer.1.num_batches_tracked`, []],
    ]).flat(),
    [`${name}.4.weight`, [3, width, 1, 1]],
    [`${name}.4.bias`, [3]],
  ];
  return [
    ...xfeatBackboneShapes().map(([name, shape]): NamedShape => [`xfeat.0.${name}`, shape]),
    ...stack('coarse_matcher', 2 * 64 + 2, coarse),
    ...stack('fine_matcher', 2 * 24 + 2, fine),
  ];
}
