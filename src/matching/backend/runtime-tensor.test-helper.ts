import type { RuntimeTensor } from '../../platform/runtime/runtime.ts';
import type { TestGpu } from '../../platform/gpu/testing/dawn.ts';

/** What a network's output is to a backend: values in memory, or in a GPU buffer that is larger than the tensor, as the runtime's are. */
export function runtimeTensor(gpu: TestGpu | null, values: Float32Array, dims: number[]): RuntimeTensor {
  if (!gpu) return { dims, data: values, dispose: () => {} } as never;
  const buffer = gpu.scope.storage('tensor', values.byteLength + 64);
  gpu.device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  return { dims, buffer, dispose: () => {} } as never;
}
