import type { RemoteFile } from '../platform/storage/download.ts';

/** A published file; where its host sends no CORS headers, the person downloads it and drops it on the page. */
export interface PublishedFile extends RemoteFile {
  allowsPages: boolean;
  /** Size to tell beforehand, from the number of parameters; the exact one comes with the download. */
  aboutBytes: number;
}

/** A checkpoint that others have published, and what it takes to make a model of it. */
export interface CatalogEntry {
  id: string;
  name: string;
  kind: 'matcher' | 'encoder' | 'depth';
  paper: { title: string; url: string };
  /** SPDX identifier; NOASSERTION where the publisher states none. */
  licence: string;
  /** Page of the project. */
  source: string;
  /** What it is for, one sentence. */
  purpose: string;
  /** All are needed, in any order. */
  files: PublishedFile[];
  /** Side of the square input unless the person chooses another. */
  defaultSize: number;
}

const FLOAT = 4;

interface Place {
  base: string;
  allowsPages: boolean;
}

const L2MPP: Place = {
  base: 'https://huggingface.co/datasets/Liangyingping/L2Mpp-checkpoints/resolve/main/',
  allowsPages: true,
};
const L2M_RELEASES: Place = {
  base: 'https://github.com/Sharpiless/L2M/releases/download/checkpoints/',
  allowsPages: false,
};
const ROMA_RELEASES: Place = {
  base: 'https://github.com/Parskatt/storage/releases/download/roma/',
  allowsPages: false,
};
const DINOV2: Place = { base: 'https://dl.fbaipublicfiles.com/dinov2/', allowsPages: true };
const FIT3D: Place = { base: 'https://huggingface.co/yuanwenyue/FiT3D/resolve/main/', allowsPages: true };
const DEPTH_ANYTHING: Place = { base: 'https://huggingface.co/depth-anything/', allowsPages: true };

/** `millions` of float32 parameters at a path below the place. Plus signs of names must be escaped in addresses. */
function file({ base, allowsPages }: Place, path: string, millions: number): PublishedFile {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const url = base + path.replaceAll('+', '%2B');
  // No publisher of this list states a hash: it is shown and remembered after the download.
  return { name, url, bytes: null, sha256: null, allowsPages, aboutBytes: millions * 1e6 * FLOAT };
}

const PAPERS = {
  l2m: {
    title: 'Learning Dense Feature Matching via Lifting Single 2D Image to 3D Space (ICCV 2025)',
    url: 'https://arxiv.org/abs/2507.00392',
  },
  roma: { title: 'RoMa: Robust Dense Feature Matching (CVPR 2024)', url: 'https://arxiv.org/abs/2305.15404' },
  dinov2: {
    title: 'DINOv2: Learning Robust Visual Features without Supervision',
    url: 'https://arxiv.org/abs/2304.07193',
  },
  registers: { title: 'Vision Transformers Need Registers (ICLR 2024)', url: 'https://arxiv.org/abs/2309.16588' },
  fit3d: {
    title: 'Improving 2D Feature Representations by 3D-Aware Fine-Tuning (ECCV 2024)',
    url: 'https://arxiv.org/abs/2407.20229',
  },
  depthAnything: { title: 'Depth Anything V2 (NeurIPS 2024)', url: 'https://arxiv.org/abs/2406.09414' },
};

const L2M_SOURCE = 'https://github.com/Sharpiless/L2M';
const L2M_VIT = file(L2MPP, 'dinov2l_distilled.pth', 304.4);
const MATCHER_SIZE = 560;
const ENCODER_SIZE = 518;
/** Convolutional pyramid, decoder and refiners of the RoMa family. */
const MATCHER_MILLIONS = 111;

const l2mpp = (version: string, path: string): CatalogEntry => ({
  id: `l2mpp-${version}`,
  name: `L2M++ ${version}`,
  kind: 'matcher',
  paper: PAPERS.l2m,
  licence: 'NOASSERTION',
  source: L2M_SOURCE,
  purpose: 'Dense matching across viewpoint, light and style: a coarse pass, then a fine one at twice the size.',
  files: [file(L2MPP, path, MATCHER_MILLIONS), L2M_VIT],
  defaultSize: MATCHER_SIZE,
});

const roma = (scene: string): CatalogEntry => ({
  id: `roma-${scene}`,
  name: `RoMa ${scene}`,
  kind: 'matcher',
  paper: PAPERS.roma,
  licence: 'MIT',
  source: 'https://github.com/Parskatt/RoMa',
  purpose: `Dense matching, trained on ${scene === 'outdoor' ? 'photo collections of landmarks' : 'scans of rooms'}.`,
  files: [
    file(ROMA_RELEASES, `roma_${scene}.pth`, MATCHER_MILLIONS),
    file(DINOV2, 'dinov2_vitl14/dinov2_vitl14_pretrain.pth', 304.4),
  ],
  defaultSize: MATCHER_SIZE,
});

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
      kind: 'encoder',
      paper: hasRegisters ? PAPERS.registers : PAPERS.dinov2,
      licence: 'Apache-2.0',
      source: 'https://github.com/facebookresearch/dinov2',
      purpose: hasRegisters
        ? 'Patch features without the artefacts of plain ViTs.'
        : 'Patch features that correspond across photos, the base of most entries here.',
      files: [file(DINOV2, `${stem}/${stem}_${hasRegisters ? 'reg4_' : ''}pretrain.pth`, millions)],
      defaultSize: ENCODER_SIZE,
    };
  }),
);

const FIT3D_FILES = [
  ['fit3d-s', 'FiT3D ViT-S/14', 'dinov2_small_finetuned.pth', 22.1],
  ['fit3d-b', 'FiT3D ViT-B/14', 'dinov2_base_finetuned.pth', 86.6],
  ['fit3d-s-reg', 'FiT3D ViT-S/14 with registers', 'dinov2_reg_small_finetuned.pth', 22.1],
] as const;

const fit3d = FIT3D_FILES.map(
  ([id, name, path, millions]): CatalogEntry => ({
    id,
    name,
    kind: 'encoder',
    paper: PAPERS.fit3d,
    licence: 'MIT',
    source: 'https://github.com/ywyue/FiT3D',
    purpose: 'DINOv2 features, fine-tuned to be consistent in 3D.',
    files: [file(FIT3D, path, millions)],
    defaultSize: ENCODER_SIZE,
  }),
);

const DEPTH_SIZES = [
  ['s', 'Small', 24.8, 'Apache-2.0'],
  ['b', 'Base', 97.5, 'CC-BY-NC-4.0'],
  ['l', 'Large', 335.3, 'CC-BY-NC-4.0'],
] as const;

const depthAnything = DEPTH_SIZES.map(
  ([letter, size, millions, licence]): CatalogEntry => ({
    id: `depth-anything-v2-${letter}`,
    name: `Depth Anything V2 ${size}`,
    kind: 'depth',
    paper: PAPERS.depthAnything,
    licence,
    source: 'https://github.com/DepthAnything/Depth-Anything-V2',
    purpose: 'Relative depth of one photo, for lifting it into 3D.',
    files: [
      file(DEPTH_ANYTHING, `Depth-Anything-V2-${size}/resolve/main/depth_anything_v2_vit${letter}.pth`, millions),
    ],
    defaultSize: ENCODER_SIZE,
  }),
);

/** The published checkpoints that the page knows, most useful first. */
export const CATALOG: readonly CatalogEntry[] = [
  l2mpp('v1', 'l2m++_560x560.pth'),
  l2mpp('v2', 'l2m++_560x560v2.pth.ckpt'),
  roma('outdoor'),
  roma('indoor'),
  {
    id: 'l2m-vit-b',
    name: 'L2M encoder ViT-B/14',
    kind: 'encoder',
    paper: PAPERS.l2m,
    licence: 'NOASSERTION',
    source: L2M_SOURCE,
    purpose: '3D-aware patch features, lifted from single photos.',
    files: [file(L2M_RELEASES, 'l2m_vit_base.pth', 86.6)],
    defaultSize: ENCODER_SIZE,
  },
  ...fit3d,
  ...dinov2,
  ...depthAnything,
];

/** The entry whose files are all among these names; of several the one with the most files. */
export function entryOfFiles(names: readonly string[]): CatalogEntry | null {
  const matching = CATALOG.filter(({ files }) => files.every((needed) => names.includes(needed.name)));
  // RoMa's ViT is DINOv2-L itself: with RoMa beside it, RoMa is meant.
  return matching.reduce<CatalogEntry | null>(
    (best, entry) => (best && best.files.length >= entry.files.length ? best : entry),
    null,
  );
}

/** Share of the float32 size that each precision takes. */
const PRECISION_SHARE = { fp32: 1, fp16: 0.5, q8: 0.36, q4: 0.24 } as const;
/** A second pass has its own copy of the pyramid and the refiners, about half of the matcher's file. */
const SECOND_PASS_SHARE = 0.5;

/** About the bytes of a model on disk, from its checkpoints' sizes. */
export function aboutDiskBytes({ kind, files }: CatalogEntry, precision: keyof typeof PRECISION_SHARE): number {
  const weights =
    files.reduce((sum, { aboutBytes }) => sum + aboutBytes, 0) +
    (kind === 'matcher' ? files[0].aboutBytes * SECOND_PASS_SHARE : 0);
  return weights * PRECISION_SHARE[precision];
}
