import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';

const RELEASES: PublishedPlace = {
  base: 'https://github.com/Parskatt/storage/releases/download/roma/',
  allowsPages: false,
};

export const TINY_ROMA_CATALOG: readonly CatalogEntry[] = [
  {
    id: 'tiny-roma-outdoor',
    name: 'Tiny RoMa v1 outdoor',
    paper: { title: 'RoMa: Robust Dense Feature Matching (CVPR 2024)', url: 'https://arxiv.org/abs/2305.15404' },
    licence: 'MIT',
    source: 'https://github.com/Parskatt/RoMa',
    purpose: 'Dense matching at a tenth of RoMa’s cost, on XFeat’s features.',
    uses: ['instant', 'photos'],
    files: [publishedFile(RELEASES, 'tiny_roma_v1_outdoor.pth', 2.85)],
    defaultSize: 640,
  },
];
