import type { CatalogEntry, PublishedPlace } from '../catalog-entry.ts';
import { publishedFile } from '../catalog-entry.ts';
import { RELEASES } from './releases.ts';

const HUB: PublishedPlace = { base: 'https://huggingface.co/haofeixu/depthsplat/resolve/main/', allowsPages: true };

/** Training data and ancestors, which the code's MIT licence does not cover; the weights' page states no licence of its own. */
const BASE_TERMS =
  'No commercial use: it was trained on from Depth Anything V2 Base (CC BY-NC 4.0); the authors state no licence of their own for the weights.';
const LARGE_TERMS = BASE_TERMS.replace('V2 Base', 'V2 Large');
const SMALL_TERMS =
  'The authors state no licence for the weights (code: MIT); they descend from Depth Anything V2 Small (Apache-2.0).';
const DL3DV = ' DL3DV, which it has seen, has terms of its own against commercial use.';

interface Published {
  readonly id: string;
  readonly name: string;
  /** Between `depthsplat-` and the hash. */
  readonly file: string;
  readonly hash: string;
  /** Millions of parameters. */
  readonly millions: number;
  readonly purpose: string;
  readonly terms: string;
}

const PUBLISHED: readonly Published[] = [
  {
    id: 'depthsplat-small',
    name: 'DepthSplat Small',
    file: 'gs-small-re10k-256x256-view2',
    hash: 'cfeab6b1',
    millions: 38.35,
    purpose: 'Two photos to a scene of Gaussians: the lightest, learnt on videos of rooms and houses.',
    terms: SMALL_TERMS,
  },
  {
    id: 'depthsplat-base',
    name: 'DepthSplat Base',
    file: 'gs-base-re10k-256x256-view2',
    hash: 'ca7b6795',
    millions: 120.75,
    purpose: 'Two photos to a scene of Gaussians, searched at two scales.',
    terms: BASE_TERMS,
  },
  {
    id: 'depthsplat-large',
    name: 'DepthSplat Large',
    file: 'gs-large-re10k-256x256-view2',
    hash: 'e0f0f27a',
    millions: 354.34,
    purpose: 'The most exact of the three on videos of rooms, and by far the heaviest.',
    terms: LARGE_TERMS,
  },
  {
    id: 'depthsplat-base-wide',
    name: 'DepthSplat Base, wide',
    file: 'gs-base-re10k-256x448-view2',
    hash: 'fea94f65',
    millions: 120.88,
    purpose: 'As Base, for wide photos.',
    terms: BASE_TERMS,
  },
  {
    id: 'depthsplat-base-outdoor',
    name: 'DepthSplat Base, outdoors',
    file: 'gs-base-dl3dv-256x448-randview2-6',
    hash: '02c7b19d',
    millions: 120.88,
    purpose: 'Trained on from rooms to all kinds of places (DL3DV).',
    terms: BASE_TERMS + DL3DV,
  },
  {
    id: 'depthsplat-small-fine',
    name: 'DepthSplat Small, fine',
    file: 'gs-small-re10kdl3dv-448x768-randview4-10',
    hash: 'c08188db',
    millions: 38.4,
    purpose: 'Seven times as many Gaussians; learnt with four views and more.',
    terms: SMALL_TERMS + DL3DV,
  },
  {
    id: 'depthsplat-base-fine',
    name: 'DepthSplat Base, fine',
    file: 'gs-base-re10kdl3dv-448x768-randview2-6',
    hash: 'f8ddd845',
    millions: 120.88,
    purpose: 'Seven times as many Gaussians, rooms and outdoors.',
    terms: BASE_TERMS + DL3DV,
  },
  {
    id: 'depthsplat-depth-small',
    name: 'DepthSplat depth, Small',
    file: 'depth-small-352x640-randview2-8',
    hash: 'e807bd82',
    millions: 35.53,
    purpose: 'Depth of two photos with known cameras; no Gaussians.',
    terms: SMALL_TERMS + DL3DV,
  },
  {
    id: 'depthsplat-depth-base',
    name: 'DepthSplat depth, Base',
    file: 'depth-base-352x640-randview2-8',
    hash: '65a892c5',
    millions: 111.23,
    purpose: 'Depth of two photos with known cameras; no Gaussians.',
    terms: BASE_TERMS + DL3DV,
  },
];

/** DepthSplat's files of April 2025. */
export const DEPTHSPLAT_CATALOG: readonly CatalogEntry[] = PUBLISHED.map(
  ({ file, hash, millions, ...entry }): CatalogEntry => ({
    ...entry,
    paper: {
      title: 'DepthSplat: Connecting Gaussian Splatting and Depth (CVPR 2025)',
      url: 'https://arxiv.org/abs/2410.13862',
    },
    licence: 'NOASSERTION',
    ...(entry.terms !== SMALL_TERMS && { notCommercial: true as const }),
    source: 'https://github.com/cvg/depthsplat',
    files: [{ ...publishedFile(HUB, `depthsplat-${file}-${hash}.pth`, millions), sha256: hash }],
    choices: { size: RELEASES[hash].size },
    defaultSize: 256,
  }),
);
