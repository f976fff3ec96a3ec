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

/** What a licence forbids or asks, in a sentence. */
export function termsOf({ terms, licence }: CatalogEntry): string {
  if (terms !== undefined) return terms;
  return licence === 'NOASSERTION'
    ? 'Nobody states what is allowed: ask the authors before it is more than a try.'
    : 'Allows all uses, commercial ones too, where its notice is kept.';
}

/** The published checkpoint that an installed model was made from, by the id that its recipe gave it; null for others. */
export function entryOfModel(id: string): PublishedCheckpoint | null {
  return CATALOG.filter((entry) => id.startsWith(`${entry.id}-`)).reduce<PublishedCheckpoint | null>(
    (best, entry) => (best && best.id.length >= entry.id.length ? best : entry),
    null,
  );
}

/** The entry whose authors' own page, which asks for an account, one of these addresses lies on; null where none does. */
export function entryOfGated(urls: readonly string[]): PublishedCheckpoint | null {
  return CATALOG.find(({ gated }) => gated !== undefined && urls.some((url) => url.startsWith(`${gated}/`))) ?? null;
}

/** The entry that these files are, all of them; of several the one with the most files. Another file beside makes it another model. */
export function entryOfFiles(names: readonly string[]): PublishedCheckpoint | null {
  const matching = CATALOG.filter(
    ({ files, otherNames = [] }) =>
      (files.every((needed) => names.includes(needed.name)) || otherNames.some((name) => names.includes(name))) &&
      names.every((name) => otherNames.includes(name) || files.some((needed) => needed.name === name)),
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
