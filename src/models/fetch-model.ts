import { CodedError, isCancelled, throwIfAborted } from '../core/errors.ts';
import { type MatcherManifest, MANIFEST_MAX_BYTES, parseManifest } from './manifest.ts';
import { type NetworkManifest, parseNetworkManifest } from './network-manifest.ts';
import type { SplatManifest } from './splat-manifest.ts';
import { isOpfsUrl, readOpfsFile } from '../platform/storage/opfs.ts';

/** One file that a manifest names. */
export interface ModelFile {
  file: string;
  bytes: number;
  sha256: string;
}

/** Called with bytes so far and in all; `total` is the manifest's figure. */
export type DownloadProgress = (loaded: number, total: number) => void;

/**
 * Reads a file that the manifest names, whole and verified: its bytes, or a Blob on disk where the runtime can read it
 * piece by piece. Elsewhere than in the page (Node, tests) it is another function.
 */
export type ReadModelFile = (
  file: ModelFile,
  onProgress?: DownloadProgress,
  signal?: AbortSignal,
) => Promise<Uint8Array | Blob>;

/**
 * Fetches and checks a manifest, from the network or (`opfs:`) from the installed models.
 * @throws CodedError `network`, `model-gone`, `manifest-invalid`
 */
export async function fetchManifest(url: string, signal?: AbortSignal): Promise<MatcherManifest> {
  return parseManifest(await fetchManifestJson(url, signal), url);
}

/** The same for a network that maps one photo to something. */
export async function fetchNetworkManifest(url: string, signal?: AbortSignal): Promise<NetworkManifest> {
  return parseNetworkManifest(await fetchManifestJson(url, signal), url);
}

/** The same for a network that makes a scene of two photos. Its schema's checks are downloaded with the first one. */
export async function fetchSplatManifest(url: string, signal?: AbortSignal): Promise<SplatManifest> {
  const { parseSplatManifest } = await import('./splat-manifest.ts');
  return parseSplatManifest(await fetchManifestJson(url, signal), url);
}

async function fetchManifestJson(url: string, signal?: AbortSignal): Promise<unknown> {
  const text = isOpfsUrl(url) ? await (await readOpfsFile(url)).text() : await (await get(url, signal)).text();
  if (text.length > MANIFEST_MAX_BYTES) {
    throw new CodedError('manifest-invalid', `The model manifest ${url} is too long to be one.`, 'Check the address.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CodedError('manifest-invalid', `The model manifest ${url} is not JSON.`, 'Check the address.');
  }
}

/** A reader of the files beside a manifest. */
export function modelFilesAt(manifestUrl: string): ReadModelFile {
  return isOpfsUrl(manifestUrl) ? installedFilesAt(manifestUrl) : fetchedFilesAt(manifestUrl);
}

/** Installed files were hashed while they were written; whether they are whole is told by their size. */
function installedFilesAt(manifestUrl: string): ReadModelFile {
  return async (file, onProgress) => {
    const blob = await readOpfsFile(manifestUrl, file.file);
    if (blob.size !== file.bytes) {
      throw new CodedError(
        'model-corrupt',
        `The installed file ${file.file} has ${blob.size} bytes instead of ${file.bytes}.`,
        'Install the model again in the Models panel.',
      );
    }
    onProgress?.(file.bytes, file.bytes);
    return blob;
  };
}

/**
 * Files from the network: streamed with progress, refused at once when longer than declared,
 * verified by sha256, and kept in the Cache API under the hash so that the next visit downloads nothing.
 */
function fetchedFilesAt(manifestUrl: string): ReadModelFile {
  return async (file, onProgress, signal) => {
    const kept = await readKept(file);
    if (kept) {
      onProgress?.(file.bytes, file.bytes);
      return kept;
    }
    const url = new URL(file.file, manifestUrl).href;
    const response = await get(url, signal);
    const bytes = await readExactly(response, file, onProgress, signal);
    await verify(bytes, file);
    await keep(file, bytes);
    return bytes;
  };
}

async function get(url: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null, credentials: 'omit' });
  } catch (error) {
    if (isCancelled(error)) throwIfAborted(signal);
    throw new CodedError('network', `${url} could not be reached.`, 'Check the connection and try again.', {
      cause: error,
    });
  }
  if (!response.ok) {
    throw new CodedError(
      'network',
      `${url} answered ${response.status} ${response.statusText}.`,
      'Check the address and try again.',
    );
  }
  return response;
}

async function readExactly(
  response: Response,
  file: ModelFile,
  onProgress?: DownloadProgress,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.bytes);
  let loaded = 0;
  const reader = response.body!.getReader();
  try {
    for (;;) {
      throwIfAborted(signal);
      const { done, value } = await reader.read();
      if (done) break;
      if (loaded + value.length > bytes.length)
        throw wrongFile(file, `it is longer than the ${file.bytes} bytes that its manifest states`);
      bytes.set(value, loaded);
      loaded += value.length;
      onProgress?.(loaded, file.bytes);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    if (error instanceof CodedError) throw error;
    if (signal?.aborted) throwIfAborted(signal);
    throw new CodedError(
      'network',
      `The download of ${file.file} broke off after ${loaded} bytes.`,
      'Check the connection and try again.',
      { cause: error },
    );
  }
  if (loaded < bytes.length) throw wrongFile(file, `it ended after ${loaded} of ${file.bytes} bytes`);
  return bytes;
}

async function verify(bytes: Uint8Array, file: ModelFile): Promise<void> {
  // Without a secure context there is no hash; the size has been checked.
  if (!globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));
  const hash = [...digest].map((b) => b.toString(16).padStart(2, '0')).join('');
  if (hash !== file.sha256) throw wrongFile(file, `its sha256 is ${hash} and should be ${file.sha256}`);
}

const wrongFile = (file: ModelFile, how: string) =>
  new CodedError(
    'model-corrupt',
    `The model file ${file.file} is not the expected one: ${how}.`,
    'Reload the page to download it again.',
  );

const CACHE_NAME = 'liftmatch-models';
const cacheKey = (file: ModelFile) => `https://models.invalid/${file.sha256}`;

async function readKept(file: ModelFile): Promise<Uint8Array | null> {
  // A sandboxed iframe has no Cache storage; the download simply happens again.
  try {
    const response = await (await caches.open(CACHE_NAME)).match(cacheKey(file));
    if (!response) return null;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return bytes.length === file.bytes ? bytes : null;
  } catch {
    return null;
  }
}

async function keep(file: ModelFile, bytes: Uint8Array): Promise<void> {
  try {
    await (await caches.open(CACHE_NAME)).put(cacheKey(file), new Response(bytes as BodyInit));
  } catch {
    // Over quota or no storage: only the next visit is slower.
  }
}
