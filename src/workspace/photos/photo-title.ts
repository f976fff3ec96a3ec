import type { Side } from '../../core/geometry.ts';
import type { WorkspaceState } from '../types.ts';

/** What the person calls a photo: a demo pair's title, else the file's name; null for an empty slot. */
export function photoTitle({ photos, samples }: Pick<WorkspaceState, 'photos' | 'samples'>, side: Side): string | null {
  const { photo } = photos[side];
  if (!photo) return null;
  const { source } = photo;
  const sample =
    source.kind === 'address' ? samples.find(({ a, b }) => a === source.url || b === source.url) : undefined;
  return sample?.title ?? photo.name;
}
