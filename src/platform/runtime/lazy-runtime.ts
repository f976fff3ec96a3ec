import { createOrtRuntime } from './ort.ts';
import type { Runtime, RuntimeTensor } from './runtime.ts';
import { readBytes } from '../gpu/readback.ts';

/** The inference runtime of this worker, downloaded when a model is first run. */
export class LazyRuntime {
  private opening: Promise<Runtime> | null = null;

  /**
   * @param device what models run on; null for WASM
   * @param create another runtime than the browser's: tests
   */
  constructor(
    private readonly device: GPUDevice | null,
    private readonly create: (device: GPUDevice | null) => Promise<Runtime> = createOrtRuntime,
  ) {}

  async open(): Promise<Runtime> {
    this.opening ??= this.create(this.device);
    try {
      return await this.opening;
    } catch (error) {
      // A download that failed is tried again at the next ask.
      this.opening = null;
      throw error;
    }
  }

  /** A copy of a tensor's values: the runtime may reuse its memory once the tensor is disposed of. */
  async read({ dims, data, buffer }: RuntimeTensor): Promise<Float32Array> {
    if (data) return Float32Array.from(data);
    return new Float32Array(await readBytes(this.device!, buffer!, 4 * dims.reduce((a, b) => a * b, 1)));
  }
}
