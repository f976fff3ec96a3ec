import type { ByteSource } from '../byte-source.ts';
import { itemBytes, toFloat32 } from './dtype.ts';
import { MAX_RANK, MAX_TENSOR_ELEMENTS } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import type { StridedLayout } from './strided.ts';
import { coveredElements, elementCount, readStrided } from './strided.ts';
import type { CheckpointTensor, TensorDType } from './tensor.ts';

/** What a container says about one tensor; nothing of it has been checked yet. */
export interface TensorDescription extends StridedLayout {
  readonly name: string;
  readonly path: readonly string[];
  readonly dtype: TensorDType;
  /** The bytes that the tensor is a view of; other tensors may share them. */
  readonly storage: ByteSource;
}

/**
 * A lazy tensor over its storage. Throws `tensor-malformed` if the view has negative or fractional numbers
 * or leaves its storage, and `limit-exceeded` for absurd shapes; nothing is read.
 */
export function lazyTensor(description: TensorDescription): CheckpointTensor {
  const { name, path, dtype, storage } = description;
  const shape = [...description.shape];
  const layout: StridedLayout = { shape, strides: [...description.strides], offset: description.offset };
  checkLayout(name, layout, Math.floor(storage.size / itemBytes(dtype)));
  return {
    name,
    path,
    dtype,
    shape,
    size: elementCount(shape),
    readBytes: () => readStrided(storage, layout, itemBytes(dtype)),
    readFloat32: async () => toFloat32(await readStrided(storage, layout, itemBytes(dtype)), dtype),
  };
}

function checkLayout(name: string, layout: StridedLayout, available: number): void {
  const { shape, strides, offset } = layout;
  if (shape.length > MAX_RANK) throw tooLarge(`Tensor ${name} has ${shape.length} dimensions.`);
  if (shape.length !== strides.length || ![...shape, ...strides, offset].every(isCount)) {
    throw malformed(
      'tensor',
      `Tensor ${name} has shape [${shape.join(', ')}] and strides [${strides.join(', ')}] at ${offset}.`,
    );
  }
  let elements = 1;
  for (const length of shape) elements = Math.min(elements * length, Number.MAX_SAFE_INTEGER);
  if (elements > MAX_TENSOR_ELEMENTS) throw tooLarge(`Tensor ${name} has shape [${shape.join(', ')}].`);
  const covered = coveredElements(layout);
  if (covered > 0 && !(offset + covered <= available)) {
    throw malformed('tensor', `Tensor ${name} reaches element ${offset + covered} of a storage that has ${available}.`);
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
