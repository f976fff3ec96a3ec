import { CodedError } from '../core/errors.ts';
import type { NetworkFile } from './manifest.ts';

/**
 * A network that maps one photo to something, as data: an encoder (patch tokens) or a depth estimator.
 * Matchers, which need two networks and two photos, have a manifest of their own.
 */
export interface NetworkManifest {
  schema: typeof NETWORK_SCHEMA;
  kind: 'encoder' | 'depth';
  id: string;
  name: string;
  /** SPDX identifier of the weights' licence. */
  licence: string;
  source: string;
  input: {
    name: string;
    /** The graph takes this size and no other: [1, 3, height, width] float32, RGB. */
    width: number;
    height: number;
    /** Subtracted from and divided into RGB in [0, 1]; zeros and ones where the graph does it itself. */
    mean: [number, number, number];
    std: [number, number, number];
  };
  network: NetworkFile;
  /**
   * Tensor names. An encoder has `patchTokens` [1, rows · columns, channels] and `clsToken` [1, channels];
   * a depth estimator has `depth` [1, height, width], relative inverse depth, larger is nearer.
   */
  outputs: { patchTokens: string; clsToken: string } | { depth: string };
  /** Pixels of one patch, and the tokens that an encoder yields. */
  patch: number;
  rows: number;
  columns: number;
  channels: number;
}

export const NETWORK_SCHEMA = 'liftmatch-network/1';

/**
 * Checks that JSON is a network manifest in what its users rely on.
 * @throws CodedError `manifest-invalid` that names the first wrong field
 */
export function parseNetworkManifest(json: unknown, where: string): NetworkManifest {
  const manifest = json as Partial<NetworkManifest> | null;
  const problem = findProblem(manifest);
  if (problem === null) return manifest as NetworkManifest;
  throw new CodedError(
    'manifest-invalid',
    `The model manifest ${where} is not valid: ${problem}.`,
    'Use a manifest made by "npm run convert", or correct that field.',
  );
}

function findProblem(manifest: Partial<NetworkManifest> | null): string | null {
  if (manifest === null || typeof manifest !== 'object') return 'the file must be an object';
  if (manifest.schema !== NETWORK_SCHEMA) return `schema must be "${NETWORK_SCHEMA}"`;
  if (manifest.kind !== 'encoder' && manifest.kind !== 'depth') return 'kind must be "encoder" or "depth"';
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(String(manifest.id))) return 'id may hold a–z, 0–9, dot, dash and underscore';
  for (const key of ['name', 'licence', 'source'] as const)
    if (!isText(manifest[key])) return `${key} must be a non-empty text`;
  for (const key of ['patch', 'rows', 'columns', 'channels'] as const)
    if (!isCount(manifest[key])) return `${key} must be a positive whole number`;
  const { input, network } = manifest;
  if (!input || !isText(input.name) || !isCount(input.width) || !isCount(input.height))
    return 'input must have name, width and height';
  for (const key of ['mean', 'std'] as const) if (!isTriple(input[key])) return `input.${key} must have three numbers`;
  if (input.std.some((value) => value <= 0)) return 'input.std must be positive';
  const outputs = manifest.kind === 'encoder' ? ['patchTokens', 'clsToken'] : ['depth'];
  const named = manifest.outputs as Record<string, unknown> | undefined;
  for (const key of outputs) if (!isText(named?.[key])) return `outputs.${key} must be a non-empty text`;
  for (const file of network ? [network, ...(network.externalData ?? [])] : [null]) {
    // A manifest from elsewhere must not name files outside its own folder.
    const sound =
      file &&
      /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(file.file) &&
      isCount(file.bytes) &&
      /^[0-9a-f]{64}$/.test(file.sha256);
    if (!sound) return 'network must have plain file names with bytes and sha256';
  }
  return null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isTriple = (value: unknown): value is [number, number, number] =>
  Array.isArray(value) && value.length === 3 && value.every((entry) => Number.isFinite(entry));
