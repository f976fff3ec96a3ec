import { graphError } from './errors.ts';
import type { DType, Value } from './value.ts';
import { describeValue } from './value.ts';

/** NumPy broadcasting of two shapes; an error that names `op` where they do not fit. */
export function broadcastShapes(op: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw graphError(op, `[${a.join(', ')}] does not broadcast with [${b.join(', ')}]`);
    }
    return left === 1 ? right : left;
  });
}

/** A possibly negative axis as an index into a shape of `rank` axes. */
export function resolveAxis(op: string, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank) throw graphError(op, `axis ${axis} of a tensor of rank ${rank}`);
  return resolved;
}

/** Requires every value to have one of `dtypes` and all the same one. Returns it. */
export function sameDType(op: string, values: readonly Value[], dtypes?: readonly DType[]): DType {
  const { dtype } = values[0];
  const fits = values.every((value) => value.dtype === dtype) && (dtypes?.includes(dtype) ?? true);
  if (!fits) throw graphError(op, `element types do not fit: ${values.map(describeValue).join(', ')}`);
  return dtype;
}

export function requireRank(op: string, value: Value, rank: number): void {
  if (value.shape.length !== rank) throw graphError(op, `wants rank ${rank}, got ${describeValue(value)}`);
}

export function replaceAxis(shape: readonly number[], axis: number, extent: number): number[] {
  return shape.map((current, index) => (index === axis ? extent : current));
}

/**
 * The output shape of an einsum with explicit output, e.g. `bnc,bmc->bnm`. Ellipses are not supported.
 */
export function einsumShape(equation: string, operands: readonly (readonly number[])[]): number[] {
  const [left, right] = equation.replaceAll(' ', '').split('->');
  const terms = left.split(',');
  if (right === undefined || terms.length !== operands.length)
    throw graphError('Einsum', `"${equation}" with ${operands.length} operands`);
  const extents = new Map<string, number>();
  for (const [index, term] of terms.entries()) {
    if (term.length !== operands[index].length) {
      throw graphError('Einsum', `"${term}" of "${equation}" for the shape [${operands[index].join(', ')}]`);
    }
    for (const [axis, label] of [...term].entries()) {
      const extent = operands[index][axis];
      const known = extents.get(label);
      if (known !== undefined && known !== extent)
        throw graphError('Einsum', `"${label}" of "${equation}" is both ${known} and ${extent}`);
      extents.set(label, extent);
    }
  }
  return [...right].map((label) => {
    const extent = extents.get(label);
    if (extent === undefined) throw graphError('Einsum', `"${label}" is in no operand of "${equation}"`);
    return extent;
  });
}
