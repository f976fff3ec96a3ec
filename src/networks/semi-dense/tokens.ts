import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';

/** [1, c, h, w] to [1, h·w, c]. */
export function tokens(g: GraphBuilder, x: Value): Value {
  const [, channels, height, width] = x.shape;
  return op.transpose(g, op.reshape(g, x, [1, channels, height * width]), [0, 2, 1]);
}

/** [1, h·w, c] to [1, c, h, w]. */
export function map(g: GraphBuilder, x: Value, height: number, width: number): Value {
  return op.reshape(g, op.transpose(g, x, [0, 2, 1]), [1, x.shape[2], height, width]);
}
