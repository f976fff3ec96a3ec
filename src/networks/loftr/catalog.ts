import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile, SCANNET_TERMS } from '../catalog-entry.ts';

/** kornia's copies of the authors' files, which are on a drive that no page can read. */
const KORNIA: PublishedPlace = { base: 'https://huggingface.co/kornia/loftr/resolve/main/', allowsPages: true };
const MILLIONS = 11.57;

const loftr = (
  scene: string,
  file: string,
  purpose: string,
  positionCode: 'published' | 'corrected',
  more: Partial<CatalogEntry> = {},
): CatalogEntry => ({
  id: `loftr-${scene}`,
  name: `LoFTR ${scene}`,
  paper: {
    title: 'LoFTR: Detector-Free Local Feature Matching with Transformers (CVPR 2021)',
    url: 'https://arxiv.org/abs/2104.00680',
  },
  licence: 'Apache-2.0',
  source: 'https://github.com/zju3dv/LoFTR',
  purpose,
  uses: [scene === 'outdoor' ? 'photos' : 'rooms'],
  files: [publishedFile(KORNIA, file, MILLIONS)],
  choices: { positionCode },
  defaultSize: 560,
  ...more,
});

/** LoFTR's published weights; MINIMA, GIM and others retrained it and are dropped as files. */
export const LOFTR_CATALOG: readonly CatalogEntry[] = [
  loftr(
    'outdoor',
    'loftr_outdoor.ckpt',
    'The matcher that many retrain; heavier than EfficientLoFTR and less accurate on photos.',
    'published',
    { otherNames: ['outdoor_ds.ckpt'] },
  ),
  loftr('indoor', 'loftr_indoor_ds_new.ckpt', 'Rooms, with the position code that was corrected later.', 'corrected', {
    ...SCANNET_TERMS,
    otherNames: ['indoor_ds_new.ckpt'],
  }),
];
