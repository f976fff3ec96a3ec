import type { ComparePage } from '../settings.ts';

export const PAGE_TEXTS: Record<ComparePage, { label: string; about: string }> = {
  components: {
    label: 'PCA',
    about:
      'The three strongest directions of each encoder’s features as red, green and blue. Like colours, like features.',
  },
  similarity: {
    label: 'Similarity',
    about:
      'How much every place is like the one under the pointer (cosine). The best place of every other photo is ringed.',
  },
  clusters: {
    label: 'Clusters',
    about: 'Features of all photos in groups (k-means). Like colours, the same group.',
  },
  neighbours: {
    label: 'Neighbours',
    about:
      'Places that are each other’s nearest in feature space. No decoder is involved: this is what the features alone know.',
  },
  scores: {
    label: 'Scores',
    about:
      'How often the nearest neighbour is the right one, where the true correspondence is known: sample pairs, lifted pairs, or a file of yours.',
  },
};
