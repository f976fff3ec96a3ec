import { CodedError, throwIfAborted } from '../core/errors.ts';
import type { InstalledModel } from './library-contract.ts';
import { Sha256 } from '../core/sha256.ts';
import { MANIFEST_FILE, MANIFEST_MAX_BYTES } from './manifest.ts';
import type { NetworkFile } from './manifest.ts';
import type { ModelStore } from './store.ts';
import { parseAnyManifest } from './store.ts';

export interface ReadyModelHooks {
  signal?: AbortSignal;
  onProgress?: (item: string, loaded: number, total: number) => void;
}

const COPY_BYTES = 4 * 2 ** 20;

/**
 * Installs ONNX files that come with their manifest: each file that the manifest names is checked against its size and
 * sha256 while it is copied.
 * @throws CodedError `manifest-missing`, `manifest-invalid`, `model-files-missing`, `model-corrupt`
 */
export async function addReadyModel(
  files: readonly File[],
  store: ModelStore,
  exclusively: <T>(id: string, job: () => Promise<T>) => Promise<T>,
  { signal, onProgress }: ReadyModelHooks = {},
): Promise<InstalledModel> {
  const manifest = await readManifest(files);
  const networks = networksOf(manifest);
  const wanted = new Map(
    networks.flatMap((network) => [network, ...(network.externalData ?? [])]).map((file) => [file.file, file]),
  );
  const given = new Map(files.map((file) => [file.name, file]));
  const missing = [...wanted.keys()].filter((name) => !given.has(name));
  if (missing.length > 0) {
    throw new CodedError(
      'model-files-missing',
      `The manifest of ${manifest.name} also names ${missing.join(', ')}.`,
      'Drop the manifest and all of its files together.',
    );
  }
  const total = [...wanted.values()].reduce((bytes, file) => bytes + file.bytes, 0);
  return exclusively(manifest.id, async () => {
    const sink = await store.begin(manifest.id);
    try {
      let before = 0;
      for (const [name, expected] of wanted) {
        const target = await sink.open(name);
        try {
          await copy(
            given.get(name)!,
            expected,
            (bytes) => target.write(bytes),
            (loaded) => onProgress?.(name, before + loaded, total),
            signal,
          );
          await target.close();
        } catch (error) {
          await target.abort();
          throw error;
        }
        before += expected.bytes;
      }
      const target = await sink.open(MANIFEST_FILE);
      await target.write(new TextEncoder().encode(JSON.stringify(manifest)));
      await target.close();
      return await store.commit(manifest.id, { installedAt: Date.now(), checkpoints: [], facts: [], unused: [] });
    } catch (error) {
      await store.remove(manifest.id).catch(() => {});
      throw error;
    }
  });
}

function networksOf(manifest: ReturnType<typeof parseAnyManifest>): NetworkFile[] {
  if ('passes' in manifest) return manifest.passes.flatMap(({ encoder, decoder }) => [encoder, decoder]);
  return 'splats' in manifest ? [manifest.features, manifest.splats] : [manifest.network];
}

async function readManifest(files: readonly File[]) {
  const file = files.find(({ name }) => /\.json$/i.test(name));
  if (!file || file.size > MANIFEST_MAX_BYTES) {
    throw new CodedError(
      'manifest-missing',
      'An ONNX file alone does not say what it takes and gives.',
      'Drop it together with the manifest.json that was written beside it, and with its .data file if there is one; ' +
        'networks for sky and holes are opened on the Lift page.',
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch (cause) {
    throw new CodedError('manifest-invalid', `${file.name} is not JSON.`, 'Use a manifest made by "npm run convert".', {
      cause,
    });
  }
  return parseAnyManifest(json, file.name);
}

async function copy(
  file: File,
  expected: NetworkFile,
  write: (bytes: Uint8Array) => Promise<void>,
  onLoaded: (loaded: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const hash = new Sha256();
  for (let at = 0; at < file.size; at += COPY_BYTES) {
    throwIfAborted(signal);
    const bytes = new Uint8Array(await file.slice(at, at + COPY_BYTES).arrayBuffer());
    hash.update(bytes);
    await write(bytes);
    onLoaded(at + bytes.length);
  }
  const sha256 = hash.hex();
  if (file.size !== expected.bytes || sha256 !== expected.sha256) {
    throw new CodedError(
      'model-corrupt',
      `${file.name} is not the file that the manifest describes.`,
      'Use the files that were written together with the manifest.',
    );
  }
}
