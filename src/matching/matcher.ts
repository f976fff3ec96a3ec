import type { ReadModelFile } from '../models/fetch-model.ts';
import type { MatcherManifest, NetworkFile, PassManifest } from '../models/manifest.ts';
import type { Side } from '../core/geometry.ts';
import { networkBytes, openNetwork } from '../models/open-network.ts';
import type { Runtime, RuntimeTensor, Session } from '../platform/runtime/runtime.ts';

/** What the encoder of one pass says of one photo. */
export type Features = Record<string, RuntimeTensor>;

/** What the decoder says of one direction. `extra` goes to the next pass. */
export interface Decoded {
  /** [1, 2, h, w] */
  warp: RuntimeTensor;
  /** [1, 1, h, w] */
  logit: RuntimeTensor;
  /** [1, 3, h, w] the warp's inverse covariance, of networks that know it. */
  precision: RuntimeTensor | null;
  /** [1, 6, rows, columns] the network's own matches, of semi-dense networks; see the manifest. */
  own?: RuntimeTensor | null;
  outputs: Record<string, RuntimeTensor>;
}

/** The sessions of a matcher, made from its manifest. It knows tensors; photos and drawing are elsewhere. */
export class Matcher {
  private constructor(
    readonly manifest: MatcherManifest,
    readonly runtime: Runtime,
    private readonly passes: { manifest: PassManifest; encoder: Session; decoder: Session }[],
  ) {}

  /** Reads and compiles all networks of the manifest. `onProgress` gets bytes over all files. */
  static async load(
    manifest: MatcherManifest,
    runtime: Runtime,
    read: ReadModelFile,
    onProgress?: (loaded: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<Matcher> {
    const networks = manifest.passes.flatMap((pass): NetworkFile[] => [pass.encoder, pass.decoder]);
    const total = networks.reduce((sum, network) => sum + networkBytes(network), 0);
    let before = 0;
    const open = async (network: NetworkFile): Promise<Session> => {
      const session = await openNetwork(
        network,
        runtime,
        read,
        (loaded) => onProgress?.(before + loaded, total),
        signal,
      );
      before += networkBytes(network);
      return session;
    };
    const passes: Matcher['passes'] = [];
    for (const pass of manifest.passes) {
      passes.push({ manifest: pass, encoder: await open(pass.encoder), decoder: await open(pass.decoder) });
    }
    return new Matcher(manifest, runtime, passes);
  }

  get passCount(): number {
    return this.passes.length;
  }

  /** Image [1, 3, H, W] → features of pass `index`. The image stays the caller's. */
  encode(index: number, image: RuntimeTensor): Promise<Features> {
    const { manifest, encoder } = this.passes[index];
    return encoder.run({ [manifest.encoder.input]: image });
  }

  /** Features of both photos → warp and certainty on photo `side`'s grid. */
  async decode(index: number, side: Side, features: Record<Side, Features>, previous?: Decoded): Promise<Decoded> {
    const { manifest, decoder } = this.passes[index];
    const feeds: Record<string, RuntimeTensor> = {};
    for (const [input, source] of Object.entries(manifest.decoder.inputs)) {
      const [from, name] = splitOnce(source);
      if (from === 'previous') feeds[input] = previous!.outputs[name];
      // For B→A the photos change places; the network does not know which is called A.
      else feeds[input] = (from === 'a') === (side === 'a') ? features.a[name] : features.b[name];
    }
    const outputs = await decoder.run(feeds);
    return {
      warp: outputs[manifest.decoder.outputs.warp],
      logit: outputs[manifest.decoder.outputs.certaintyLogit],
      precision: outputs[manifest.decoder.outputs.precision ?? ''] ?? null,
      own: outputs[manifest.decoder.outputs.matches ?? ''] ?? null,
      outputs,
    };
  }

  async release(): Promise<void> {
    for (const { encoder, decoder } of this.passes) {
      await encoder.release();
      await decoder.release();
    }
  }
}

export const disposeFeatures = (features: Features) => Object.values(features).forEach((tensor) => tensor.dispose());
export const disposeDecoded = (decoded: Decoded) => disposeFeatures(decoded.outputs);

function splitOnce(source: string): [string, string] {
  const dot = source.indexOf('.');
  return [source.slice(0, dot), source.slice(dot + 1)];
}
