import type { BySlot, RecordedPlace } from '../contract.ts';
import type { Photo, PhotoSlot, WorkspaceState } from '../../../workspace/types.ts';
import type { CompareState } from './types.ts';

/** Every photo of the comparison: the match's two and the others, absent where a slot is empty. */
export function comparedPhotos(photos: WorkspaceState['photos'], extra: CompareState['extra']): BySlot<Photo> {
  const compared: BySlot<Photo> = {};
  for (const [slot, { photo }] of Object.entries({ ...photos, ...extra }) as ['a' | 'b' | 'c' | 'd', PhotoSlot][]) {
    if (photo) compared[slot] = photo;
  }
  return compared;
}

/**
 * Where the features of a sample's photo were recorded; null for all others, and where a person chose what runs: then it shall
 * run.
 */
export function recordedPlace(
  { samples, settings }: Pick<WorkspaceState, 'samples' | 'settings'>,
  { source }: Photo,
): RecordedPlace | null {
  if (source.kind !== 'address' || settings.provider !== 'auto') return null;
  for (const { a, b, features } of samples) {
    if (features && source.url === a) return { url: features, side: 'a' };
    if (features && source.url === b) return { url: features, side: 'b' };
  }
  return null;
}
