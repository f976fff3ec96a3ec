import type { Camera } from '../../../core/viewer/zoom.ts';
import type { ColorMapName } from '../../../core/colors/color-maps.ts';
import type { ViewName } from '../views/index.ts';

/**
 * What the person wants to see. Everything here acts at once: changing it redraws and never runs a model.
 * params.ts declares each with its default, range, address and words.
 */
export const COMPARE_MODES = ['swipe', 'blend', 'checker', 'flicker', 'difference', 'morph'] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];

export const COLORS_BY = ['position', 'certainty', 'inliers'] as const;
export type ColorBy = (typeof COLORS_BY)[number];

/**
 * What lays B on A in the view `compare`: the dense match, or the fitted homography, on A alone or on a canvas that
 * shows both photos whole. Without a homography as `match`.
 */
export const COMPARE_BY = ['match', 'plane', 'panorama'] as const;
export type CompareBy = (typeof COMPARE_BY)[number];

export interface ViewSettings {
  view: ViewName;
  /** Certainty below this is not shown (warp fades out, heat maps turn clear, matches are not drawn). 0…1 */
  threshold: number;
  /** Cycle error above this, in pixels of the photo, counts as certainty 0. 0 switches the filter off. */
  cycleLimit: number;
  /** Opacity of heat maps over the photo. 0…1 */
  opacity: number;
  /** What shows where the warp has no certainty. */
  background: 'white' | 'black';
  colorMap: ColorMapName;
  /** Correspondences wanted, 10…10,000. */
  count: number;
  /** Seed of the sampling; the same seed and settings draw the same set. */
  seed: number;
  matchStyle: 'lines' | 'points';
  /** `inliers`: by the model that was fitted (geometry-fit.ts); without one as `position`. */
  colorBy: ColorBy;
  compareMode: CompareMode;
  compareBy: CompareBy;
  /** Position of swipe, blend and morph. 0…1 (0 = all A) */
  amount: number;
  /** Checkerboard cell as a share of A's longer side. */
  checkerSize: number;
  /** Full scale of the flow wheel and the cycle heat map, as a share of the photo's longer side. */
  flowScale: number;
  cycleScale: number;
  /** Place of `fly` on its path, 0 at A and 1 at B, and away from it, degrees. */
  flyAt: number;
  flyYaw: number;
  flyPitch: number;
  /** Id of the installed network that makes the scene; null: the match's own Gaussians. */
  flyBy: string | null;
  /** Of the scale that a network is given; null: the one that fits best. */
  flyScale: number | null;
  /** What tells depth beside the match: `estimate`, or the id of an installed depth network; null: nothing. */
  flyDepth: string | null;
  /** Whether cameras are refined by the picture before the match's own Gaussians are made. */
  flyRefine: boolean;
  camera: Camera;
}
