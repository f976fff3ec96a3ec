import type { Progress } from '../../../../core/match.ts';
import { makeScene, type NetworkScene, type SceneInput } from '../../../../gaussians/depthsplat/scene.ts';
import type { CheckedRuntime } from '../../../../matching/reference-check/checked-runtime.ts';
import { probedSplats, probeSplats } from '../../../../matching/reference-check/network-probes.ts';
import { fetchSplatManifest, modelFilesAt } from '../../../../models/fetch-model.ts';
import type { SplatManifest } from '../../../../models/splat-manifest.ts';
import { type SeenPhotos, SplatNetwork } from '../../../../models/splat-network.ts';
import { type MatchedPhotos, networkInput } from './network-input.ts';

export interface NetworkSceneHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** A scene with the network that made it, and what it was made of. */
export interface MadeScene {
  readonly scene: NetworkScene;
  readonly manifest: SplatManifest;
  readonly input: SceneInput;
}

/** What the network has seen: the same match with another scale does not look again. */
interface Looked {
  /** The match, which ends with its photos. */
  readonly match: object;
  readonly seen: SeenPhotos;
}

/** Scenes that an installed network makes of two matched photos. One network is open at a time. */
export class NetworkScenes {
  private opened: { readonly manifestUrl: string; readonly network: SplatNetwork } | null = null;
  private looked: Looked | null = null;

  constructor(private readonly checked: CheckedRuntime) {}

  /**
   * @param match what the photos are told by: with the same one they are not looked at again
   * @param factor of the baseline that the matches ask for; null: the one that fits best is looked for
   * @throws CodedError of opening a model, of networkInput, `splats-not-finite`, `cancelled`
   */
  async make(
    manifestUrl: string,
    match: object,
    matched: MatchedPhotos,
    factor: number | null,
    { signal, onProgress }: NetworkSceneHooks,
  ): Promise<MadeScene> {
    const network = await this.open(manifestUrl, { signal, onProgress });
    const input = networkInput(matched, network.manifest);
    onProgress({ stage: 'make-scene', fraction: null });
    const seen = await this.look(network, match, input.image);
    const scene = await makeScene(
      input,
      async (cameras) => {
        const { depth, gaussians } = await network.splats(seen, cameras, signal);
        // networkInput has refused networks without them.
        return { depth, gaussians: gaussians! };
      },
      {
        ...(factor !== null && { factors: [factor] }),
        signal,
        onProgress: (done, of) => onProgress({ stage: 'make-scene', fraction: done / of }),
      },
    );
    return { scene, manifest: network.manifest, input };
  }

  /** Frees what was seen of photos that are closed or matched anew. */
  forget(): void {
    this.looked?.seen.dispose();
    this.looked = null;
  }

  private async look(network: SplatNetwork, match: object, image: Float32Array): Promise<SeenPhotos> {
    if (this.looked?.match === match) return this.looked.seen;
    this.forget();
    const seen = await network.look(image);
    this.looked = { match, seen };
    return seen;
  }

  private async open(manifestUrl: string, { signal, onProgress }: NetworkSceneHooks): Promise<SplatNetwork> {
    if (this.opened?.manifestUrl === manifestUrl) return this.opened.network;
    onProgress({ stage: 'load-model', fraction: 0 });
    // The old one goes first: two large ones may not fit side by side.
    this.forget();
    await this.opened?.network.release();
    this.opened = null;
    const manifest = await fetchSplatManifest(manifestUrl, signal);
    const onLoaded = (share: number): void => onProgress({ stage: 'load-model', fraction: share });
    const files = modelFilesAt(manifestUrl);
    const { value: network } = await this.checked.open(
      probedSplats(manifestUrl, manifest),
      async (runtime, read) => {
        const made = await SplatNetwork.open(manifest, runtime, files, read, { onLoaded, signal });
        return { value: made, probe: () => probeSplats(made), release: () => made.release() };
      },
      {
        signal,
        onRecord: () => onProgress({ stage: 'check-model', fraction: null }),
        onCheck: (check) => onProgress({ stage: 'load-model', fraction: 1, check }),
      },
    );
    this.opened = { manifestUrl, network };
    return network;
  }
}
