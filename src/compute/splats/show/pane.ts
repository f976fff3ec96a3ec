import type { ColorMapName } from '../../../core/colors/color-maps.ts';
import type { DepthKind, SplatMaps } from '../../../gaussians/raster/render.ts';
import { MAPS } from '../measure/maps.ts';

/** What a pane shows of a view. */
export type SplatPane =
  | { readonly kind: 'colour' }
  | { readonly kind: 'alpha' }
  /** In the camera's frame: right is red, up is green, towards the camera is blue. */
  | { readonly kind: 'normal' }
  /** A colour of its own for every Gaussian, where it is the pixel's strongest. */
  | { readonly kind: 'dominant' }
  /** 0 is a disc, 1 a ball. */
  | { readonly kind: 'flatness' }
  /** Cosine between surface and ray. */
  | { readonly kind: 'facing' }
  /** Gaussians of a pixel, the colour map's end at `most`. */
  | { readonly kind: 'contributors'; readonly most: number }
  /** By inverse depth, the near end bright; scene units. */
  | { readonly kind: 'depth'; readonly rule: DepthKind; readonly near: number; readonly far: number }
  /** |second − first| / first, the colour map's end at `most` (0.05 is 5 %). */
  | { readonly kind: 'difference'; readonly rules: readonly [DepthKind, DepthKind]; readonly most: number };

export const PANE_KINDS = [
  'colour',
  'alpha',
  'normal',
  'dominant',
  'flatness',
  'facing',
  'contributors',
  'depth',
  'difference',
] as const satisfies readonly SplatPane['kind'][];

/** Ways to paint a map; WGSL knows them as WAY_COLOUR and so on. */
export const WAYS = ['colour', 'value', 'whole', 'normal', 'index', 'inverse', 'difference'] as const;
type Way = (typeof WAYS)[number];

/** A pane said in planes and numbers, for both painters alike. */
export interface Painting {
  readonly way: Way;
  readonly map: number;
  readonly other: number;
  readonly colorMap: ColorMapName;
  /** Values at the colour map's ends. */
  readonly range: readonly [number, number];
}

export function paintingOf(pane: SplatPane): Painting {
  const plain = { map: 0, other: 0, colorMap: 'viridis', range: [0, 1] } as const;
  switch (pane.kind) {
    case 'colour':
      return { ...plain, way: 'colour' };
    case 'normal':
      return { ...plain, way: 'normal' };
    case 'dominant':
      return { ...plain, way: 'index', map: MAPS.dominant };
    case 'alpha':
    case 'facing':
    case 'flatness':
      return { ...plain, way: 'value', map: MAPS[pane.kind] };
    case 'contributors':
      return { ...plain, way: 'whole', map: MAPS.contributors, range: [0, pane.most] };
    case 'depth':
      return { ...plain, way: 'inverse', map: MAPS[pane.rule], colorMap: 'turbo', range: [pane.far, pane.near] };
    case 'difference': {
      const [map, other] = pane.rules.map((rule) => MAPS[rule]);
      return { way: 'difference', map, other, colorMap: 'magma', range: [0, pane.most] };
    }
  }
}

/** Whether a pane is drawn by the fast path, which knows colour alone. */
export const isColourAlone = (pane: SplatPane): boolean => pane.kind === 'colour';

/**
 * Depths between which most of a view lies: the 2 % and the 98 % of the pixels that have one.
 * For a pane's range; 0.1…10 where nothing is seen.
 */
export function depthRange({ depth, alpha }: SplatMaps, rule: DepthKind): { near: number; far: number } {
  const depths = depth[rule].filter((z, i) => z > 0 && alpha[i] > 0.5).sort();
  if (!depths.length) return { near: 0.1, far: 10 };
  const near = depths[Math.floor(0.02 * depths.length)];
  const far = depths[Math.floor(0.98 * (depths.length - 1))];
  return { near, far: Math.max(far, near * 1.001) };
}
