import { CodedError } from '../core/errors.ts';
import type { Sample } from './types.ts';

/** Fetches a JSON file of the site, at most `maxBytes` long. Throws a CodedError that names it. */
export async function fetchJson(url: URL, maxBytes = 1024 * 1024, fetcher: typeof fetch = fetch): Promise<unknown> {
  let response: Response | null = null;
  try {
    response = await fetcher(url);
    if (response.ok) {
      const text = await response.text();
      if (text.length <= maxBytes) return JSON.parse(text);
    }
  } catch {
    // Told below, with the same remedy for all causes.
  }
  const cause = response && !response.ok ? `status ${response.status}` : 'no valid answer';
  throw new CodedError(
    'site-file',
    `${url.pathname} could not be read (${cause}).`,
    'Check the connection and reload the page.',
  );
}

/** Reads samples/index.json; entries that are not whole are left out. Addresses become absolute. */
export function parseSamples(json: unknown, base: URL): Sample[] {
  return entries(json).flatMap((entry) => {
    const { id, title, description, a, b, truth, depth, credit, match, features } = entry;
    if (![id, title, a, b].every((value) => typeof value === 'string' && value !== '')) return [];
    return [
      {
        id: id as string,
        title: title as string,
        a: new URL(a as string, base).href,
        b: new URL(b as string, base).href,
        truth: typeof truth === 'string' ? new URL(truth, base).href : null,
        depth: typeof depth === 'string' ? new URL(depth, base).href : null,
        description: typeof description === 'string' ? description : '',
        credit: typeof credit === 'string' ? credit : '',
        ...(typeof match === 'string' && { match: new URL(match, base).href }),
        ...(typeof features === 'string' && { features: new URL(features, base).href }),
      },
    ];
  });
}

/** Reads models/index.json: where each model's manifest lies. */
export function parseModelIndex(json: unknown, base: URL): { id: string; manifestUrl: string }[] {
  return entries(json).flatMap(({ id, manifest }) =>
    typeof id === 'string' && typeof manifest === 'string' ? [{ id, manifestUrl: new URL(manifest, base).href }] : [],
  );
}

const entries = (json: unknown): Record<string, unknown>[] =>
  Array.isArray(json) ? json.filter((entry) => typeof entry === 'object' && entry !== null) : [];
