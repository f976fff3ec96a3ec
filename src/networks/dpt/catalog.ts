import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';

const SIZE = 518;

const DEPTH_ANYTHING: PublishedPlace = { base: 'https://huggingface.co/depth-anything/', allowsPages: true };

const SIZES = [
  ['s', 'Small', 24.8, 'Apache-2.0'],
  ['b', 'Base', 97.5, 'CC-BY-NC-4.0'],
  ['l', 'Large', 335.3, 'CC-BY-NC-4.0'],
] as const;

/** Published Depth Anything V2, by size. */
export const DEPTH_CATALOG: readonly CatalogEntry[] = SIZES.map(
  ([letter, size, millions, licence]): CatalogEntry => ({
    id: `depth-anything-v2-${letter}`,
    name: `Depth Anything V2 ${size}`,
    paper: { title: 'Depth Anything V2 (NeurIPS 2024)', url: 'https://arxiv.org/abs/2406.09414' },
    licence,
    ...(licence === 'CC-BY-NC-4.0' && { terms: 'No commercial use.', notCommercial: true }),
    source: 'https://github.com/DepthAnything/Depth-Anything-V2',
    purpose: 'Relative depth of one photo, for lifting it into 3D.',
    files: [
      publishedFile(
        DEPTH_ANYTHING,
        `Depth-Anything-V2-${size}/resolve/main/depth_anything_v2_vit${letter}.pth`,
        millions,
      ),
    ],
    defaultSize: SIZE,
  }),
);
