import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';

/** OpenCV's weights of red, green and blue, with which the authors read their photos. */
const GRAY = [0.299, 0.587, 0.114];

/** RGB [1, 3, h, w] in [0, 1] to the one gray channel that LoFTR and its kin read. */
export function gray(g: GraphBuilder, image: Value): Value {
  return g.scope('gray', () => op.conv(g, image, g.constant(GRAY, 'float32', [1, 3, 1, 1]), null));
}
