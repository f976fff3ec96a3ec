import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CodedError } from '../../src/core/errors.ts';
import { MANIFEST_FILE } from '../../src/models/manifest.ts';
import { parseSplatManifest } from '../../src/models/splat-manifest.ts';
import { SplatNetwork } from '../../src/models/splat-network.ts';
import { NodeRuntime } from './ort-node.ts';

/**
 * A network that makes scenes of two photos, on the native runtime.
 * @param model the folder that `npm run convert` wrote, or its manifest
 * @throws CodedError `file-missing`, `manifest-invalid`, `model-corrupt`
 */
export async function loadSplats(model: string): Promise<SplatNetwork> {
  const path = isFolder(model) ? join(model, MANIFEST_FILE) : model;
  const manifest = parseSplatManifest(parsed(path), path);
  const read = async (file: { file: string; bytes: number; sha256: string }): Promise<Uint8Array> => {
    const bytes = readFileSync(join(dirname(path), file.file));
    if (createHash('sha256').update(bytes).digest('hex') === file.sha256) return bytes;
    throw new CodedError(
      'model-corrupt',
      `${file.file} is not the file that the manifest describes.`,
      'Convert again.',
    );
  };
  return SplatNetwork.open(manifest, new NodeRuntime(), read, async (tensor) => tensor.data!);
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CodedError(
      'file-missing',
      `${path} cannot be read as a manifest.`,
      'Name the folder of a converted model.',
      {
        cause,
      },
    );
  }
}
