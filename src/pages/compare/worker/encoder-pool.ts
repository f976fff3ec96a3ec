import { describeAdapter, type Gpu } from '../../../platform/gpu/device.ts';
import type { GpuCheck, KnownChecks } from '../../../core/match.ts';
import { type CheckListener, CheckedRuntime } from '../../../matching/reference-check/checked-runtime.ts';
import {
  type NetworkRuntime,
  probedNetwork,
  probedStages,
  probeNetwork,
  probeStages,
  wholeMatcherKey,
} from '../../../matching/reference-check/network-probes.ts';
import { GRADIENT_HISTOGRAM } from '../passes/gradient-histogram/cpu.ts';
import { preprocess } from '../../../compute/preprocess/cpu.ts';
import { fetchManifest, fetchNetworkManifest, modelFilesAt } from '../../../models/fetch-model.ts';
import { inputSize } from '../../../models/input-size.ts';
import type { FeatureManifest, InputManifest, MatcherManifest, NetworkFile } from '../../../models/manifest.ts';
import type { NetworkManifest } from '../../../models/network-manifest.ts';
import type { EncoderCandidate, EncoderInfo, EncoderSource } from '../contract.ts';
import type { FeatureMap } from '../../../core/feature-map.ts';
import type { Size } from '../../../core/geometry.ts';
import type { CpuPhoto } from '../../../matching/backend/cpu-backend.ts';
import { networkBytes, openNetwork } from '../../../models/open-network.ts';
import { LazyRuntime } from '../../../platform/runtime/lazy-runtime.ts';
import type { Runtime, RuntimeTensor, Session } from '../../../platform/runtime/runtime.ts';
import type { FeatureMaths } from './feature-maths.ts';

/** What the classical descriptor takes: its stride's multiples, so that no edge is left out. */
const CLASSICAL_INPUT: InputManifest = {
  sizing: 'keep-aspect',
  multipleOf: 16,
  defaultLongSide: 448,
  minSide: 64,
  maxLongSide: 1040,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
/** Finer features have more places than can be compared with each other, and are hardly more than colours. */
const MIN_STRIDE = 4;
/** Sessions that stay open: as many as there are columns. */
const MAX_SESSIONS = 4;

export const CLASSICAL: EncoderInfo = {
  id: 'classical',
  name: 'Gradient histograms',
  detail: 'classical, no network',
  stride: GRADIENT_HISTOGRAM.stride,
  source: { kind: 'classical' },
};

/** Features of one run by name; the classical descriptor and networks of their own have one, called `features`. */
export type RunFeatures = Record<string, FeatureMap>;

/** Called with 0…1 of a model's download, and with null once the network runs; and with what is known of it and the GPU. */
export type OnEncoding = (fraction: number | null, check?: GpuCheck) => void;

type ModelSource = Exclude<EncoderSource, { kind: 'classical' }>;

/** Subtracted from and divided into RGB in [0, 1]. */
export interface Normalisation {
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** Whether anything is done to the pixels; a network that does it itself is fed them as they are. */
const isNormalised = ({ mean, std }: Normalisation) => [...mean, ...std].some((value, i) => value !== (i < 3 ? 0 : 1));

interface OpenEncoder extends Normalisation {
  session: Session;
  runtime: NetworkRuntime;
  inputName: string;
  sizeFor(photo: Size, longSide: number): Size;
  read(outputs: Record<string, RuntimeTensor>): Promise<RunFeatures>;
}

/** Opens encoders and runs them; at most a few stay open. */
export class EncoderPool {
  private readonly open = new Map<string, Promise<OpenEncoder>>();

  private readonly adapter: string;

  /** `gpu`: the device that networks run on, null for WASM. `known`: what checks of the GPU have said before. */
  constructor(
    gpu: Gpu | null,
    private readonly maths: FeatureMaths,
    known: KnownChecks = {},
    private readonly checked = new CheckedRuntime(new LazyRuntime(gpu?.device ?? null), gpu, known),
  ) {
    this.adapter = gpu ? describeAdapter(gpu.info) : '';
  }

  /** Every encoder among the models. One whose manifest cannot be read is left out: the Models panel tells why. */
  async list(models: readonly EncoderCandidate[]): Promise<EncoderInfo[]> {
    const found = await Promise.all(
      models.map((model) => (model.kind === 'matcher' ? stagesOf(model) : networkOf(model)).catch(() => [])),
    );
    return [...found.flat(), CLASSICAL];
  }

  /** Whether two encoders are outputs of the same run. */
  runKey(source: EncoderSource): string {
    return source.kind === 'classical' ? source.kind : source.manifestUrl;
  }

  /** The name of an encoder's features among those of its run. */
  featureName(source: EncoderSource): string {
    return source.kind === 'stage' ? source.feature : 'features';
  }

  /** `normalisation`: in place of the network's own, where it has one that the page applies. */
  async encode(
    source: EncoderSource,
    photo: CpuPhoto,
    longSide: number,
    onEncoding: OnEncoding,
    normalisation?: Normalisation,
  ): Promise<RunFeatures> {
    if (source.kind === 'classical') {
      const size = inputSize(photo.size, CLASSICAL_INPUT, longSide);
      const { mean, std } = CLASSICAL_INPUT;
      const image = preprocess(photo.pixels(), { size, normalisation: { scale: 1, mean, std } });
      return { features: await this.maths.describe(image, size) };
    }
    const encoder = await this.load(source, onEncoding);
    onEncoding(null);
    const size = encoder.sizeFor(photo.size, longSide);
    const { mean, std } = normalisation && isNormalised(encoder) ? normalisation : encoder;
    const image = preprocess(photo.pixels(), { size, normalisation: { scale: 1, mean, std } });
    const input = (await encoder.runtime.open()).tensor(image, [1, 3, size.height, size.width]);
    try {
      const outputs = await encoder.session.run({ [encoder.inputName]: input });
      try {
        return await encoder.read(outputs);
      } finally {
        for (const tensor of Object.values(outputs)) tensor.dispose();
      }
    } finally {
      input.dispose();
    }
  }

  private async load(source: ModelSource, onEncoding: OnEncoding): Promise<OpenEncoder> {
    const key = source.manifestUrl;
    const known = this.open.get(key);
    this.open.delete(key);
    const opening = known ?? this.openEncoder(source, onEncoding);
    this.open.set(key, opening);
    try {
      const encoder = await opening;
      await this.closeOldest();
      return encoder;
    } catch (error) {
      // A download that failed is tried again at the next ask.
      if (this.open.get(key) === opening) this.open.delete(key);
      throw error;
    }
  }

  private async closeOldest(): Promise<void> {
    for (const [key, encoder] of this.open) {
      if (this.open.size <= MAX_SESSIONS) return;
      this.open.delete(key);
      await (await encoder).session.release();
    }
  }

  private async openEncoder(source: ModelSource, onEncoding: OnEncoding): Promise<OpenEncoder> {
    onEncoding(0);
    const { manifestUrl } = source;
    const isNetwork = source.kind === 'network';
    const files = modelFilesAt(manifestUrl);
    const open = (network: NetworkFile, runtime: Runtime) => {
      const total = networkBytes(network);
      return openNetwork(network, runtime, files, (loaded) => onEncoding(loaded / total));
    };
    const listener: CheckListener = { onRecord: () => onEncoding(null), onCheck: (check) => onEncoding(1, check) };
    if (isNetwork) {
      const manifest = await fetchNetworkManifest(manifestUrl);
      const { value: session, runtime } = await this.checked.open(
        probedNetwork(manifestUrl, manifest),
        async (opened, read) => {
          const made = await open(manifest.network, opened);
          return {
            value: made,
            probe: () => probeNetwork(manifest, made, opened, read),
            release: () => made.release(),
          };
        },
        listener,
      );
      return ofNetwork(manifest, session, runtime);
    }
    const manifest = await fetchManifest(manifestUrl);
    const { value: session, runtime } = await this.checked.open(
      probedStages(manifestUrl, manifest),
      async (opened, read) => {
        const made = await open(manifest.passes[0].encoder, opened);
        return { value: made, probe: () => probeStages(manifest, made, opened, read), release: () => made.release() };
      },
      listener,
      [wholeMatcherKey(this.adapter, manifest)],
    );
    return ofMatcher(manifest, session, runtime);
  }
}

function ofMatcher({ passes: [pass] }: MatcherManifest, session: Session, runtime: NetworkRuntime): OpenEncoder {
  return {
    session,
    runtime,
    inputName: pass.encoder.input,
    sizeFor: (photo, longSide) => inputSize(photo, pass.input, longSide),
    mean: pass.input.mean,
    std: pass.input.std,
    read: async (outputs) => {
      const features: RunFeatures = {};
      for (const { name } of comparable(pass.encoder.outputs))
        features[name] = fromPlanes(outputs[name].dims, await runtime.read(outputs[name]));
      return features;
    },
  };
}

function ofNetwork(manifest: NetworkManifest, session: Session, runtime: NetworkRuntime): OpenEncoder {
  const { input, outputs, rows, columns, channels } = manifest;
  return {
    session,
    runtime,
    inputName: input.name,
    // The graph was made for one size: the photo is squeezed into it, as L2M's figures do.
    sizeFor: () => ({ width: input.width, height: input.height }),
    mean: input.mean,
    std: input.std,
    read: async (tensors) => {
      const tokens = tensors[(outputs as { patchTokens: string }).patchTokens];
      const values = (await runtime.read(tokens)) as Float32Array<ArrayBuffer>;
      return { features: { grid: { width: columns, height: rows }, channels, values } };
    },
  };
}

const comparable = (features: readonly FeatureManifest[]) => features.filter(({ stride }) => stride >= MIN_STRIDE);

/** [1, channels, h, w] → places with their channels together. */
function fromPlanes([, channels, height, width]: readonly number[], planes: Float32Array): FeatureMap {
  const points = width * height;
  const values = new Float32Array(points * channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < points; i++) values[i * channels + c] = planes[c * points + i];
  }
  return { grid: { width, height }, channels, values };
}

async function stagesOf({ id, name, manifestUrl }: EncoderCandidate): Promise<EncoderInfo[]> {
  const { passes } = await fetchManifest(manifestUrl);
  return comparable(passes[0].encoder.outputs).map(({ name: feature, stride, channels }) => ({
    id: `${id}/${feature}`,
    name: `Stride ${stride} (${feature}), ${name}`,
    detail: `stride ${stride}, ${channels} channels`,
    stride,
    source: { kind: 'stage', manifestUrl, feature },
  }));
}

async function networkOf({ id, name, manifestUrl }: EncoderCandidate): Promise<EncoderInfo[]> {
  const { input, patch, channels } = await fetchNetworkManifest(manifestUrl);
  const detail = `patch ${patch}, ${channels} channels, ${input.width} × ${input.height} px`;
  return [{ id, name, detail, stride: patch, source: { kind: 'network', manifestUrl } }];
}
