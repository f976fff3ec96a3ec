import { isOpfsUrl, openOpfsFolder } from '../platform/storage/opfs.ts';
import { type MatcherManifest, parseManifest, type ReferenceManifest, weightsOf } from './manifest.ts';
import { readJson, writeJson } from './opfs-folder.ts';

/** Beside the manifest of an installed model: what WASM computed of it on this device. */
const REFERENCE_FILE = 'reference.json';

/** The manifest with the reference that was kept of these weights; as it is where there is none. */
export async function withKeptReference(manifest: MatcherManifest, manifestUrl: string): Promise<MatcherManifest> {
  if (manifest.check) return manifest;
  try {
    const kept = (await keptJson(manifestUrl, REFERENCE_FILE)) as { weights?: unknown; check?: unknown } | null;
    if (kept?.weights !== weightsOf(manifest)) return manifest;
    return parseManifest({ ...manifest, check: kept.check }, REFERENCE_FILE);
  } catch {
    // Missing or broken: it is recorded anew.
    return manifest;
  }
}

/** Keeps the reference of an installed model, so that it is recorded once. In workers only. */
export function keepReference(manifest: MatcherManifest, manifestUrl: string, check: ReferenceManifest): Promise<void> {
  return keepJson(manifestUrl, REFERENCE_FILE, { weights: weightsOf(manifest), check });
}

/** What was kept beside an installed model; null where nothing was, or of a model from the network. */
export async function keptJson(manifestUrl: string, file: string): Promise<unknown> {
  if (!isOpfsUrl(manifestUrl)) return null;
  try {
    return await readJson((await openOpfsFolder(manifestUrl)).folder, file);
  } catch {
    return null;
  }
}

/** Of a model from the network nothing is kept. In workers only. A full disk costs another recording, nothing more. */
export async function keepJson(manifestUrl: string, file: string, value: unknown): Promise<void> {
  if (!isOpfsUrl(manifestUrl)) return;
  try {
    await writeJson((await openOpfsFolder(manifestUrl)).folder, file, value);
  } catch {
    // See above.
  }
}
