import ort from 'onnxruntime-node';
import type { ExternalData, Runtime, RuntimeTensor, Session, TensorSpec } from '../../src/platform/runtime/runtime.ts';

/**
 * onnxruntime's native runtime behind the engine's Runtime: its CPU provider, several times faster than WASM in Node, or its
 * WebGPU provider, whose tensors come from the CPU and go back there.
 */
export class NodeRuntime implements Runtime {
  readonly provider = 'node';

  constructor(private readonly executionProvider: 'cpu' | 'webgpu' = 'cpu') {}

  async createSession(model: Uint8Array, externalData: ExternalData[]): Promise<Session> {
    const inMemory = externalData.map(async ({ path, data }) => ({
      path,
      data: data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data,
    }));
    const session = await ort.InferenceSession.create(model, {
      externalData: await Promise.all(inMemory),
      executionProviders: [this.executionProvider],
      // As many as there are cores, unless the environment says otherwise, as that of the tests does.
      intraOpNumThreads: Number(process.env.ORT_THREADS) || 0,
      // Warnings are about speed, and of every graph.
      logSeverityLevel: 3,
    });
    return {
      inputs: session.inputMetadata.map(tensorSpec),
      outputs: session.outputMetadata.map(tensorSpec),
      async run(feeds) {
        const inputs = Object.fromEntries(
          Object.entries(feeds).map(([name, tensor]) => [name, (tensor as NodeTensor).tensor]),
        );
        const outputs = await session.run(inputs);
        return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, new NodeTensor(tensor)]));
      },
      release: () => session.release(),
    };
  }

  tensor(data: Float32Array, dims: readonly number[]): RuntimeTensor {
    return new NodeTensor(new ort.Tensor('float32', data, dims));
  }

  tensorOnGpu(): never {
    throw new Error('The native runtime has no GPU buffers.');
  }
}

const tensorSpec = (value: ort.InferenceSession.ValueMetadata): TensorSpec => ({
  name: value.name,
  shape: value.isTensor ? value.shape.map((axis) => (typeof axis === 'number' && axis > 0 ? axis : null)) : [],
});

/** Keeps the runtime's own tensor: features between encoder and decoder may be half floats. */
class NodeTensor implements RuntimeTensor {
  readonly buffer = null;

  constructor(readonly tensor: ort.Tensor) {}

  get dims(): readonly number[] {
    return this.tensor.dims;
  }

  get data(): Float32Array {
    return this.tensor.data as Float32Array;
  }

  dispose(): void {}
}
