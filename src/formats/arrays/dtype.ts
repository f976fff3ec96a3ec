import { bfloat16ToFloat32, float16ToFloat32 } from './half.ts';
import type { TensorDType } from './tensor.ts';

/** Element types of tensors and of NumPy's arrays. */
type ItemDType = TensorDType | 'uint16' | 'uint32';

const ITEM_BYTES: Readonly<Record<ItemDType, 1 | 2 | 4 | 8>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

/** Bytes of one element. */
export function itemBytes(dtype: ItemDType): 1 | 2 | 4 | 8 {
  return ITEM_BYTES[dtype];
}

/**
 * Little-endian elements as float32, each the nearest float. Takes the bytes over: for float32 the result
 * shares their buffer, so `bytes` must start at its buffer's beginning and not be written to afterwards.
 */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, dtype: ItemDType): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const length = byteLength / itemBytes(dtype);
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float32Array(new Float64Array(buffer, byteOffset, length));
    case 'float16':
      return float16ToFloat32(new Uint16Array(buffer, byteOffset, length));
    case 'bfloat16':
      return bfloat16ToFloat32(new Uint16Array(buffer, byteOffset, length));
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, length), Number);
    case 'int32':
      return new Float32Array(new Int32Array(buffer, byteOffset, length));
    case 'int16':
      return new Float32Array(new Int16Array(buffer, byteOffset, length));
    case 'int8':
      return new Float32Array(new Int8Array(buffer, byteOffset, length));
    case 'uint32':
      return new Float32Array(new Uint32Array(buffer, byteOffset, length));
    case 'uint16':
      return new Float32Array(new Uint16Array(buffer, byteOffset, length));
    case 'uint8':
      return new Float32Array(bytes);
    case 'bool':
      return Float32Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
  }
}
