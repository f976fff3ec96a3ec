import type { Rect, Side, Size } from '../../../core/geometry.ts';
import type { InlierTest } from '../../../core/inlier-test.ts';
import type { Matrix3 } from '../../../core/matrix3.ts';
import type { ViewSettings } from './view.ts';

/** A homography as the stage draws by it. */
export interface Alignment {
  /** Unit coordinates of A to those of B. */
  homography: Matrix3;
  /** The part of A's plane that shows both photos whole, in A's unit coordinates. */
  canvas: Rect;
}

/** The cameras of an essential fit as the stage draws by them. */
export interface StagePose {
  /** x_b = rotation · x_a + translation. */
  rotation: Matrix3;
  translation: readonly [number, number, number];
  /** Focal lengths and principal points as shares of the photo's width and height. */
  focal: Record<Side, readonly [x: number, y: number]>;
  principal: Record<Side, readonly [x: number, y: number]>;
  /** 1 / depth (baselines) that the colours span. */
  inverseDepths: Record<Side, readonly [far: number, near: number]>;
  /** Largest distance of an inlier from where its depth projects, at focal length 1. */
  residual: number;
}

/** What the stage knows of a fitted model. */
export interface StageFit {
  inliers: InlierTest;
  /** Null for models that map points to lines. */
  alignment: Alignment | null;
  /** Absent or null for models without cameras. */
  pose?: StagePose | null;
}

const WHOLE_PHOTO: Rect = { x: 0, y: 0, width: 1, height: 1 };

/** The part of A's plane (unit) that `compare` shows by a homography; null where the dense match is compared. */
export function comparedCanvas(
  { compareBy }: Pick<ViewSettings, 'compareBy'>,
  canvas: Rect | null | undefined,
): Rect | null {
  if (!canvas || compareBy === 'match') return null;
  return compareBy === 'plane' ? WHOLE_PHOTO : canvas;
}

/** A rectangle of pixels in unit coordinates of the photo. */
export const unitRect = ({ x, y, width, height }: Rect, photo: Size): Rect => ({
  x: x / photo.width,
  y: y / photo.height,
  width: width / photo.width,
  height: height / photo.height,
});

/** Size of such a part, in pixels of a photo. */
export const canvasSize = (photo: Size, canvas: Rect): Size => ({
  width: photo.width * canvas.width,
  height: photo.height * canvas.height,
});
