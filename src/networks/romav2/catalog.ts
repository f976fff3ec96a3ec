import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';
import { DINOV3_TERMS } from '../dinov3/catalog.ts';

const RELEASES: PublishedPlace = { base: 'https://github.com/Parskatt/RoMaV2/releases/download/', allowsPages: false };

/** RoMa v2's current release. */
export const ROMAV2_CATALOG: readonly CatalogEntry[] = [
  {
    id: 'romav2',
    name: 'RoMa v2.0.1',
    paper: {
      title: 'RoMa v2: Harder Better Faster Denser Feature Matching',
      url: 'https://arxiv.org/abs/2511.15706',
    },
    licence: 'MIT AND LicenseRef-DINOv3-License',
    terms: `The file holds a DINOv3. ${DINOV3_TERMS}`,
    source: 'https://github.com/Parskatt/RoMaV2',
    purpose:
      'The most accurate on photos, and says how sure each place is: 640 px “base”, 512 “fast” at 0.6 of the cost, 320 “turbo” at 0.2.',
    uses: ['accurate'],
    // More than half of its numbers are stored in bfloat16, and the descriptor's last six blocks serve nobody.
    files: [publishedFile(RELEASES, 'v2.0.1/romav2.0.1.pt', 274)],
    keptMillions: 349.9,
    defaultSize: 640,
    choices: { release: '2.0.1', normalise: 'imagenet' },
  },
];
