import { MANIFEST_FILE } from '../models/manifest.ts';
import type { ModelSink } from '../models/manifest.ts';
import { detectNetworks, unrecognised } from './detect.ts';
import type { ByteSink } from '../core/byte-sink.ts';
import type { GraphCost } from '../onnx/cost.ts';
import { countCost } from '../onnx/cost.ts';
import type { EncodedModel } from '../onnx/encode.ts';
import { encodeModel } from '../onnx/encode.ts';
import { CodedError, throwIfAborted } from '../core/errors.ts';
import { Sha256 } from '../core/sha256.ts';
import type { NetworkFamily } from './family.ts';
import { FAMILIES, isMeant } from './index.ts';
import type { ConversionInput, ConversionOptions, ConversionPlan, LocatedNetwork } from './plan.ts';
import { branchOf } from './weights.ts';
import type { MatcherManifest, NetworkFile } from '../models/manifest.ts';
import type { NetworkManifest } from '../models/network-manifest.ts';
import type { SplatManifest } from '../models/splat-manifest.ts';

export type { ConversionInput, ConversionOptions, ConversionPlan } from './plan.ts';

export interface ConversionProgress {
  /** The file being written, and the tensor that was just written to it. */
  readonly file: string;
  readonly tensor: string;
  readonly bytesWritten: number;
  readonly bytesTotal: number;
}

export interface ConversionResult {
  readonly manifest: MatcherManifest | NetworkManifest | SplatManifest;
  readonly report: ConversionReport;
}

/** A plan with the family that made it. */
export type RecognisedPlan = ConversionPlan & { readonly family: NetworkFamily };

export interface ConversionReport {
  /** Name of the family that was recognised. */
  readonly family: string;
  readonly facts: readonly string[];
  /** What was assumed because no file says it. */
  readonly warnings: readonly string[];
  /** Tensors of the files that no graph uses, as `file: tensor`. */
  readonly unused: readonly string[];
  /** What the checkpoints' readers skipped. */
  readonly notes: readonly string[];
  /** Static cost of each graph, by the file's name without its ending. */
  readonly costs: Readonly<Record<string, GraphCost>>;
  readonly bytesWritten: number;
}

export interface ConversionHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ConversionProgress) => void;
}

/**
 * Recognises the networks in the checkpoints and builds their graphs from shapes alone; reads no weights.
 * @throws CodedError where nothing is recognised, something is missing or the options do not fit
 */
export function planConversion(inputs: readonly ConversionInput[], options: ConversionOptions = {}): RecognisedPlan {
  const found = inputs.flatMap((input) => {
    const networks = detectNetworks(input.checkpoint.tensors, options.branch);
    if (networks.length === 0) throw unrecognised(input.name, input.checkpoint.tensors);
    return networks.map((network): LocatedNetwork => ({ ...network, input }));
  });
  const target = options.as ?? 'auto';
  // In the families' order, the outermost first, whichever file it is in.
  const family = FAMILIES.find((one) => isMeant(one, target) && found.some((entry) => entry.family === one));
  const network = found.find((entry) => entry.family === family);
  if (!family || !network) {
    throw new CodedError(
      'architecture-other',
      `No ${target === 'auto' ? 'network' : target} was found; the files hold: ${[...new Set(found.map((entry) => entry.family.name))].join(', ')}.`,
      'Convert without --as, or add the missing file.',
    );
  }
  return { ...withBranch(network, options, family.plan(network, options, found)), family };
}

/** Says which of several copies was taken. @throws CodedError `branch-missing` where the wished one is not there */
function withBranch(network: LocatedNetwork, { branch }: ConversionOptions, plan: ConversionPlan): ConversionPlan {
  const { prefix, others, input } = network;
  if (branch !== undefined && branchOf(prefix) !== branch) {
    throw new CodedError(
      'branch-missing',
      `${input.name} holds no ${branch}; its network sits under "${prefix}".`,
      'Convert without --branch.',
    );
  }
  if (others.length === 0) return plan;
  const left = others.map((other) => `"${other}"${branchOf(other) ? ` (${branchOf(other)})` : ''}`);
  const fact = `Taken: "${prefix}"${branchOf(prefix) ? ` (${branchOf(prefix)})` : ''}; left out: ${left.join(', ')}`;
  return { ...plan, facts: [...plan.facts, fact] };
}

/**
 * Converts checkpoints to ONNX files and a manifest. At most one tensor's values are held at a time (two
 * while it is transposed or quantised), so memory follows the largest tensor, not the file.
 *
 * @throws CodedError `cancelled` on abort; the sinks opened so far have been told to drop what they hold
 */
export async function convertModel(
  inputs: readonly ConversionInput[],
  sink: ModelSink,
  options: ConversionOptions = {},
  hooks: ConversionHooks = {},
): Promise<ConversionResult> {
  throwIfAborted(hooks.signal);
  const plan = planConversion(inputs, options);
  const encoded: { file: string; model: EncodedModel }[] = [];
  for (const { file, graph } of plan.graphs) encoded.push({ file, model: await encodeModel(graph, `${file}.data`) });
  const bytesTotal = encoded.reduce(
    (sum, { model }) => sum + model.dataFiles.reduce((bytes, data) => bytes + data.bytes, 0),
    0,
  );

  const files = new Map<string, NetworkFile>();
  let bytesBefore = 0;
  let bytesWritten = 0;
  for (const { file, model } of encoded) {
    const externalData: NetworkFile[] = [];
    await model.writeData(
      async ({ name }) =>
        hashingSink(await sink.open(name), (written) => externalData.push({ file: name, ...written })),
      {
        signal: hooks.signal,
        onProgress: (progress) =>
          hooks.onProgress?.({
            file: `${file}.data`,
            tensor: progress.tensor,
            bytesWritten: bytesBefore + progress.bytesWritten,
            bytesTotal,
          }),
      },
    );
    bytesBefore += model.dataFiles.reduce((sum, { bytes }) => sum + bytes, 0);
    const onnx = await writeFile(sink, `${file}.onnx`, model.graph);
    files.set(file, externalData.length > 0 ? { ...onnx, externalData } : onnx);
    bytesWritten += [onnx, ...externalData].reduce((sum, { bytes }) => sum + bytes, 0);
  }
  throwIfAborted(hooks.signal);
  const manifest = plan.manifest(files);
  await writeFile(sink, MANIFEST_FILE, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
  return { manifest, report: { ...describePlan(plan, inputs), bytesWritten } };
}

/** What a plan would use and cost, for reports and `--inspect`. */
export function describePlan(
  plan: RecognisedPlan,
  inputs: readonly ConversionInput[],
): Omit<ConversionReport, 'bytesWritten'> {
  // Two networks of one file: a tensor is unused only if neither takes it.
  const unusedOf = plan.weights.map((weights) => weights.unused());
  const unused = inputs.flatMap(({ name, checkpoint }) =>
    [...checkpoint.tensors.values()]
      .filter((tensor) =>
        plan.weights.every((weights, i) => !weights.reads(checkpoint.tensors) || unusedOf[i].includes(tensor.name)),
      )
      .map((tensor) => `${name}: ${tensor.name}`),
  );
  return {
    family: plan.family.name,
    facts: plan.facts,
    warnings: plan.warnings ?? [],
    unused,
    notes: inputs.flatMap(({ name, checkpoint }) => checkpoint.notes.map((note) => `${name}: ${note}`)),
    costs: Object.fromEntries(plan.graphs.map(({ file, graph }) => [file, countCost(graph)])),
  };
}

async function writeFile(sink: ModelSink, file: string, bytes: Uint8Array): Promise<NetworkFile> {
  let written = { bytes: 0, sha256: '' };
  const target = hashingSink(await sink.open(file), (result) => (written = result));
  try {
    await target.write(bytes);
    await target.close();
  } catch (error) {
    await target.abort();
    throw error;
  }
  return { file, ...written };
}

/** A sink that also counts and hashes what passes through it. */
function hashingSink(sink: ByteSink, onClosed: (written: { bytes: number; sha256: string }) => void): ByteSink {
  const hash = new Sha256();
  let bytes = 0;
  return {
    async write(chunk) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      await sink.write(chunk);
    },
    async close() {
      await sink.close();
      onClosed({ bytes, sha256: hash.hex() });
    },
    abort: () => sink.abort(),
  };
}
