import type { Pixels } from '../../../../compute/preprocess/cpu.ts';
import { DepthNetwork, type OnNetwork, runNetwork } from '../../../../matching/monocular/depth-network.ts';
import { CheckedRuntime } from '../../../../matching/reference-check/checked-runtime.ts';
import type { KeptNetworks } from '../../../../models/kept-networks.ts';
import type { DroppedNetwork, OpenedNetwork } from '../../contract/api.ts';
import type { NetworkPurpose } from '../../../../models/library-contract.ts';
import type { GpuCheck } from '../../../../core/match.ts';
import { Mutex } from '../../../../platform/runtime/runtime.ts';
import type { PlainMap } from './fit-photo.ts';
import { runInpainting } from './inpainting-network.ts';
import type { LazyRuntime } from '../../../../platform/runtime/lazy-runtime.ts';
import { PurposeNetworks } from './purpose-networks.ts';
import { runSky } from './sky-network.ts';

/** The networks of the lift studio besides matchers: depth, sky, inpainting. One of each stays open. */
export class LiftNetworks {
  private readonly depthNetwork: DepthNetwork;
  private readonly purposes: PurposeNetworks;
  // One network at a time: they share the runtime, and closing one must not meet its run.
  private readonly jobs = new Mutex();

  /**
   * @param openKept where networks for sky and holes are kept, if not in the browser's storage
   * @param checked where they run
   * @param onCheck hears what is known of the GPU and a network for sky or holes
   */
  constructor(
    runtime: LazyRuntime,
    openKept?: () => Promise<KeptNetworks>,
    checked = new CheckedRuntime(runtime, null),
    onCheck?: (check: GpuCheck) => void,
  ) {
    this.depthNetwork = new DepthNetwork(checked);
    this.purposes = new PurposeNetworks(checked, openKept, onCheck);
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

  /** See {@link DepthNetwork.depth}. */
  depth(manifestUrl: string, photo: Pixels, onNetwork: OnNetwork, signal?: AbortSignal): Promise<PlainMap> {
    return this.jobs.run(() => this.depthNetwork.depth(manifestUrl, photo, onNetwork, signal));
  }

  /**
   * Sky of a photo, 0…1, by the network that was dropped or is kept on this device.
   * @throws CodedError `sky-model-missing`, `sky-model-unusable`
   */
  skyMap(photo: Pixels): Promise<PlainMap> {
    return this.jobs.run(async () => {
      const { session, plan, runtime } = await this.purposes.get('sky');
      return runSky(plan, photo, await runtime.open(), (feeds) => runNetwork(runtime, session, feeds, plan.output));
    });
  }

  /**
   * The picture with its holes filled by the network that was dropped or is kept; other pixels stay as they are.
   * @param holes [h, w] 1 where there is nothing
   * @throws CodedError `inpainting-model-missing`, `inpainting-model-unusable`
   */
  inpaint(picture: Pixels, holes: Uint8Array): Promise<Uint8ClampedArray> {
    return this.jobs.run(async () => {
      const { session, plan, runtime } = await this.purposes.get('inpainting');
      return runInpainting(plan, picture, holes, await runtime.open(), (feeds) =>
        runNetwork(runtime, session, feeds, plan.output),
      );
    });
  }
}
