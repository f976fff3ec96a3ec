/** Weights beside a graph. A Blob is read by the runtime, so that large weights are in memory only once. */
export interface ExternalData {
  path: string;
  data: Uint8Array | Blob;
}

/**
 * What the engine needs of an inference runtime. ort.ts implements it on onnxruntime-web; the command line
 * implements it on onnxruntime-node; the rest of the engine cannot tell them apart.
 */
export interface Runtime {
  readonly provider: 'webgpu' | 'wasm' | 'node';
  createSession(model: Uint8Array, externalData: ExternalData[]): Promise<Session>;
  /** A float32 tensor on the CPU; takes the array over without a copy. */
  tensor(data: Float32Array, dims: readonly number[]): RuntimeTensor;
  /** A float32 tensor over a GPU buffer of the shared device; `onDispose` is where its owner frees it. Only for `webgpu`. */
  tensorOnGpu(buffer: GPUBuffer, dims: readonly number[], onDispose: () => void): RuntimeTensor;
}

/** A float32 tensor on exactly one side: `data` on the CPU or `buffer` on the GPU (which may be larger than the tensor). */
export interface RuntimeTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | null;
  readonly buffer: GPUBuffer | null;
  dispose(): void;
}

/** A network's input or output as its file declares it; an axis without a fixed length is null. */
export interface TensorSpec {
  name: string;
  shape: readonly (number | null)[];
}

export interface Session {
  /** What the network takes and gives; absent where the runtime does not tell. */
  readonly inputs?: readonly TensorSpec[];
  readonly outputs?: readonly TensorSpec[];
  run(feeds: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}

/**
 * Runs jobs one after another. A failed job's caller sees its error; the next job runs all the same
 * (`chain = chain.then(job)` would poison every later one).
 */
export class Mutex {
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.tail.then(job);
    this.tail = result.catch(() => {});
    return result;
  }
}
