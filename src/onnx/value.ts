/** Element types that our graphs use, by their ONNX names. */
export type DType = 'float32' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';

export type FloatDType = 'float32' | 'float16';

/** `TensorProto.DataType` of the ONNX specification. */
export const ONNX_DTYPE: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = {
  float32: 4,
  uint8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
};

/** A tensor that flows through the graph: an input, an initialiser or the output of a node. Shapes are static. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function byteLength(value: Pick<Value, 'dtype' | 'shape'>): number {
  return elementCount(value.shape) * BYTES_PER_ELEMENT[value.dtype];
}

/** `float32[1, 3, 14, 14]`, for messages. */
export function describeValue(value: Pick<Value, 'dtype' | 'shape'>): string {
  return `${value.dtype}[${value.shape.join(', ')}]`;
}
