/** A matrix in the layout of com.microsoft's MatMulNBits. */
export interface QuantizedMatrix {
  /** uint8 [rows, blocks per row, block · bits / 8]; 4-bit codes are packed low nibble first. */
  readonly codes: Uint8Array;
  /** float32 [rows · blocks per row]: weight = (code − 2^(bits−1)) · scale. */
  readonly scales: Float32Array;
}

/** Columns that share a scale. 32 is what the WebGPU kernel of MatMulNBits is tuned for. */
export const QUANTIZATION_BLOCK = 32;

/** Blocks along one row of `columns` entries; the last may be partly padding. */
export function blocksPerRow(columns: number): number {
  return Math.ceil(columns / QUANTIZATION_BLOCK);
}

/**
 * Quantises a row-major matrix [rows, columns] (a PyTorch Linear's weight as it is) block by block,
 * symmetrically about the implied zero point 2^(bits−1).
 *
 * The entry of largest magnitude maps to the code 0, which has one step more than the top code: its sign
 * is put into the scale, so that it is met exactly (the scheme of llama.cpp's Q4_0).
 */
export function quantizeRows(matrix: Float32Array, rows: number, columns: number, bits: 8 | 4): QuantizedMatrix {
  const blocks = blocksPerRow(columns);
  const zeroPoint = 2 ** (bits - 1);
  const top = 2 ** bits - 1;
  const bytesPerBlock = (QUANTIZATION_BLOCK * bits) / 8;
  // Padding must decode to zero.
  const codes = new Uint8Array(rows * blocks * bytesPerBlock).fill(bits === 8 ? zeroPoint : zeroPoint * 17);
  const scales = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row += 1) {
    for (let block = 0; block < blocks; block += 1) {
      const first = row * columns + block * QUANTIZATION_BLOCK;
      const last = Math.min(first + QUANTIZATION_BLOCK, (row + 1) * columns);
      let extreme = 0;
      for (let i = first; i < last; i += 1) if (Math.abs(matrix[i]) > Math.abs(extreme)) extreme = matrix[i];
      const scale = extreme / -zeroPoint;
      const index = row * blocks + block;
      scales[index] = scale;
      if (scale === 0) continue;
      for (let i = first; i < last; i += 1) {
        const code = Math.min(top, Math.round(matrix[i] / scale) + zeroPoint);
        const place = i - first;
        if (bits === 8) {
          codes[index * bytesPerBlock + place] = code;
        } else {
          const byte = index * bytesPerBlock + (place >> 1);
          codes[byte] = place & 1 ? (codes[byte] & 0x0f) | (code << 4) : (codes[byte] & 0xf0) | code;
        }
      }
    }
  }
  return { codes, scales };
}
