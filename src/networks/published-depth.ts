import { CodedError } from '../core/errors.ts';
import type { Weights } from './weights.ts';

/** Blocks of the published ViTs of DINOv2's and DINOv3's family, by their channels (and the feed-forward of DINOv3's H+). */
const VIT_BLOCKS: Readonly<Record<number, number>> = { 384: 12, 768: 12, 1024: 24, 1280: 32, 1536: 40, 4096: 40 };

/** How many blocks a published ViT of so many channels has; undefined where none is published. */
export const publishedVitDepth = (embedDim: number): number | undefined => VIT_BLOCKS[embedDim];

/** A list of parts that was counted in the file: what it is called in words, how many are there, how many are published. */
export type CountedParts = readonly [words: string, found: number, published: number | undefined];

/**
 * What is said of lists that are shorter or longer than in the published network of the same width: a file that lost its
 * last parts looks like a shallower network.
 */
export function depthWarnings(...lists: readonly CountedParts[]): string[] {
  return lists
    .filter(([, found, published]) => published !== undefined && found !== published)
    .map(
      ([words, found, published]) =>
        `${found} ${words} were found; the published network of this width has ${published}. If the file was cut, its results are wrong.`,
    );
}

/**
 * Holds lists that are equally long in every network of a family to that.
 * @throws CodedError `tensor-missing`, naming the first part that the shortest list lacks
 */
export function requireEqualCounts(parts: readonly Weights[], list: string): void {
  const counts = parts.map((part) => part.count(list));
  const longest = Math.max(...counts);
  const short = counts.findIndex((count) => count < longest);
  if (short < 0) return;
  throw new CodedError(
    'tensor-missing',
    `The checkpoint has no "${parts[short].prefix}${list}.${counts[short]}", though its other lists of that kind are longer.`,
    'Check that the download is complete and that the file holds the whole network.',
  );
}

/**
 * Holds a ViT whose taps are told by its depth to the published depth: with a block less, other blocks would be read.
 *
 * @param weights of the ViT; `list` is where its blocks are
 * @throws CodedError `tensor-missing` where there are fewer, `vit-depth` where there are more
 */
export function requirePublishedDepth(weights: Weights, list: string, found: number, published: number | undefined) {
  if (published === undefined || found === published) return;
  if (found < published) weights.shapeOf(`${list}.${found}.norm1.weight`);
  throw new CodedError(
    'vit-depth',
    `The ViT under "${weights.prefix}" has ${found} blocks; the published one of its width has ${published}, and which of them are read depends on it.`,
    'Use one of the files that the Models panel lists.',
  );
}
