import type { BySlot } from '../contract.ts';
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
