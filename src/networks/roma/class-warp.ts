import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';

/**
 * A warp from a distribution over the cells of a coarse grid on B: the mean of the likeliest cell's and its
 * four neighbours' centres, weighted by their probabilities (`cls_to_flow_refine` of RoMa). Neighbours are
 * taken in row-major order and clamped to the first and last cell, as published.
 *
 * All index arithmetic is in float32: onnxruntime's WebGPU provider sends int64 to the CPU. The full softmax
 * is not needed, since its denominator cancels.
 *
 * @param logits [1, n, res²] float32
 * @returns [1, n, 2], (x, y) normalised
 */
export function classesToWarp(g: GraphBuilder, logits: Value): Value {
  const classes = logits.shape[2];
  const side = Math.round(Math.sqrt(classes));
  return g.scope('cls_to_flow', () => {
    const largest = op.reduceMax(g, logits, [2]);
    const indices = g.constant(
      Array.from({ length: classes }, (_, i) => i),
      'float32',
      [1, 1, classes],
    );
    // The first of equals, as argmax gives.
    const mode = op.reduceMin(g, op.where(g, op.greaterOrEqual(g, logits, largest), indices, classes), [2]);
    const neighbours = op.add(g, mode, g.constant([-1, 0, 1, -side, side], 'float32', [1, 1, 5]));
    const cells = op.clip(g, neighbours, 0, classes - 1);
    const weights = op.softmax(g, op.gatherElements(g, logits, op.cast(g, cells, 'int32'), 2), 2);
    // Half a cell is added before the division so that rounding cannot reach the next row.
    const row = op.floor(g, op.mul(g, op.add(g, cells, 0.5), 1 / side));
    const column = op.sub(g, cells, op.mul(g, row, side));
    const mean = (index: Value): Value =>
      op.sub(g, op.mul(g, op.reduceSum(g, op.mul(g, weights, op.add(g, index, 0.5)), [2]), 2 / side), 1);
    return op.concat(g, [mean(column), mean(row)], 2);
  });
}
