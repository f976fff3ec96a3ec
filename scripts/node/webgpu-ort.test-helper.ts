import * as ort from 'onnxruntime-web/webgpu';
import { encodeModel } from '../../src/onnx/encode.ts';
import type { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { collectData } from '../../src/onnx/run-in-node.test-helper.ts';
import { TestGpu } from '../../src/platform/gpu/testing/dawn.ts';

/** A session made so refuses a graph with an operator that would run on the CPU. */
const ON_GPU_ALONE = { session: { disable_cpu_ep_fallback: '1' } };

/** onnxruntime's WebGPU provider in Node, on Dawn over SwiftShader. Tests only. */
export class WebGpuOrt {
  private constructor(private readonly gpu: TestGpu) {}

  static async open(): Promise<WebGpuOrt> {
    const gpu = await TestGpu.open();
    // What the runtime expects of a browser, on Dawn in Node.
    Object.defineProperty(globalThis, 'navigator', {
      value: { gpu: gpu.instance, userAgent: 'node' },
      configurable: true,
    });
    acceptSharedMemory(gpu.device.queue);
    ort.env.wasm.numThreads = 1;
    return new WebGpuOrt(gpu);
  }

  /** @throws where an operator would fall back to the CPU */
  async session(g: GraphBuilder): Promise<ort.InferenceSession> {
    const model = await encodeModel(g, 'weights.data');
    const externalData = [...(await collectData(model))].map(([path, data]) => ({ path, data }));
    const executionProviders = [{ name: 'webgpu', device: this.gpu.device } as never];
    return ort.InferenceSession.create(model.graph, {
      executionProviders,
      externalData,
      extra: ON_GPU_ALONE,
      logSeverityLevel: 4,
    });
  }

  async run(
    session: ort.InferenceSession,
    feeds: Record<string, Float32Array>,
    g: GraphBuilder,
  ): Promise<Record<string, Float32Array>> {
    const tensors = g.inputs.map(({ name, shape }) => [name, new ort.Tensor('float32', feeds[name], shape)] as const);
    const outputs = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  close(): void {
    this.gpu.close();
  }
}

/** Dawn's Node binding refuses views of shared memory, which the runtime's heap is; browsers take them. */
export function acceptSharedMemory(queue: GPUQueue): void {
  const prototype = Object.getPrototypeOf(queue) as GPUQueue;
  const write = prototype.writeBuffer;
  prototype.writeBuffer = function (buffer, offset, data, dataOffset = 0, size = undefined) {
    const shared = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
    if (!shared) return write.call(this, buffer, offset, data as GPUAllowSharedBufferSource, dataOffset, size);
    const bytes = data as Uint8Array;
    return write.call(
      this,
      buffer,
      offset,
      Uint8Array.from(bytes.subarray(dataOffset, size === undefined ? undefined : dataOffset + size)),
    );
  };
}
