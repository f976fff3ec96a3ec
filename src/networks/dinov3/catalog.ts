import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';

const PAPER = { title: 'DINOv3', url: 'https://arxiv.org/abs/2508.10104' };

/** What the DINOv3 License of August 2025 asks and forbids. */
export const DINOV3_TERMS =
  'The DINOv3 License allows use and derivatives, commercial ones too; passing it on only under the same agreement with a copy ' +
  'of it; publications acknowledge it; no military, weapons, nuclear, espionage or ITAR use; no reverse engineering.';

/** timm's copies of Meta's files, which need no account: agreed with Meta's maintainer, with the licence beside them. */
const TIMM: PublishedPlace = { base: 'https://huggingface.co/timm/', allowsPages: true };

/** timm's name, what it is called, Meta's name and the hash in its file's, millions of parameters. */
const SIZES = [
  ['small', 's', 'ViT-S/16', 'vits16', '08c60483', 21.6],
  ['small_plus', 's-plus', 'ViT-S+/16', 'vits16plus', '4057cbaa', 28.7],
  ['base', 'b', 'ViT-B/16', 'vitb16', '73cec8be', 85.7],
  ['large', 'l', 'ViT-L/16', 'vitl16', '8aa4cbdd', 303.1],
  ['huge_plus', 'h-plus', 'ViT-H+/16', 'vith16plus', '7c1da9a5', 840.6],
] as const;

/** DINOv3's encoders but the largest (26.9 GB), the smallest first. */
export const DINOV3_CATALOG: readonly CatalogEntry[] = SIZES.map(
  ([timm, letter, size, meta, hash, millions]): CatalogEntry => ({
    id: `dinov3-${letter}`,
    name: `DINOv3 ${size}`,
    paper: PAPER,
    licence: 'LicenseRef-DINOv3-License',
    terms: DINOV3_TERMS,
    source: 'https://github.com/facebookresearch/dinov3',
    purpose:
      millions > 800
        ? 'The largest patch features that a page can hold; convert it to half precision.'
        : 'The patch features that papers compare with now, in patches of 16 pixels.',
    files: [
      publishedFile(
        TIMM,
        `vit_${timm}_patch16_dinov3.lvd1689m/resolve/main/model.safetensors`,
        millions,
        `vit_${timm}_patch16_dinov3.lvd1689m.safetensors`,
      ),
    ],
    otherNames: [`dinov3_${meta}_pretrain_lvd1689m-${hash}.pth`],
    gated: `https://huggingface.co/facebook/dinov3-${meta}-pretrain-lvd1689m`,
    defaultSize: 512,
    choices: { normalise: 'imagenet' },
  }),
);
