import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { CodedError } from '../../core/errors.ts';
import { fetchPacked } from './packed-file.ts';
import {
  type ExternalData,
  Mutex,
  type Runtime,
  type RuntimeTensor,
  type Session,
  type TensorSpec,
} from './runtime.ts';

type Ort = typeof import('onnxruntime-web');

/** More threads than this do not pay for networks of this size. */
const MAX_THREADS = 4;

/** Whether this code came from another origin than the page's: in a sandboxed frame, or on a site that embeds the app. */
const isForeign = () =>
  globalThis.location !== undefined && new URL(import.meta.url).origin !== globalThis.location.origin;

/** Threads that WASM can use here: one without cross-origin isolation, or where its workers would be refused. */
export const wasmThreads = () =>
  globalThis.crossOriginIsolated && !isForeign() ? Math.min(MAX_THREADS, navigator.hardwareConcurrency || 1) : 1;

/**
 * onnxruntime-web behind {@link Runtime}. The only file that imports it.
 * @param device the shared device for `webgpu`, null for `wasm`
 */
export async function createOrtRuntime(device: GPUDevice | null): Promise<Runtime> {
  const { ort, binary, isPacked } = await load(device !== null);
  // Told where its .wasm lies, the runtime does not look for its own scripts, which it would refuse from another origin.
  if (isForeign()) ort.env.wasm.wasmPaths = { wasm: await binary() };
  if (isPacked) ort.env.wasm.wasmBinary ??= await fetchPacked(await binary());
  ort.env.wasm.numThreads = wasmThreads();
  ort.env.logLevel = 'error';
  return new OrtRuntime(ort, device);
}

/** Downloads the runtime's script and binary, which the browser keeps; nothing is compiled. */
export async function prefetchRuntime(webgpu: boolean): Promise<void> {
  const { binary } = await load(webgpu);
  await (await fetch(await binary())).arrayBuffer();
}

interface Variant {
  script: () => Promise<unknown>;
  binary: () => Promise<{ default: string }>;
  /** Whether the build keeps the .wasm gzipped, because some hosts refuse files of its size. */
  isPacked?: boolean;
}

/** Each variant is a chunk and a .wasm of its own: only the one that runs is downloaded. */
const VARIANTS: Record<'wasm' | 'jspi' | 'asyncify', Variant> = {
  wasm: {
    script: () => import('onnxruntime-web/wasm'),
    binary: () => import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url'),
  },
  jspi: {
    script: () => import('onnxruntime-web/jspi'),
    binary: () => import('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'),
  },
  asyncify: {
    script: () => import('onnxruntime-web/webgpu'),
    binary: () => import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'),
    isPacked: import.meta.env.PROD,
  },
};

async function load(webgpu: boolean): Promise<{ ort: Ort; binary: () => Promise<string>; isPacked: boolean }> {
  // JSPI suspends native frames: half the download of asyncify, and faster. Not every browser has it yet.
  const {
    script,
    binary,
    isPacked = false,
  } = VARIANTS[!webgpu ? 'wasm' : 'Suspending' in WebAssembly ? 'jspi' : 'asyncify'];
  try {
    const ort = (await script()) as Ort;
    return { ort, binary: async () => (await binary()).default, isPacked };
  } catch (error) {
    throw new CodedError(
      'runtime-missing',
      'The inference runtime could not be downloaded.',
      'Check the connection and reload.',
      { cause: error },
    );
  }
}

/** Why no session came to be: WebAssembly that the page's policy forbids is no fault of the model. */
export function refusal(error: unknown): CodedError {
  const reason = firstLine(error);
  if (/unsafe-eval|Content.Security.Policy|blocked by CSP/i.test(reason)) {
    return new CodedError(
      'runtime-forbidden',
      'The content security policy of this page forbids WebAssembly, which models run on.',
      "Whoever runs the page adds 'wasm-unsafe-eval' to its script-src; docs/hosting.md has the whole policy.",
      { cause: error },
    );
  }
  return new CodedError(
    'model-unusable',
    `The runtime refuses this model: ${reason}`,
    'Convert it again, or choose another model or provider.',
    { cause: error },
  );
}

class OrtRuntime implements Runtime {
  readonly provider: 'webgpu' | 'wasm';
  // Concurrent run() or create() hang the page: the native provider has no guard of its own.
  private readonly mutex = new Mutex();

  constructor(
    private readonly ort: Ort,
    private readonly device: GPUDevice | null,
  ) {
    this.provider = device ? 'webgpu' : 'wasm';
  }

  async createSession(model: Uint8Array, externalData: ExternalData[]): Promise<Session> {
    const options: InferenceSession.SessionOptions = {
      executionProviders: this.device ? [{ name: 'webgpu', device: this.device } as never] : ['wasm'],
      graphOptimizationLevel: 'all',
      // Not for its threads: the other mode plans which buffers to use again, and that takes seconds for graphs of thousands
      // of nodes and unknown sizes; results and memory are the same. On WebGPU matches are faster with the plan, and graphs
      // that name their sizes are planned in no time (training/graph.py, name_sizes).
      executionMode: this.device ? 'sequential' : 'parallel',
      externalData,
      ...(this.device ? { preferredOutputLocation: 'gpu-buffer' } : {}),
    };
    const create = () => this.mutex.run(() => this.ort.InferenceSession.create(model, options));
    try {
      return new OrtSession(await create(), create, this.mutex);
    } catch (error) {
      throw refusal(error);
    }
  }

  tensor(data: Float32Array, dims: readonly number[]): RuntimeTensor {
    return new OrtTensor(new this.ort.Tensor('float32', data, dims));
  }

  tensorOnGpu(buffer: GPUBuffer, dims: readonly number[], onDispose: () => void): RuntimeTensor {
    return new OrtTensor(this.ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [...dims] }), onDispose);
  }
}

class OrtSession implements Session {
  constructor(
    private session: InferenceSession,
    private readonly recreate: () => Promise<InferenceSession>,
    private readonly mutex: Mutex,
  ) {}

  get inputs(): readonly TensorSpec[] {
    return this.session.inputMetadata.map(tensorSpec);
  }

  get outputs(): readonly TensorSpec[] {
    return this.session.outputMetadata.map(tensorSpec);
  }

  async run(feeds: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>> {
    const inputs: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = (tensor as OrtTensor).tensor;
    try {
      const outputs = await this.mutex.run(() => this.session.run(inputs));
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, new OrtTensor(tensor)]));
    } catch (error) {
      // After one failed run a session on the GPU stays broken.
      await this.session.release().catch(() => {});
      this.session = await this.recreate();
      throw new CodedError(
        'model-failed',
        `The model failed: ${firstLine(error)}`,
        'Try a smaller input size or the other provider.',
        { cause: error },
      );
    }
  }

  async release(): Promise<void> {
    await this.mutex.run(() => this.session.release());
  }
}

class OrtTensor implements RuntimeTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | null;
  readonly buffer: GPUBuffer | null;

  constructor(
    readonly tensor: Tensor,
    private readonly onDispose?: () => void,
  ) {
    this.dims = tensor.dims;
    const onGpu = tensor.location === 'gpu-buffer';
    this.buffer = onGpu ? (tensor.gpuBuffer as GPUBuffer) : null;
    this.data = onGpu ? null : (tensor.data as Float32Array);
  }

  dispose(): void {
    this.tensor.dispose();
    this.onDispose?.();
  }
}

const tensorSpec = (value: InferenceSession.ValueMetadata): TensorSpec => ({
  name: value.name,
  shape: value.isTensor ? value.shape.map((axis) => (typeof axis === 'number' && axis > 0 ? axis : null)) : [],
});

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 300);
