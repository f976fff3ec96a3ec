import { throwIfAborted } from '../../../core/errors.ts';
import { chosenModel } from '../../../workspace/models.ts';
import type { MatchState } from './types.ts';

/** Many times what one takes. */
const MAX_BYTES = 2 * 2 ** 20;

/** Where a match lies that was recorded before, and which weights it must be of. */
export interface RecordedPlace {
  url: string;
  weights: string;
}

/**
 * The recorded match of the photos that are shown: those of a sample, with the settings that a first visit has; null for
 * all else, which a model has to match.
 */
export function recordedMatch(
  state: Pick<MatchState, 'photos' | 'samples' | 'settings' | 'models'>,
): RecordedPlace | null {
  const { photos, samples, settings } = state;
  const { provider, longSide, rescue } = settings;
  const weights = chosenModel(state)?.weights;
  if (provider !== 'auto' || longSide !== null || !rescue || !weights) return null;
  const address = ({ photo }: MatchState['photos']['a']) =>
    photo?.source.kind === 'address' ? photo.source.url : null;
  const sample = samples.find(({ a, b }) => a === address(photos.a) && b === address(photos.b));
  return sample?.match ? { url: sample.match, weights } : null;
}

/** Fetches a recorded match; null where there is none of a usable size. Rejects where it was cancelled. */
export async function fetchRecorded(
  url: string,
  signal: AbortSignal,
  fetcher: typeof fetch = fetch,
): Promise<Blob | null> {
  try {
    const response = await fetcher(url, { signal });
    if (!response.ok || Number(response.headers.get('content-length')) > MAX_BYTES) return null;
    const file = await response.blob();
    return file.size <= MAX_BYTES ? file : null;
  } catch {
    throwIfAborted(signal);
    return null;
  }
}
