import { fetchManifest, fetchNetworkManifest, fetchSplatManifest, modelFilesAt } from '../../models/fetch-model.ts';
import type { Size } from '../../core/geometry.ts';
import { type InputManifest, type MatcherManifest, type NetworkFile, weightsOf } from '../../models/manifest.ts';
import type { NetworkManifest } from '../../models/network-manifest.ts';
import { openNetwork } from '../../models/open-network.ts';
import type { SplatManifest } from '../../models/splat-manifest.ts';
import { SplatNetwork } from '../../models/splat-network.ts';
import type { Runtime, RuntimeTensor, Session } from '../../platform/runtime/runtime.ts';
import { type NetworkOutputs, sampleOutput } from './network-outputs.ts';
import { checkSizes, syntheticPhoto } from './synthetic-pair.ts';

/** What networks run in. */
export interface NetworkRuntime {
  open(): Promise<Runtime>;
  /** A tensor's values, wherever it lies. */
  read(tensor: RuntimeTensor): Promise<Float32Array>;
}

/**
 * `stages`: a matcher's first encoder alone; `network`: an encoder or a depth network; `splats`: a network of scenes; `file`: an
 * ONNX file without a manifest.
 */
export type ProbedKind = 'stages' | 'network' | 'splats' | 'file';

/** Of which model a check is, and where its files lie. */
export interface ProbedModel {
  kind: ProbedKind;
  /** Empty of a file without one. */
  manifestUrl: string;
  /** For a person. */
  name: string;
  /** Of the same manifest with other weights it differs. */
  weights: string;
  id: string;
}

const HASH_DIGITS = 12;
const hashOf = ({ sha256 }: NetworkFile) => sha256.slice(0, HASH_DIGITS);

export const probedStages = (manifestUrl: string, manifest: MatcherManifest): ProbedModel => ({
  ...{ kind: 'stages', manifestUrl, id: manifest.id, name: manifest.name },
  weights: hashOf(manifest.passes[0].encoder),
});

/** What the check of the whole matcher is told by: a right matcher has a right encoder. */
export const wholeMatcherKey = (adapter: string, manifest: MatcherManifest): string =>
  [adapter, manifest.id, weightsOf(manifest), 'reference'].join(' / ');

export const probedNetwork = (manifestUrl: string, { id, name, network }: NetworkManifest): ProbedModel => ({
  ...{ kind: 'network', manifestUrl, id, name },
  weights: hashOf(network),
});

export const probedSplats = (manifestUrl: string, { id, name, features, splats }: SplatManifest): ProbedModel => ({
  ...{ kind: 'splats', manifestUrl, id, name },
  weights: `${hashOf(features)}-${hashOf(splats)}`,
});

type Read = NetworkRuntime['read'];

/** Pixels as they are. */
const PLAIN: Pick<InputManifest, 'mean' | 'std'> = { mean: [0, 0, 0], std: [1, 1, 1] };

/** What a matcher's first encoder says of the synthetic photo A. @throws CodedError `model-failed` */
export async function probeStages({ passes }: MatcherManifest, session: Session, runtime: Runtime, read: Read) {
  const [{ input, encoder }] = passes;
  const [size] = checkSizes(passes);
  const pixels = syntheticPhoto('a', size, input);
  const image = runtime.tensor(pixels, [1, 3, size.height, size.width]);
  const names = encoder.outputs.map(({ name }) => name);
  return probe(session, { [encoder.input]: image }, names, read);
}

/** What an encoder or a depth network says of the synthetic photo A at its own size. @throws CodedError `model-failed` */
export async function probeNetwork(manifest: NetworkManifest, session: Session, runtime: Runtime, read: Read) {
  const { width, height, name } = manifest.input;
  const image = runtime.tensor(syntheticPhoto('a', { width, height }, manifest.input), [1, 3, height, width]);
  const { outputs } = manifest;
  return probe(session, { [name]: image }, ['depth' in outputs ? outputs.depth : outputs.patchTokens], read);
}

/** An input of a network of pictures: a photo, or a mask of one. */
export interface PictureInput {
  name: string;
  channels: 1 | 3;
  size: Size;
}

/** What a network of pictures says of the synthetic photo A, of which the middle is masked. @throws CodedError `model-failed` */
export async function probePictures(
  session: Session,
  inputs: readonly PictureInput[],
  output: string,
  runtime: Runtime,
  read: Read,
) {
  const feeds = inputs.map(({ name, channels, size }) => {
    const { width, height } = size;
    const isMiddle = (at: number, side: number) => at >= side / 4 && at < (3 * side) / 4;
    const mask = (i: number) => Number(isMiddle(i % width, width) && isMiddle(Math.floor(i / width), height));
    const values =
      channels === 3
        ? syntheticPhoto('a', size, PLAIN)
        : Float32Array.from({ length: width * height }, (_, i) => mask(i));
    return [name, runtime.tensor(values, [1, channels, height, width])] as const;
  });
  return probe(session, Object.fromEntries(feeds), [output], read);
}

/**
 * What a network of scenes says of the synthetic pair, seen by two cameras side by side.
 * @throws CodedError `model-failed`, `splats-not-finite`
 */
export async function probeSplats(network: SplatNetwork): Promise<NetworkOutputs> {
  const { input: size, near, far } = network.manifest;
  const image = new Float32Array(6 * size.width * size.height);
  image.set(syntheticPhoto('a', size, PLAIN));
  image.set(syntheticPhoto('b', size, PLAIN), image.length / 2);
  // The nearest depth moves a place by a tenth of the width.
  const shift = 0.1 * size.width * near;
  const seen = await network.look(image.map((value) => Math.min(1, Math.max(0, value))));
  try {
    const { depth, gaussians } = await network.splats(seen, {
      turn: Float32Array.from({ length: 18 }, (_, i) => Number(i % 9 === 0 || i % 9 === 4 || i % 9 === 8)),
      shift: Float32Array.of(-shift, 0, 0, shift, 0, 0),
      inverse_far: Float32Array.of(1 / far, 1 / far),
      inverse_near: Float32Array.of(1 / near, 1 / near),
    });
    return { depth: sampleOutput(depth), ...(gaussians && { gaussians: sampleOutput(gaussians) }) };
  } finally {
    seen.dispose();
  }
}

/** Opens a model in a runtime of its own, asks it, and answers with what it said: for the reference of one that has none. */
export async function outputsOf(
  { kind, manifestUrl }: Pick<ProbedModel, 'kind' | 'manifestUrl'>,
  where: NetworkRuntime,
): Promise<NetworkOutputs> {
  const runtime = await where.open();
  const read: Read = (tensor) => where.read(tensor);
  const files = modelFilesAt(manifestUrl);
  if (kind === 'splats') {
    return probeSplats(await SplatNetwork.open(await fetchSplatManifest(manifestUrl), runtime, files, read));
  }
  if (kind === 'network') {
    const manifest = await fetchNetworkManifest(manifestUrl);
    return probeNetwork(manifest, await openNetwork(manifest.network, runtime, files), runtime, read);
  }
  const manifest = await fetchManifest(manifestUrl);
  return probeStages(manifest, await openNetwork(manifest.passes[0].encoder, runtime, files), runtime, read);
}

async function probe(
  session: Session,
  feeds: Record<string, RuntimeTensor>,
  names: readonly string[],
  read: Read,
): Promise<NetworkOutputs> {
  try {
    const tensors = await session.run(feeds);
    try {
      const outputs: Record<string, ReturnType<typeof sampleOutput>> = {};
      for (const name of names) outputs[name] = sampleOutput(await read(tensors[name]));
      return outputs;
    } finally {
      for (const tensor of Object.values(tensors)) tensor.dispose();
    }
  } finally {
    for (const tensor of Object.values(feeds)) tensor.dispose();
  }
}
