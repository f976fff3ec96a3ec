import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { toFloat32 } from '../ops/elementwise.ts';
import { layerNormalization } from '../ops/normalization.ts';
import type { Value } from '../value.ts';

/** LayerNorm over the last axis, in float32 whatever the precision; the result is float32. */
export function layerNorm(
  g: GraphBuilder,
  x: Value,
  weight: CheckpointTensor,
  bias: CheckpointTensor,
  epsilon = 1e-6,
): Value {
  const scale = g.weight(weight, undefined, 'float32');
  return layerNormalization(g, toFloat32(g, x), scale, g.weight(bias, undefined, 'float32'), epsilon);
}
