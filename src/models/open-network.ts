import type { ModelFile, ReadModelFile } from './fetch-model.ts';
import type { NetworkFile } from './manifest.ts';
import { throwIfAborted } from '../core/errors.ts';
import type { ExternalData, Runtime, Session } from '../platform/runtime/runtime.ts';

/** Bytes of a network's graph and weights together. */
export const networkBytes = (network: NetworkFile): number =>
  filesOf(network).reduce((sum, { bytes }) => sum + bytes, 0);

/** Reads a network's files and makes a session of them. `onBytes` gets the bytes so far, over all its files. */
export async function openNetwork(
  network: NetworkFile,
  runtime: Runtime,
  read: ReadModelFile,
  onBytes?: (loaded: number) => void,
  signal?: AbortSignal,
): Promise<Session> {
  let before = 0;
  const readCounted = async (file: ModelFile) => {
    const bytes = await read(file, (loaded) => onBytes?.(before + loaded), signal);
    before += file.bytes;
    return bytes;
  };
  const graph = await readCounted(network);
  const model = graph instanceof Blob ? new Uint8Array(await graph.arrayBuffer()) : graph;
  const externalData: ExternalData[] = [];
  for (const file of network.externalData ?? []) externalData.push({ path: file.file, data: await readCounted(file) });
  throwIfAborted(signal);
  return runtime.createSession(model, externalData);
}

function filesOf(network: NetworkFile): ModelFile[] {
  return [network, ...(network.externalData ?? [])];
}
