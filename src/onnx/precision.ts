import type { FloatDType } from './value.ts';

/** What a person asks for when converting. */
export type PrecisionName = 'fp32' | 'fp16' | 'q8' | 'q4';

/**
 * How a graph computes and stores. Matrix products and convolutions run in `compute`; residual sums,
 * LayerNorm, softmax over classes, coordinates and sampling grids stay in float32 whatever this says.
 */
export interface Precision {
  readonly name: PrecisionName;
  readonly compute: FloatDType;
  /** Element type of weights in the file; where it differs from `compute` a Cast follows, folded at load. */
  readonly storage: FloatDType;
  /** Bits per weight of linear layers stored as MatMulNBits, or null for plain matrices. */
  readonly linearBits: 8 | 4 | null;
}

/**
 * fp16 needs the `shader-f16` feature; the quantised forms do not: their activations are float32, because
 * MatMulNBits would accumulate in float16 otherwise (microsoft/onnxruntime#29611).
 */
export const PRECISIONS: Readonly<Record<PrecisionName, Precision>> = {
  fp32: { name: 'fp32', compute: 'float32', storage: 'float32', linearBits: null },
  fp16: { name: 'fp16', compute: 'float16', storage: 'float16', linearBits: null },
  q8: { name: 'q8', compute: 'float32', storage: 'float16', linearBits: 8 },
  q4: { name: 'q4', compute: 'float32', storage: 'float16', linearBits: 4 },
};
