import { preprocess, type Pixels } from '../../../../compute/preprocess/cpu.ts';
import { fetchNetworkManifest, modelFilesAt } from '../../../../models/fetch-model.ts';
import type { KeptNetworks } from '../../../../models/kept-networks.ts';
import type { NetworkManifest } from '../../../../models/network-manifest.ts';
import { CodedError, throwIfAborted } from '../../../../core/errors.ts';
import type { DroppedNetwork, OpenedNetwork } from '../../contract/api.ts';
import type { NetworkPurpose } from '../../../../models/library-contract.ts';
import { networkBytes, openNetwork } from '../../../../models/open-network.ts';
import { Mutex, type RuntimeTensor, type Session } from '../../../../platform/runtime/runtime.ts';
import type { PlainMap } from './fit-photo.ts';
import { runInpainting } from './inpainting-network.ts';
import type { LazyRuntime } from '../../../../platform/runtime/lazy-runtime.ts';
import { PurposeNetworks } from './purpose-networks.ts';
import { runSky } from './sky-network.ts';

interface OpenDepth {
  manifestUrl: string;
  manifest: NetworkManifest;
  session: Session;
}

/** Gets 0…1 of a download, and null once the network runs. */
export type OnNetwork = (fraction: number | null) => void;

/** The networks of the lift studio besides matchers: depth, sky, inpainting. One of each stays open. */
export class LiftNetworks {
  private depthNetwork: OpenDepth | null = null;
  private readonly purposes: PurposeNetworks;
  // One network at a time: they share the runtime, and closing one must not meet its run.
  private readonly jobs = new Mutex();

  /** @param openKept where networks for sky and holes are kept, if not in the browser's storage */
  constructor(
    private readonly runtime: LazyRuntime,
    openKept?: () => Promise<KeptNetworks>,
  ) {
    this.purposes = new PurposeNetworks(runtime, openKept);
  }

  /** See {@link PurposeNetworks.add}. */
  add(network: DroppedNetwork, signal?: AbortSignal): Promise<OpenedNetwork> {
    return this.jobs.run(() => this.purposes.add(network, signal));
  }

  close(purpose: NetworkPurpose): Promise<void> {
    return this.jobs.run(() => this.purposes.close(purpose));
  }

  /** Tells one sky network from another in caches. @throws CodedError `sky-model-missing`, `sky-model-unusable` */
  async skyKey(): Promise<string> {
    // Nobody waits for what runs: the key of an open network is there.
    return this.purposes.keyOf('sky') ?? this.jobs.run(async () => (await this.purposes.get('sky')).key);
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
   * Sky of a photo, 0…1, by the network that was dropped or is kept on this device.
   * @throws CodedError `sky-model-missing`, `sky-model-unusable`
   */
  skyMap(photo: Pixels): Promise<PlainMap> {
    return this.jobs.run(async () => {
      const { session, plan } = await this.purposes.get('sky');
      const runtime = await this.runtime.open();
      return runSky(plan, photo, runtime, (feeds) => this.run(session, feeds, plan.output));
    });
  }

  /**
   * The picture with its holes filled by the network that was dropped or is kept; other pixels stay as they are.
   * @param holes [h, w] 1 where there is nothing
   * @throws CodedError `inpainting-model-missing`, `inpainting-model-unusable`
   */
  inpaint(picture: Pixels, holes: Uint8Array): Promise<Uint8ClampedArray> {
    return this.jobs.run(async () => {
      const { session, plan } = await this.purposes.get('inpainting');
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
