import { graphError } from '../errors.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { broadcastShapes, replaceAxis, resolveAxis, sameDType } from '../shape-inference.ts';
import type { Value } from '../value.ts';
import { describeValue, elementCount } from '../value.ts';

/** The same elements in another shape; one extent may be -1 and follows from the rest. */
export function reshape(g: GraphBuilder, x: Value, shape: readonly number[]): Value {
  const known = elementCount(shape.filter((extent) => extent !== -1));
  const resolved = shape.map((extent) => (extent === -1 ? elementCount(x.shape) / known : extent));
  if (!resolved.every(Number.isInteger) || elementCount(resolved) !== elementCount(x.shape)) {
    throw graphError('Reshape', `${describeValue(x)} to [${shape.join(', ')}]`);
  }
  return g.node('Reshape', [x, g.constant(resolved, 'int64')], { dtype: x.dtype, shape: resolved });
}

/** Axis i of the result is axis `perm[i]` of `x`. */
export function transpose(g: GraphBuilder, x: Value, perm: readonly number[]): Value {
  const covers = perm.length === x.shape.length && x.shape.every((_, axis) => perm.includes(axis));
  if (!covers) throw graphError('Transpose', `${describeValue(x)} by (${perm.join(', ')})`);
  return g.node('Transpose', [x], { dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }, { perm });
}

export function concat(g: GraphBuilder, values: readonly Value[], axis: number): Value {
  if (values.length === 1) return values[0];
  const dtype = sameDType('Concat', values);
  const [{ shape: first }] = values;
  const along = resolveAxis('Concat', axis, first.length);
  for (const { shape } of values) {
    const fits = shape.length === first.length && shape.every((extent, i) => i === along || extent === first[i]);
    if (!fits) throw graphError('Concat', `along axis ${axis}: ${values.map(describeValue).join(', ')}`);
  }
  const total = values.reduce((sum, { shape }) => sum + shape[along], 0);
  return g.node('Concat', values, { dtype, shape: replaceAxis(first, along, total) }, { axis: along });
}

/** Elements [start, end) along `axis`; negative bounds count from the end, an absent `end` takes the rest. */
export function slice(g: GraphBuilder, x: Value, axis: number, start: number, end?: number, step = 1): Value {
  const along = resolveAxis('Slice', axis, x.shape.length);
  const extent = x.shape[along];
  const from = start < 0 ? start + extent : start;
  const to = end === undefined ? extent : end < 0 ? end + extent : end;
  if (from < 0 || to > extent || from >= to)
    throw graphError('Slice', `[${start}, ${end}) of axis ${axis} of ${describeValue(x)}`);
  const ints = [from, to, along, step].map((value) => g.constant([value], 'int64'));
  return g.node('Slice', [x, ...ints], {
    dtype: x.dtype,
    shape: replaceAxis(x.shape, along, Math.ceil((to - from) / step)),
  });
}

/** Consecutive parts of the given sizes along `axis`. */
export function split(g: GraphBuilder, x: Value, axis: number, sizes: readonly number[]): Value[] {
  const along = resolveAxis('Split', axis, x.shape.length);
  if (sizes.reduce((sum, size) => sum + size, 0) !== x.shape[along]) {
    throw graphError('Split', `${describeValue(x)} along axis ${axis} into ${sizes.join(' + ')}`);
  }
  const parts = sizes.map((size) => ({ dtype: x.dtype, shape: replaceAxis(x.shape, along, size) }));
  return g.multiNode('Split', [x, g.constant(sizes, 'int64')], parts, { axis: along });
}

/** Picks entries of `axis` by int64 or int32 indices of any shape, which takes the axis's place. */
export function gather(g: GraphBuilder, x: Value, indices: Value, axis: number): Value {
  sameDType('Gather', [indices], ['int64', 'int32']);
  const along = resolveAxis('Gather', axis, x.shape.length);
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  return g.node('Gather', [x, indices], { dtype: x.dtype, shape }, { axis: along });
}

/** `result[i…] = x[i… with axis replaced by indices[i…]]`; the result has the shape of `indices`. */
export function gatherElements(g: GraphBuilder, x: Value, indices: Value, axis: number): Value {
  sameDType('GatherElements', [indices], ['int64', 'int32']);
  if (x.shape.length !== indices.shape.length)
    throw graphError('GatherElements', `${describeValue(x)} by ${describeValue(indices)}`);
  const along = resolveAxis('GatherElements', axis, x.shape.length);
  return g.node('GatherElements', [x, indices], { dtype: x.dtype, shape: indices.shape }, { axis: along });
}

/** Repeats along axes of extent 1, by broadcasting rules. */
export function expand(g: GraphBuilder, x: Value, shape: readonly number[]): Value {
  const result = broadcastShapes('Expand', x.shape, shape);
  return g.node('Expand', [x, g.constant(result, 'int64')], { dtype: x.dtype, shape: result });
}

export function unsqueeze(g: GraphBuilder, x: Value, axis: number): Value {
  const at = resolveAxis('Unsqueeze', axis, x.shape.length + 1);
  const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
  return g.node('Unsqueeze', [x, g.constant([at], 'int64')], { dtype: x.dtype, shape });
}

export function squeeze(g: GraphBuilder, x: Value, axis: number): Value {
  const at = resolveAxis('Squeeze', axis, x.shape.length);
  if (x.shape[at] !== 1) throw graphError('Squeeze', `axis ${axis} of ${describeValue(x)}`);
  return g.node('Squeeze', [x, g.constant([at], 'int64')], {
    dtype: x.dtype,
    shape: x.shape.filter((_, i) => i !== at),
  });
}

export type PadMode = 'constant' | 'edge' | 'reflect';

/** Adds `before[i]` and `after[i]` entries around axis i. */
export function pad(
  g: GraphBuilder,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  mode: PadMode = 'constant',
): Value {
  if (before.length !== x.shape.length || after.length !== x.shape.length)
    throw graphError('Pad', `amounts for ${describeValue(x)}`);
  const shape = x.shape.map((extent, i) => extent + before[i] + after[i]);
  return g.node('Pad', [x, g.constant([...before, ...after], 'int64')], { dtype: x.dtype, shape }, { mode });
}
