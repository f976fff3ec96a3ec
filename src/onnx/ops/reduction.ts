import { graphError } from '../errors.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { replaceAxis, resolveAxis, sameDType } from '../shape-inference.ts';
import type { Value } from '../value.ts';

function reducedShape(
  op: string,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): { axes: number[]; shape: number[] } {
  const resolved = axes.map((axis) => resolveAxis(op, axis, x.shape.length));
  const shape = keepDims
    ? x.shape.map((extent, axis) => (resolved.includes(axis) ? 1 : extent))
    : x.shape.filter((_, axis) => !resolved.includes(axis));
  return { axes: resolved, shape };
}

/** ONNX moved the axes of each reduction from an attribute to an input, at different opsets. */
function reduction(op: string, axesAsInputFrom: number) {
  return (g: GraphBuilder, x: Value, axes: readonly number[], keepDims = true): Value => {
    const { axes: resolved, shape } = reducedShape(op, x, axes, keepDims);
    const output = { dtype: x.dtype, shape };
    const keepdims = Number(keepDims);
    return g.opset >= axesAsInputFrom
      ? g.node(op, [x, g.constant(resolved, 'int64')], output, { keepdims })
      : g.node(op, [x], output, { axes: resolved, keepdims });
  };
}

export const reduceSum = reduction('ReduceSum', 13);
export const reduceMean = reduction('ReduceMean', 18);
export const reduceMax = reduction('ReduceMax', 18);
export const reduceMin = reduction('ReduceMin', 18);
/** Euclidean norm over the axes. */
export const reduceL2 = reduction('ReduceL2', 18);

/** Index (int64) of the largest entry along `axis`, the first of equals. */
export function argMax(g: GraphBuilder, x: Value, axis: number, keepDims = true): Value {
  const { axes, shape } = reducedShape('ArgMax', x, [axis], keepDims);
  return g.node('ArgMax', [x], { dtype: 'int64', shape }, { axis: axes[0], keepdims: Number(keepDims) });
}

/** The k largest entries along `axis` in falling order: values and int64 indices. */
export function topK(g: GraphBuilder, x: Value, k: number, axis: number): { values: Value; indices: Value } {
  const along = resolveAxis('TopK', axis, x.shape.length);
  if (k > x.shape[along]) throw graphError('TopK', `${k} of ${x.shape[along]}`);
  const shape = replaceAxis(x.shape, along, k);
  const outputs = [
    { dtype: x.dtype, shape },
    { dtype: 'int64' as const, shape },
  ];
  const [values, indices] = g.multiNode('TopK', [x, g.constant([k], 'int64')], outputs, {
    axis: along,
    largest: 1,
    sorted: 1,
  });
  return { values, indices };
}

/** Running sums along `axis`, each entry its own included. */
export function cumSum(g: GraphBuilder, x: Value, axis: number): Value {
  const along = resolveAxis('CumSum', axis, x.shape.length);
  return g.node('CumSum', [x, g.constant(along, 'int32')], x);
}

/** Softmax along `axis`. Give it float32: in half precision the sum of many classes loses its digits. */
export function softmax(g: GraphBuilder, x: Value, axis: number): Value {
  sameDType('Softmax', [x], ['float32', 'float16']);
  return g.node('Softmax', [x], x, { axis: resolveAxis('Softmax', axis, x.shape.length) });
}
