import type { GraphBuilder } from '../graph-builder.ts';
import { broadcastShapes, sameDType } from '../shape-inference.ts';
import type { DType, FloatDType, Value } from '../value.ts';
import { ONNX_DTYPE } from '../value.ts';

const FLOATS: readonly DType[] = ['float32', 'float16'];

/** A tensor or a number, which becomes a scalar constant of the other operand's type. */
export type Operand = Value | number;

type Binary = (g: GraphBuilder, a: Value, b: Operand) => Value;
type Unary = (g: GraphBuilder, x: Value) => Value;

function operand(g: GraphBuilder, b: Operand, dtype: DType): Value {
  return typeof b === 'number' ? g.constant(b, dtype) : b;
}

function binary(op: string, result?: DType): Binary {
  return (g, a, b) => {
    const right = operand(g, b, a.dtype);
    const dtype = sameDType(op, [a, right]);
    return g.node(op, [a, right], { dtype: result ?? dtype, shape: broadcastShapes(op, a.shape, right.shape) });
  };
}

function unary(op: string, domain: '' | 'com.microsoft' = ''): Unary {
  return (g, x) => {
    sameDType(op, [x], FLOATS);
    return g.node(op, [x], x, {}, domain);
  };
}

// Both operands of one element type, NumPy broadcasting.
export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
export const pow = binary('Pow');
export const greater = binary('Greater', 'bool');
export const less = binary('Less', 'bool');
export const greaterOrEqual = binary('GreaterOrEqual', 'bool');
export const lessOrEqual = binary('LessOrEqual', 'bool');
export const and = binary('And', 'bool');

export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');
export const exp = unary('Exp');
export const log = unary('Log');
export const sin = unary('Sin');
export const cos = unary('Cos');
export const sqrt = unary('Sqrt');
export const neg = unary('Neg');
export const abs = unary('Abs');
export const floor = unary('Floor');
export const reciprocal = unary('Reciprocal');

/** GELU by the error function (PyTorch's default), as the fused operator of com.microsoft: ONNX has it from opset 20. */
export const gelu = unary('Gelu', 'com.microsoft');

/** x where positive, `slope` · x elsewhere. */
export function leakyRelu(g: GraphBuilder, x: Value, slope: number): Value {
  sameDType('LeakyRelu', [x], FLOATS);
  return g.node('LeakyRelu', [x], x, { alpha: { float: slope } });
}

/** x · sigmoid(x), the gate of SwiGLU. */
export function silu(g: GraphBuilder, x: Value): Value {
  return mul(g, x, sigmoid(g, x));
}

export function max(g: GraphBuilder, a: Value, b: Operand): Value {
  return binary('Max')(g, a, b);
}

export function min(g: GraphBuilder, a: Value, b: Operand): Value {
  return binary('Min')(g, a, b);
}

/** Limits to [low, high]; null leaves that side open. */
export function clip(g: GraphBuilder, x: Value, low: number | null, high: number | null): Value {
  const bounds = [low, high].map((bound) => (bound === null ? null : g.constant(bound, x.dtype)));
  return g.node('Clip', [x, ...bounds], x);
}

/** `condition ? a : b`, element by element, with broadcasting. */
export function where(g: GraphBuilder, condition: Value, a: Value, b: Operand): Value {
  sameDType('Where', [condition], ['bool']);
  const right = operand(g, b, a.dtype);
  const dtype = sameDType('Where', [a, right]);
  const shape = broadcastShapes('Where', condition.shape, broadcastShapes('Where', a.shape, right.shape));
  return g.node('Where', [condition, a, right], { dtype, shape });
}

/** Converts the element type; the value itself where it has that type already. */
export function cast(g: GraphBuilder, x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : g.node('Cast', [x], { dtype, shape: x.shape }, { to: ONNX_DTYPE[dtype] });
}

/** To the precision's compute type: before a matrix product or convolution. */
export function toCompute(g: GraphBuilder, x: Value): Value {
  return cast(g, x, g.precision.compute);
}

/** To float32: before a residual sum, a norm, a softmax over classes, or anything that holds coordinates. */
export function toFloat32(g: GraphBuilder, x: Value): Value {
  return cast(g, x, 'float32' satisfies FloatDType);
}
