import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';

/** The raw file; the address of the same file under github.com lets no page read it. */
export const AUTHORS: PublishedPlace = {
  base: 'https://raw.githubusercontent.com/verlab/accelerated_features/main/weights/',
  allowsPages: true,
};

export const XFEAT_CATALOG: readonly CatalogEntry[] = [
  {
    id: 'xfeat',
    name: 'XFeat, semi-dense',
    paper: {
      title: 'XFeat: Accelerated Features for Lightweight Image Matching (CVPR 2024)',
      url: 'https://arxiv.org/abs/2404.19174',
    },
    licence: 'Apache-2.0',
    source: 'https://github.com/verlab/accelerated_features',
    purpose: 'At once, in 6 MB: coarse matches of similar views.',
    uses: ['instant'],
    files: [publishedFile(AUTHORS, 'xfeat.pt', 1.55)],
    defaultSize: 480,
  },
];

export const XFEAT_SPARSE_CATALOG: readonly CatalogEntry[] = [
  {
    id: 'xfeat-sparse',
    name: 'XFeat, key points',
    paper: XFEAT_CATALOG[0].paper,
    licence: 'Apache-2.0',
    source: 'https://github.com/verlab/accelerated_features',
    purpose:
      'The fewest operations: key points and their mutual nearest neighbours, where matches as a list are wanted.',
    files: [publishedFile(AUTHORS, 'xfeat.pt', 1.55)],
    uses: ['instant'],
    // The same file as the semi-dense one, which goes first where a file is dropped.
    defaultSize: 640,
  },
];
