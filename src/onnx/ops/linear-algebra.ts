import { graphError } from '../errors.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { broadcastShapes, einsumShape, sameDType } from '../shape-inference.ts';
import type { Value } from '../value.ts';
import { describeValue } from '../value.ts';

/** Batched matrix product of [..., m, k] and [..., k, n], with broadcast batch axes. */
export function matMul(g: GraphBuilder, a: Value, b: Value): Value {
  const dtype = sameDType('MatMul', [a, b]);
  const [m, k] = a.shape.slice(-2);
  const [kOfB, n] = b.shape.slice(-2);
  if (a.shape.length < 2 || b.shape.length < 2 || k !== kOfB) {
    throw graphError('MatMul', `${describeValue(a)} times ${describeValue(b)}`);
  }
  const batch = broadcastShapes('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  return g.node('MatMul', [a, b], { dtype, shape: [...batch, m, n] });
}

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
  readonly beta?: number;
}

/** alpha · A·B + beta · C of matrices; C broadcasts to [m, n] and may be left out. */
export function gemm(g: GraphBuilder, a: Value, b: Value, c: Value | null, options: GemmOptions = {}): Value {
  const { transA = false, transB = false, alpha = 1, beta = 1 } = options;
  const dtype = sameDType('Gemm', c ? [a, b, c] : [a, b]);
  const [m, k] = transA ? [...a.shape].reverse() : a.shape;
  const [kOfB, n] = transB ? [...b.shape].reverse() : b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || k !== kOfB) {
    throw graphError('Gemm', `${describeValue(a)} times ${describeValue(b)}`);
  }
  if (c) broadcastShapes('Gemm', [m, n], c.shape);
  const attributes = { transA: Number(transA), transB: Number(transB), alpha: { float: alpha }, beta: { float: beta } };
  return g.node('Gemm', [a, b, c], { dtype, shape: [m, n] }, attributes);
}

/** Einstein summation with an explicit output term, e.g. `bcn,bcm->bnm`. */
export function einsum(g: GraphBuilder, equation: string, ...operands: Value[]): Value {
  const dtype = sameDType('Einsum', operands);
  const shape = einsumShape(
    equation,
    operands.map((value) => value.shape),
  );
  return g.node('Einsum', operands, { dtype, shape }, { equation });
}
