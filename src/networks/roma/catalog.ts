import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile, SCANNET_TERMS } from '../catalog-entry.ts';

/** The size in the published L2M++ checkpoint's name. */
const SIZE = 560;
/** Convolutional pyramid, decoder and refiners of the RoMa family. */
const MILLIONS = 111;
/** DINOv2 ViT-L/14, which RoMa uses as published and L2M++ distilled. */
const VIT_MILLIONS = 304.4;
/** A second pass has its own copy of the pyramid and the refiners, about half of the matcher's file. */
const SECOND_PASS = 0.5;

const L2MPP: PublishedPlace = {
  base: 'https://huggingface.co/datasets/Liangyingping/L2Mpp-checkpoints/resolve/main/',
  allowsPages: true,
};
const ROMA_RELEASES: PublishedPlace = {
  base: 'https://github.com/Parskatt/storage/releases/download/roma/',
  allowsPages: false,
};
const MINIMA_RELEASES: PublishedPlace = {
  base: 'https://github.com/LSXI7/storage/releases/download/MINIMA/',
  allowsPages: false,
};
const VISMATCH: PublishedPlace = { base: 'https://huggingface.co/vismatch/', allowsPages: true };
const DINOV2: PublishedPlace = { base: 'https://dl.fbaipublicfiles.com/dinov2/', allowsPages: true };
const VIT = publishedFile(DINOV2, 'dinov2_vitl14/dinov2_vitl14_pretrain.pth', VIT_MILLIONS);

const l2mpp = (version: string, path: string): CatalogEntry => ({
  id: `l2mpp-${version}`,
  name: `L2M++ ${version}`,
  paper: {
    title: 'Learning Dense Feature Matching via Lifting Single 2D Image to 3D Space (ICCV 2025)',
    url: 'https://arxiv.org/abs/2507.00392',
  },
  licence: 'NOASSERTION',
  source: 'https://github.com/Sharpiless/L2M',
  purpose: 'Dense matching across viewpoint, light and style: a coarse pass, then a fine one at twice the size.',
  uses: ['accurate'],
  files: [publishedFile(L2MPP, path, MILLIONS), publishedFile(L2MPP, 'dinov2l_distilled.pth', VIT_MILLIONS)],
  choices: { normalise: 'none' },
  defaultSize: SIZE,
  writtenTwice: SECOND_PASS,
});

const romaOf = (scene: string): CatalogEntry => ({
  id: `roma-${scene}`,
  name: `RoMa ${scene}`,
  paper: { title: 'RoMa: Robust Dense Feature Matching (CVPR 2024)', url: 'https://arxiv.org/abs/2305.15404' },
  licence: 'MIT',
  ...(scene === 'indoor' && SCANNET_TERMS),
  source: 'https://github.com/Parskatt/RoMa',
  purpose: `Dense matching, trained on ${scene === 'outdoor' ? 'photo collections of landmarks' : 'scans of rooms'}.`,
  uses: scene === 'outdoor' ? ['accurate'] : ['rooms', 'accurate'],
  files: [publishedFile(ROMA_RELEASES, `roma_${scene}.pth`, MILLIONS), VIT],
  choices: { normalise: 'imagenet' },
  defaultSize: SIZE,
  writtenTwice: SECOND_PASS,
});

const minima: CatalogEntry = {
  id: 'minima-roma',
  name: 'MINIMA-RoMa',
  paper: {
    title: 'MINIMA: Modality Invariant Image Matching (CVPR 2025)',
    url: 'https://arxiv.org/abs/2412.19412',
  },
  licence: 'Apache-2.0',
  source: 'https://github.com/LSXI7/MINIMA',
  purpose: 'RoMa, trained on for photos against infrared, depth, sketches, events and paintings.',
  uses: ['modalities', 'accurate'],
  files: [publishedFile(MINIMA_RELEASES, 'minima_roma.pth', MILLIONS), VIT],
  choices: { normalise: 'imagenet' },
  defaultSize: SIZE,
  writtenTwice: SECOND_PASS,
};

const matchAnything: CatalogEntry = {
  id: 'matchanything-roma',
  name: 'MatchAnything-RoMa',
  paper: {
    title: 'MatchAnything: Universal Cross-Modality Image Matching with Large-Scale Pre-Training',
    url: 'https://arxiv.org/abs/2501.07556',
  },
  licence: 'Apache-2.0',
  source: 'https://github.com/zju3dv/MatchAnything',
  purpose:
    'RoMa, trained for thermal, night, medical and satellite images and maps; a copy by others than its authors.',
  uses: ['modalities', 'accurate'],
  files: [
    publishedFile(
      VISMATCH,
      'matchanything-roma/resolve/main/model.safetensors',
      MILLIONS,
      'matchanything_roma.safetensors',
    ),
    VIT,
  ],
  choices: { normalise: 'none' },
  defaultSize: SIZE,
  writtenTwice: SECOND_PASS,
};

/** L2M++, RoMa and its descendants, each with the ViT it was trained with. */
export const ROMA_CATALOG: readonly CatalogEntry[] = [
  l2mpp('v1', 'l2m++_560x560.pth'),
  l2mpp('v2', 'l2m++_560x560v2.pth.ckpt'),
  romaOf('outdoor'),
  romaOf('indoor'),
  minima,
  matchAnything,
];
