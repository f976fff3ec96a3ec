import { preprocess, type Pixels } from '../../compute/preprocess/cpu.ts';
import { CodedError, throwIfAborted } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { fetchNetworkManifest, modelFilesAt } from '../../models/fetch-model.ts';
import type { NetworkManifest } from '../../models/network-manifest.ts';
import { networkBytes, openNetwork } from '../../models/open-network.ts';
import type { GpuCheck } from '../../core/match.ts';
import type { RuntimeTensor, Session } from '../../platform/runtime/runtime.ts';
import type { CheckedRuntime } from '../reference-check/checked-runtime.ts';
import { type NetworkRuntime, probedNetwork, probeNetwork } from '../reference-check/network-probes.ts';

/** Gets 0…1 of a download, and null once the network runs; and what is known of the GPU and the network. */
export type OnNetwork = (fraction: number | null, check?: GpuCheck) => void;

/** One value a place, row by row; larger is nearer. */
export interface DepthMap {
  readonly size: Size;
  readonly values: Float32Array;
}

/** An installed depth network: one stays open. Calls must not overlap. */
export class DepthNetwork {
  private opened: {
    manifestUrl: string;
    manifest: NetworkManifest;
    session: Session;
    runtime: NetworkRuntime;
  } | null = null;

  constructor(private readonly checked: CheckedRuntime) {}

  /**
   * Relative inverse depth of a photo, larger is nearer, at the network's own size.
   * @throws CodedError `network-unsuitable`, `depth-not-finite`, `cancelled`, and what opening a network throws
   */
  async depth(manifestUrl: string, photo: Pixels, onNetwork: OnNetwork, signal?: AbortSignal): Promise<DepthMap> {
    const { manifest, session, runtime } = await this.open(manifestUrl, onNetwork, signal);
    onNetwork(null);
    const { width, height, mean, std, name } = manifest.input;
    // The network has one size: the photo is squeezed into it and the map stretched back, as with the encoders.
    const image = preprocess(photo, { size: { width, height }, normalisation: { scale: 1, mean, std } });
    const input = (await runtime.open()).tensor(image, [1, 3, height, width]);
    const values = await runNetwork(runtime, session, { [name]: input }, (manifest.outputs as { depth: string }).depth);
    throwIfAborted(signal);
    if (!values.every(Number.isFinite)) {
      throw new CodedError(
        'depth-not-finite',
        `${manifest.name} gave values that are not numbers for this photo.`,
        'Install the model again in fp32, or choose another depth source.',
      );
    }
    return { size: { width, height }, values };
  }

  private async open(manifestUrl: string, onNetwork: OnNetwork, signal?: AbortSignal) {
    if (this.opened?.manifestUrl === manifestUrl) return this.opened;
    onNetwork(0);
    // The old one goes first: two large ones may not fit side by side.
    await this.opened?.session.release();
    this.opened = null;
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
    const { value: session, runtime } = await this.checked.open(
      probedNetwork(manifestUrl, manifest),
      async (opened, read) => {
        const made = await openNetwork(manifest.network, opened, files, onBytes, signal);
        return {
          value: made,
          probe: () => probeNetwork(manifest, made, opened, read),
          release: () => made.release(),
        };
      },
      { signal, onRecord: () => onNetwork(null), onCheck: (check) => onNetwork(1, check) },
    );
    return (this.opened = { manifestUrl, manifest, session, runtime });
  }
}

/** Runs a network, gives all its tensors back and answers with a copy of one output. */
export async function runNetwork(
  runtime: Pick<NetworkRuntime, 'read'>,
  session: Session,
  feeds: Record<string, RuntimeTensor>,
  output: string,
): Promise<Float32Array> {
  try {
    const outputs = await session.run(feeds);
    try {
      return await runtime.read(outputs[output]);
    } finally {
      for (const tensor of Object.values(outputs)) tensor.dispose();
    }
  } finally {
    for (const tensor of Object.values(feeds)) tensor.dispose();
  }
}
