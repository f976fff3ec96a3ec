import { CodedError, throwIfAborted } from '../core/errors.ts';
import type { Runtime, RuntimeTensor, Session } from '../platform/runtime/runtime.ts';
import type { ReadModelFile } from './fetch-model.ts';
import { networkBytes, openNetwork } from './open-network.ts';
import type { SplatManifest } from './splat-manifest.ts';

/** A tensor's values on the CPU, wherever it lies. */
export type ReadTensor = (tensor: RuntimeTensor) => Promise<Float32Array>;

/** Camera inputs by name, as `sweepInputs` of gaussians/depthsplat makes them. */
export interface SplatCameras {
  readonly turn: Float32Array;
  readonly shift: Float32Array;
  readonly inverse_far: Float32Array;
  readonly inverse_near: Float32Array;
}

/** What the network says of two photos with cameras; planes of both views, one after the other. */
export interface SplatOutput {
  /** [2, height, width] along z in the cameras' unit. */
  readonly depth: Float32Array;
  /** [2, height, width] of the most probable depth. */
  readonly probability: Float32Array;
  /** [2, 37, height, width]; null where the network gives depth alone. */
  readonly gaussians: Float32Array | null;
}

/** Two photos that the network has looked at: its features, to be disposed of. */
export interface SeenPhotos {
  readonly tensors: Readonly<Record<string, RuntimeTensor>>;
  dispose(): void;
}

const CAMERA_SHAPES = {
  turn: [2, 3, 3],
  shift: [2, 3, 1],
  inverse_far: [2, 1, 1, 1],
  inverse_near: [2, 1, 1, 1],
} as const;

/** A network that makes a scene of two photos, opened: see splat-manifest.ts. */
export class SplatNetwork {
  private constructor(
    readonly manifest: SplatManifest,
    private readonly runtime: Runtime,
    private readonly sessions: { readonly features: Session; readonly splats: Session },
    private readonly readTensor: ReadTensor,
  ) {}

  /** Reads both graphs. `onBytes` gets the share of all bytes so far. */
  static async open(
    manifest: SplatManifest,
    runtime: Runtime,
    read: ReadModelFile,
    readTensor: ReadTensor,
    { onLoaded, signal }: { readonly onLoaded?: (share: number) => void; readonly signal?: AbortSignal } = {},
  ): Promise<SplatNetwork> {
    const [first, second] = [networkBytes(manifest.features), networkBytes(manifest.splats)];
    const told = (bytes: number): void => onLoaded?.(bytes / (first + second));
    const features = await openNetwork(manifest.features, runtime, read, told, signal);
    try {
      const splats = await openNetwork(manifest.splats, runtime, read, (bytes) => told(first + bytes), signal);
      return new SplatNetwork(manifest, runtime, { features, splats }, readTensor);
    } catch (error) {
      await features.release();
      throw error;
    }
  }

  /**
   * Looks at two photos, whatever their cameras: once a pair.
   * @param image [2, 3, height, width] RGB in 0…1 of the manifest's size
   */
  async look(image: Float32Array): Promise<SeenPhotos> {
    const { width, height } = this.manifest.input;
    const input = this.runtime.tensor(image, [2, 3, height, width]);
    try {
      const outputs = await this.sessions.features.run({ image: input });
      const tensors = { ...outputs, image: input };
      return {
        tensors,
        dispose() {
          for (const tensor of Object.values(tensors)) tensor.dispose();
        },
      };
    } catch (error) {
      input.dispose();
      throw error;
    }
  }

  /**
   * Depth and Gaussians of photos that were looked at, with these cameras.
   * @throws CodedError `splats-not-finite`, `cancelled`
   */
  async splats(seen: SeenPhotos, cameras: SplatCameras, signal?: AbortSignal): Promise<SplatOutput> {
    throwIfAborted(signal);
    const { width, height } = this.manifest.input;
    const own = Object.entries(CAMERA_SHAPES).map(([name, shape]) => {
      const values = cameras[name as keyof SplatCameras];
      return [name, this.runtime.tensor(values.slice(), shape)] as const;
    });
    // A network of depth alone does not ask for the picture again.
    const asked = ['image', ...this.manifest.features.outputs].filter(
      (name) => name !== 'image' || this.manifest.gaussians !== null,
    );
    const feeds = Object.fromEntries([...own, ...asked.map((name) => [name, seen.tensors[name]] as const)]);
    let outputs: Record<string, RuntimeTensor> = {};
    try {
      outputs = await this.sessions.splats.run(feeds);
      const read = async (name: string, length: number): Promise<Float32Array> => {
        const values = await this.readTensor(outputs[name]);
        if (values.length === length && values.every(Number.isFinite)) return values;
        throw new CodedError(
          'splats-not-finite',
          `${this.manifest.name} gave values that are not numbers for these photos.`,
          'Install the model again in fp32.',
        );
      };
      const pixels = 2 * width * height;
      const { gaussians } = this.manifest;
      return {
        depth: await read('depth', pixels),
        probability: await read('probability', pixels),
        gaussians: gaussians && (await read('gaussians', gaussians.channels * pixels)),
      };
    } finally {
      for (const [, tensor] of own) tensor.dispose();
      for (const tensor of Object.values(outputs)) tensor.dispose();
    }
  }

  async release(): Promise<void> {
    await this.sessions.features.release();
    await this.sessions.splats.release();
  }
}
