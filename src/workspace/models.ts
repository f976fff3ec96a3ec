import { inputLimits } from '../models/input-size.ts';
import { MANIFEST_MAX_BYTES, parseManifest, weightsOf } from '../models/manifest.ts';
import type { MatcherManifest } from '../models/manifest.ts';
import { CodedError } from '../core/errors.ts';
import { fetchJson, parseModelIndex } from './site-lists.ts';
import type { ModelEntry, WorkspaceState } from './types.ts';

/** The model that the settings mean: the one they name, else the first of the catalogue. */
export function chosenModel({ models, settings }: Pick<WorkspaceState, 'models' | 'settings'>): ModelEntry | undefined {
  return models.find(({ id }) => id === settings.modelId) ?? models[0];
}

/** Reads the list of models and each one's manifest. A model whose manifest is wrong is left out and reported. */
export async function loadModels(
  index: URL,
  report: (thrown: unknown) => void,
  fetcher: typeof fetch = fetch,
): Promise<ModelEntry[]> {
  const listed = parseModelIndex(await fetchJson(index, MANIFEST_MAX_BYTES, fetcher), index);
  if (listed.length === 0)
    throw new CodedError('models-empty', `${index.pathname} lists no model.`, 'Build the site anew.');
  const entries = await Promise.all(
    listed.map(async ({ id, manifestUrl }) => {
      try {
        const manifest = parseManifest(await fetchJson(new URL(manifestUrl), MANIFEST_MAX_BYTES, fetcher), manifestUrl);
        return describe(id, manifestUrl, manifest);
      } catch (thrown) {
        report(thrown);
        return null;
      }
    }),
  );
  return entries.filter((entry) => entry !== null);
}

function describe(id: string, manifestUrl: string, manifest: MatcherManifest): ModelEntry {
  const { input } = manifest.passes[0];
  return {
    id,
    manifestUrl,
    name: manifest.name,
    license: manifest.licence,
    source: manifest.source,
    description: manifest.description ?? '',
    weights: weightsOf(manifest),
    ...inputLimits(input),
    bytes: downloadSize(manifest),
  };
}

/** Bytes of all files; one that several passes share is counted once. */
function downloadSize({ passes }: MatcherManifest): number {
  const files = passes
    .flatMap(({ encoder, decoder }) => [encoder, decoder])
    .flatMap((network) => [network, ...(network.externalData ?? [])]);
  return [...new Map(files.map(({ file, bytes }) => [file, bytes])).values()].reduce((sum, bytes) => sum + bytes, 0);
}
