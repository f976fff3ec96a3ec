import type { CatalogEntry } from './catalog-entry.ts';
import { FLOAT } from './catalog-entry.ts';
import type { NetworkFamily } from './family.ts';
import { FAMILIES } from './index.ts';

/** A published checkpoint with its family. */
export interface PublishedCheckpoint extends CatalogEntry {
  readonly family: NetworkFamily;
}

/** The published checkpoints that the page knows: by family, most useful first. */
export const CATALOG: readonly PublishedCheckpoint[] = FAMILIES.flatMap((family: NetworkFamily) =>
  family.catalog.map((entry) => ({ ...entry, family })),
);

/** The entry whose files are all among these names; of several the one with the most files. */
export function entryOfFiles(names: readonly string[]): PublishedCheckpoint | null {
  const matching = CATALOG.filter(
    ({ files, otherNames }) =>
      files.every((needed) => names.includes(needed.name)) || otherNames?.some((name) => names.includes(name)),
  );
  // RoMa's ViT is DINOv2-L itself: with RoMa beside it, RoMa is meant.
  return matching.reduce<PublishedCheckpoint | null>(
    (best, entry) => (best && best.files.length >= entry.files.length ? best : entry),
    null,
  );
}

/** Share of the float32 size that each precision takes. */
const PRECISION_SHARE = { fp32: 1, fp16: 0.5, q8: 0.36, q4: 0.24 } as const;

/** About the bytes of a model on disk, from its checkpoints' sizes. */
export function aboutDiskBytes(
  { files, writtenTwice = 0, keptMillions }: CatalogEntry,
  precision: keyof typeof PRECISION_SHARE,
): number {
  const published = files.reduce((sum, { aboutBytes }) => sum + aboutBytes, 0) + files[0].aboutBytes * writtenTwice;
  return (keptMillions === undefined ? published : keptMillions * 1e6 * FLOAT) * PRECISION_SHARE[precision];
}
