import type { ByteSource } from '../byte-source.ts';

/** Element types that checkpoints of this field hold. */
export type TensorDType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/**
 * One named tensor of a checkpoint, as a lazy view: nothing is read until {@link readFloat32} or
 * {@link readBytes}. A 1.2 GB checkpoint is never in memory as a whole.
 */
export interface CheckpointTensor {
  /** {@link path} joined by dots; unique within its checkpoint. */
  readonly name: string;
  /** Keys of the dictionaries around the tensor, outermost first: `['model', 'blocks.0.norm1.weight']`. */
  readonly path: readonly string[];
  readonly dtype: TensorDType;
  /** Row-major shape; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** Elements in the tensor (product of the shape). */
  readonly size: number;
  /** Values in row-major order whatever the strides; float16/bfloat16 widened, int64 rounded to the nearest float. */
  readFloat32(): Promise<Float32Array<ArrayBuffer>>;
  /** The same values in the stored dtype, little endian, row-major and contiguous. A fresh array each time. */
  readBytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** A checkpoint: tensors by their full dotted name, and what else was beside them. */
export interface Checkpoint {
  /** Which container was read. */
  readonly format: 'torch-zip' | 'torch-legacy' | 'safetensors';
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** What was skipped and why, for the report: foreign classes, non-tensor values. */
  readonly notes: readonly string[];
}

/** Opens a checkpoint without reading its weights. Throws a CodedError for anything malformed or refused. */
export type OpenCheckpoint = (source: ByteSource, name: string) => Promise<Checkpoint>;
