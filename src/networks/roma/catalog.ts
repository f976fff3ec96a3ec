import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';

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
const DINOV2: PublishedPlace = { base: 'https://dl.fbaipublicfiles.com/dinov2/', allowsPages: true };

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
  files: [publishedFile(L2MPP, path, MILLIONS), publishedFile(L2MPP, 'dinov2l_distilled.pth', VIT_MILLIONS)],
  defaultSize: SIZE,
  writtenTwice: SECOND_PASS,
});

const romaOf = (scene: string): CatalogEntry => ({
  id: `roma-${scene}`,
  name: `RoMa ${scene}`,
  paper: { title: 'RoMa: Robust Dense Feature Matching (CVPR 2024)', url: 'https://arxiv.org/abs/2305.15404' },
  licence: 'MIT',
  source: 'https://github.com/Parskatt/RoMa',
  purpose: `Dense matching, trained on ${scene === 'outdoor' ? 'photo collections of landmarks' : 'scans of rooms'}.`,
  files: [
    publishedFile(ROMA_RELEASES, `roma_${scene}.pth`, MILLIONS),
    publishedFile(DINOV2, 'dinov2_vitl14/dinov2_vitl14_pretrain.pth', VIT_MILLIONS),
  ],
  defaultSize: SIZE,
  writtenTwice: SECOND_PASS,
});

/** L2M++ and RoMa, each with the ViT it was trained with. */
export const ROMA_CATALOG: readonly CatalogEntry[] = [
  l2mpp('v1', 'l2m++_560x560.pth'),
  l2mpp('v2', 'l2m++_560x560v2.pth.ckpt'),
  romaOf('outdoor'),
  romaOf('indoor'),
];
