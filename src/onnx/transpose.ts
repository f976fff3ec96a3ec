import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import type { WeightTransform } from './graph-builder.ts';

/** A PyTorch Linear's [out, in] as the [in, out] that MatMul wants. */
export function transposed(tensor: CheckpointTensor): WeightTransform {
  const [rows, columns] = tensor.shape;
  return { tag: 'transposed', shape: [columns, rows], apply: (values) => transposeMatrix(values, rows, columns) };
}

/** Transposes a row-major matrix, in tiles that stay in the cache. */
function transposeMatrix(values: Float32Array, rowCount: number, columnCount: number): Float32Array {
  const tile = 32;
  const result = new Float32Array(values.length);
  for (let top = 0; top < rowCount; top += tile) {
    const bottom = Math.min(top + tile, rowCount);
    for (let left = 0; left < columnCount; left += tile) {
      const right = Math.min(left + tile, columnCount);
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) {
          result[column * rowCount + row] = values[row * columnCount + column];
        }
      }
    }
  }
  return result;
}
