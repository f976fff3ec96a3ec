import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';

/** transformers' copies, by the authors' group. */
const ZJU: PublishedPlace = { base: 'https://huggingface.co/zju-community/', allowsPages: true };
const MILLIONS = 16.05;
/** The backbone's branches are fused. */
const FUSED_MILLIONS = 15.06;

/** EfficientLoFTR and the same network trained across kinds of images. */
export const ELOFTR_CATALOG: readonly CatalogEntry[] = [
  {
    id: 'eloftr-outdoor',
    name: 'EfficientLoFTR',
    paper: {
      title: 'Efficient LoFTR: Semi-Dense Local Feature Matching with Sparse-Like Speed (CVPR 2024)',
      url: 'https://arxiv.org/abs/2403.04765',
    },
    licence: 'Apache-2.0',
    source: 'https://github.com/zju3dv/EfficientLoFTR',
    purpose: 'Photos in seconds: a light matcher, trained on photo collections of landmarks.',
    uses: ['photos'],
    files: [
      publishedFile(ZJU, 'efficientloftr/resolve/main/model.safetensors', MILLIONS, 'efficientloftr.safetensors'),
    ],
    otherNames: ['eloftr_outdoor.ckpt', 'eloftr_outdoors.safetensors'],
    keptMillions: FUSED_MILLIONS,
    defaultSize: 576,
  },
  {
    id: 'matchanything-eloftr',
    name: 'MatchAnything (EfficientLoFTR)',
    paper: {
      title: 'MatchAnything: Universal Cross-Modality Image Matching with Large-Scale Pre-Training',
      url: 'https://arxiv.org/abs/2501.07556',
    },
    licence: 'NOASSERTION',
    source: 'https://github.com/zju3dv/MatchAnything',
    purpose: 'Across kinds of images: night, thermal, maps, satellite, medical scans.',
    uses: ['modalities'],
    files: [
      publishedFile(
        ZJU,
        'matchanything_eloftr/resolve/main/model.safetensors',
        MILLIONS,
        'matchanything_eloftr.safetensors',
      ),
    ],
    otherNames: ['matchanything_eloftr.ckpt'],
    keptMillions: FUSED_MILLIONS,
    defaultSize: 576,
  },
];
