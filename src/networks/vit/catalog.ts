import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';

/** DINOv2's own input size. */
const SIZE = 518;

const DINOV2: PublishedPlace = { base: 'https://dl.fbaipublicfiles.com/dinov2/', allowsPages: true };
const FIT3D: PublishedPlace = { base: 'https://huggingface.co/yuanwenyue/FiT3D/resolve/main/', allowsPages: true };
const L2M_RELEASES: PublishedPlace = {
  base: 'https://github.com/Sharpiless/L2M/releases/download/checkpoints/',
  allowsPages: false,
};

const PAPERS = {
  l2m: {
    title: 'Learning Dense Feature Matching via Lifting Single 2D Image to 3D Space (ICCV 2025)',
    url: 'https://arxiv.org/abs/2507.00392',
  },
  dinov2: {
    title: 'DINOv2: Learning Robust Visual Features without Supervision',
    url: 'https://arxiv.org/abs/2304.07193',
  },
  registers: { title: 'Vision Transformers Need Registers (ICLR 2024)', url: 'https://arxiv.org/abs/2309.16588' },
  fit3d: {
    title: 'Improving 2D Feature Representations by 3D-Aware Fine-Tuning (ECCV 2024)',
    url: 'https://arxiv.org/abs/2407.20229',
  },
};

const l2m: CatalogEntry = {
  id: 'l2m-vit-b',
  name: 'L2M encoder ViT-B/14',
  paper: PAPERS.l2m,
  licence: 'NOASSERTION',
  source: 'https://github.com/Sharpiless/L2M',
  purpose: '3D-aware patch features, lifted from single photos.',
  files: [publishedFile(L2M_RELEASES, 'l2m_vit_base.pth', 86.6)],
  defaultSize: SIZE,
};

const FIT3D_FILES = [
  ['fit3d-s', 'FiT3D ViT-S/14', 'dinov2_small_finetuned.pth', 22.1],
  ['fit3d-b', 'FiT3D ViT-B/14', 'dinov2_base_finetuned.pth', 86.6],
  ['fit3d-s-reg', 'FiT3D ViT-S/14 with registers', 'dinov2_reg_small_finetuned.pth', 22.1],
] as const;

const fit3d = FIT3D_FILES.map(
  ([id, name, path, millions]): CatalogEntry => ({
    id,
    name,
    paper: PAPERS.fit3d,
    licence: 'MIT',
    source: 'https://github.com/ywyue/FiT3D',
    purpose: 'DINOv2 features, fine-tuned to be consistent in 3D.',
    files: [publishedFile(FIT3D, path, millions)],
    defaultSize: SIZE,
  }),
);

const DINOV2_SIZES = [
  ['s', 'S', 22.1],
  ['b', 'B', 86.6],
  ['l', 'L', 304.4],
  ['g', 'g', 1136.5],
] as const;

const dinov2 = DINOV2_SIZES.flatMap(([letter, size, millions]) =>
  [false, true].map((hasRegisters): CatalogEntry => {
    const stem = `dinov2_vit${letter}14`;
    return {
      id: `dinov2-${letter}${hasRegisters ? '-reg' : ''}`,
      name: `DINOv2 ViT-${size}/14${hasRegisters ? ' with registers' : ''}`,
      paper: hasRegisters ? PAPERS.registers : PAPERS.dinov2,
      licence: 'Apache-2.0',
      source: 'https://github.com/facebookresearch/dinov2',
      purpose: hasRegisters
        ? 'Patch features without the artefacts of plain ViTs.'
        : 'Patch features that correspond across photos, the base of most entries here.',
      files: [publishedFile(DINOV2, `${stem}/${stem}_${hasRegisters ? 'reg4_' : ''}pretrain.pth`, millions)],
      defaultSize: SIZE,
    };
  }),
);

/** Published ViTs of the DINOv2 line. */
export const VIT_CATALOG: readonly CatalogEntry[] = [l2m, ...fit3d, ...dinov2];
