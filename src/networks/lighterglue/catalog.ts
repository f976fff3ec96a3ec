import type { CatalogEntry } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';
import { AUTHORS } from '../xfeat/catalog.ts';

export const LIGHTERGLUE_CATALOG: readonly CatalogEntry[] = [
  {
    id: 'lighterglue',
    name: 'XFeat + LighterGlue',
    paper: {
      title: 'XFeat: Accelerated Features for Lightweight Image Matching (CVPR 2024)',
      url: 'https://arxiv.org/abs/2404.19174',
    },
    licence: 'Apache-2.0',
    source: 'https://github.com/verlab/accelerated_features',
    purpose: 'Key points matched by a small transformer: fewer and righter matches than nearest neighbours, in 17 MB.',
    uses: ['instant', 'photos'],
    files: [publishedFile(AUTHORS, 'xfeat-lighterglue.pt', 2.68), publishedFile(AUTHORS, 'xfeat.pt', 1.55)],
    defaultSize: 640,
    // Both files hold an XFeat, and neither all of it is needed.
    keptMillions: 1.9,
  },
];
