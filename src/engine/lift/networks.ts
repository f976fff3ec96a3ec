import { preprocess, type Pixels } from '../../gpu/reference/preprocess.ts';
import { fetchNetworkManifest, modelFilesAt } from '../../models/fetch-model.ts';
import type { NetworkManifest } from '../../models/network-manifest.ts';
import { CodedError, throwIfAborted } from '../../shared/errors.ts';
import type { DroppedNetwork } from '../../shared/lift/api.ts';
import { networkBytes, openNetwork } from '../open-network.ts';
import { Mutex, type RuntimeTensor, type Session } from '../runtime.ts';
import type { PlainMap } from './fit-photo.ts';
import { inpaintingPlan, runInpainting } from './inpainting-network.ts';
import type { LazyRuntime } from './lazy-runtime.ts';
import { runSky, skyPlan } from './sky-network.ts';

interface OpenDepth {
  manifestUrl: string;
  manifest: NetworkManifest;
  session: Session;
}

/** An ONNX file that was dropped and turned out to be what it was dropped for. */
interface OpenDropped<Plan> {
  name: string;
  session: Session;
  plan: Plan;
}

/** Gets 0…1 of a download, and null once the network runs. */
export type OnNetwork = (fraction: number | null) => void;

/** The networks of the lift studio besides matchers: depth, sky, inpainting. One of each stays open. */
export class LiftNetworks {
  private depthNetwork: OpenDepth | null = null;
  private sky: OpenDropped<ReturnType<typeof skyPlan>> | null = null;
  private inpainting: OpenDropped<ReturnType<typeof inpaintingPlan>> | null = null;
  // One network at a time: they share the runtime, and closing one must not meet its run.
  private readonly jobs = new Mutex();

  constructor(private readonly runtime: LazyRuntime) {}

  /** Tells one sky network from another in caches; null without one. */
  get skyName(): string | null {
    return this.sky?.name ?? null;
  }

  /**
   * Opens a dropped network, in place of the last one for that purpose.
   * @throws CodedError `network-unsuitable` where it takes or gives something else, `model-unusable`
   */
  add({ purpose, file, name }: DroppedNetwork, signal?: AbortSignal): Promise<void> {
    return this.jobs.run(async () => {
      const runtime = await this.runtime.open();
      const bytes = new Uint8Array(await file.arrayBuffer());
      throwIfAborted(signal);
      const session = await runtime.createSession(bytes, []);
      try {
        throwIfAborted(signal);
        const old = purpose === 'sky' ? this.sky : this.inpainting;
        if (purpose === 'sky') this.sky = { name, session, plan: skyPlan(session, name) };
        else this.inpainting = { name, session, plan: inpaintingPlan(session, name) };
        await old?.session.release();
      } catch (error) {
        await session.release();
        throw error;
      }
    });
  }

  /** Relative inverse depth of a photo by an installed network, larger is nearer, at the network's own size. */
  depth(manifestUrl: string, photo: Pixels, onNetwork: OnNetwork, signal?: AbortSignal): Promise<PlainMap> {
    return this.jobs.run(async () => {
      const { manifest, session } = await this.openDepth(manifestUrl, onNetwork, signal);
      onNetwork(null);
      const { width, height, mean, std, name } = manifest.input;
      // The network has one size: the photo is squeezed into it and the map stretched back, as with the encoders.
      const image = preprocess(photo, { size: { width, height }, normalisation: { scale: 1, mean, std } });
      const input = (await this.runtime.open()).tensor(image, [1, 3, height, width]);
      const values = await this.run(session, { [name]: input }, (manifest.outputs as { depth: string }).depth);
      throwIfAborted(signal);
      if (!values.every(Number.isFinite)) {
        throw new CodedError(
          'depth-not-finite',
          `${manifest.name} gave values that are not numbers for this photo.`,
          'Install the model again in fp32, or choose another depth source.',
        );
      }
      return { size: { width, height }, values };
    });
  }

  /**
   * Sky of a photo, 0…1, by the dropped network.
   * @throws CodedError `sky-model-missing`
   */
  skyMap(photo: Pixels): Promise<PlainMap> {
    return this.jobs.run(async () => {
      if (!this.sky) throw missing('sky', 'skyseg.onnx or another ONNX sky network');
      const { session, plan } = this.sky;
      const runtime = await this.runtime.open();
      return runSky(plan, photo, runtime, (feeds) => this.run(session, feeds, plan.output));
    });
  }

  /**
   * The picture with its holes filled by the dropped network; other pixels stay as they are.
   * @param holes [h, w] 1 where there is nothing
   * @throws CodedError `inpainting-model-missing`
   */
  inpaint(picture: Pixels, holes: Uint8Array): Promise<Uint8ClampedArray> {
    return this.jobs.run(async () => {
      if (!this.inpainting) throw missing('inpainting', 'an ONNX inpainting network such as LaMa');
      const { session, plan } = this.inpainting;
      const runtime = await this.runtime.open();
      return runInpainting(plan, picture, holes, runtime, (feeds) => this.run(session, feeds, plan.output));
    });
  }

  /** Runs a network, gives all its tensors back and answers with a copy of one output. */
  private async run(session: Session, feeds: Record<string, RuntimeTensor>, output: string): Promise<Float32Array> {
    try {
      const outputs = await session.run(feeds);
      try {
        return await this.runtime.read(outputs[output]);
      } finally {
        for (const tensor of Object.values(outputs)) tensor.dispose();
      }
    } finally {
      for (const tensor of Object.values(feeds)) tensor.dispose();
    }
  }

  private async openDepth(manifestUrl: string, onNetwork: OnNetwork, signal?: AbortSignal): Promise<OpenDepth> {
    if (this.depthNetwork?.manifestUrl === manifestUrl) return this.depthNetwork;
    onNetwork(0);
    // The old one goes first: two large ones may not fit side by side.
    await this.depthNetwork?.session.release();
    this.depthNetwork = null;
    const manifest = await fetchNetworkManifest(manifestUrl, signal);
    if (manifest.kind !== 'depth') {
      throw new CodedError(
        'network-unsuitable',
        `${manifest.name} is not a depth network but an ${manifest.kind}.`,
        'Choose an installed Depth Anything, or another depth source.',
      );
    }
    const total = networkBytes(manifest.network);
    const onBytes = (loaded: number) => onNetwork(loaded / total);
    const files = modelFilesAt(manifestUrl);
    const session = await openNetwork(manifest.network, await this.runtime.open(), files, onBytes, signal);
    return (this.depthNetwork = { manifestUrl, manifest, session });
  }
}

const missing = (purpose: 'sky' | 'inpainting', what: string) =>
  new CodedError(
    `${purpose}-model-missing`,
    `No ${purpose} network has been opened yet.`,
    `Drop ${what}, or choose another way.`,
  );
