import type { DepthKind, SplatMaps } from '../raster/render.ts';
import { FLAT_BELOW, type SceneStatistics } from '../statistics.ts';
import type { GaussianTags } from '../table.ts';

/** The depth that labels of a scene are made of, and why. */
export interface DepthChoice {
  readonly rule: DepthKind;
  /** φ, see {@link SceneStatistics.flatness}. */
  readonly flatness: number;
  /** `tag`: the file says that it is made of discs; `asked`: somebody chose it; otherwise flatness was measured. */
  readonly because: 'tag' | 'flat' | 'round' | 'asked';
}

/**
 * Which depth is faithful. Discs lie on the surface, so that the plane of the blended normal and distance (PGSR) is met
 * exactly; thick Gaussians have no such plane (a scene of balls is off by 4.8 px there), and the ray's median is best.
 */
export function chooseDepthRule({ flatness }: Pick<SceneStatistics, 'flatness'>, { model }: GaussianTags): DepthChoice {
  if (model !== '3dgs') return { rule: 'plane', flatness, because: 'tag' };
  if (flatness < FLAT_BELOW) return { rule: 'plane', flatness, because: 'flat' };
  return { rule: 'rayMedian', flatness, because: 'round' };
}

/** What a pixel must have to carry a label. */
export interface TrustLimits {
  /** Less is seen through. */
  readonly minAlpha: number;
  /** Where expected and median depth differ by more, relative, there is more than one surface. */
  readonly maxSpread: number;
  /** Cosine between surface and ray; less is grazed. */
  readonly minFacing: number;
}

export const TRUST: TrustLimits = { minAlpha: 0.95, maxSpread: 0.01, minFacing: 0.1 };

/** A view's depth by one rule, and where it may be trusted. */
export interface TrustedDepth {
  readonly width: number;
  readonly height: number;
  /** [h, w] scene units along the axis; 0 where there is none. */
  readonly depth: ArrayLike<number>;
  /** [h, w] 1 where labels may be made of it. */
  readonly trusted: Uint8Array<ArrayBuffer>;
  /**
   * [h, w] how far the pixel's other depths lie from its ray's median, scene units: what it is blended of is that thick.
   * Absent where the depth is exact.
   */
  readonly spread?: Float32Array<ArrayBuffer>;
}

export function trustedDepth(maps: SplatMaps, rule: DepthKind, limits: TrustLimits = TRUST): TrustedDepth {
  const { width, height, alpha, facing } = maps;
  const depth = maps.depth[rule];
  const { rayExpected, rayMedian } = maps.depth;
  const trusted = new Uint8Array(width * height);
  const spread = new Float32Array(width * height);
  for (let i = 0; i < trusted.length; i++) {
    const median = rayMedian[i];
    spread[i] = Math.max(Math.abs(rayExpected[i] - median), Math.abs(depth[i] - median));
    const isOneSurface = spread[i] < limits.maxSpread * median;
    trusted[i] = depth[i] > 0 && alpha[i] >= limits.minAlpha && isOneSurface && facing[i] > limits.minFacing ? 1 : 0;
  }
  return { width, height, depth, trusted, spread };
}
