import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import type { Weights } from '../weights.ts';

/** PyTorch's own for InstanceNorm, GroupNorm and the transformer's LayerNorms. */
export const EPSILON = 1e-5;

/**
 * GroupNorm of [n, c, h, w] in float32, as an instance norm of the groups: ONNX has one of its own from opset 18 on, which
 * runs on the CPU only.
 *
 * @param weights scoped to the norm, null for one without parameters
 */
export function groupNorm(g: GraphBuilder, x: Value, groups: number, weights: Weights | null): Value {
  const [n, channels, height, width] = x.shape;
  const constant = (value: number): Value =>
    g.constant(
      Array.from({ length: groups }, () => value),
      'float32',
    );
  const apart = op.reshape(g, op.toFloat32(g, x), [n, groups, (channels / groups) * height, width]);
  const normed = op.reshape(g, op.instanceNormalization(g, apart, constant(1), constant(0), EPSILON), x.shape);
  if (weights === null) return normed;
  const perChannel = (name: string): Value => {
    const tensor = weights.take(name, [channels]);
    const shape = [1, channels, 1, 1];
    return g.weight(tensor, { tag: 'per channel', shape, apply: (values) => values }, 'float32');
  };
  return op.add(g, op.mul(g, normed, perChannel('weight')), perChannel('bias'));
}
