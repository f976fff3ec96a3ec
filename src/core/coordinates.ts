import type { Point, Size } from './geometry.ts';

/**
 * The three coordinate systems of a photo (grid_sample's `align_corners = false`, as RoMa and L2M):
 * - normalised: [-1, 1], the edges of the photo; the first pixel's centre is −1 + 1/w;
 * - pixel: continuous, the first pixel's centre is (0.5, 0.5);
 * - unit: [0, 1], the edges of the photo; what textures and layouts use.
 */
export const normalisedToPixel = (p: Point, size: Size): Point => ({
  x: (size.width / 2) * (p.x + 1),
  y: (size.height / 2) * (p.y + 1),
});

/** Inverse of {@link normalisedToPixel}. */
export const pixelToNormalised = (p: Point, size: Size): Point => ({
  x: (2 * p.x) / size.width - 1,
  y: (2 * p.y) / size.height - 1,
});

export const unitToNormalised = (p: Point): Point => ({ x: 2 * p.x - 1, y: 2 * p.y - 1 });
export const normalisedToUnit = (p: Point): Point => ({ x: (p.x + 1) / 2, y: (p.y + 1) / 2 });

/** Where the centre of the first pixel is: (0.5, 0.5) here and in COLMAP, (0, 0) in OpenCV. */
export const FIRST_PIXELS = [0.5, 0] as const;
export type FirstPixel = (typeof FIRST_PIXELS)[number];

/** How a file counts pixels. */
export const pixelConvention = (first: FirstPixel = 0.5): string =>
  first === 0.5 ? PIXEL_CONVENTION : 'pixels; the centre of the first (top-left) pixel is at (0, 0)';

/** How every export counts pixels, unless somebody wants it otherwise. */
export const PIXEL_CONVENTION = 'pixels; the centre of the first (top-left) pixel is at (0.5, 0.5)';

/** How every export counts normalised coordinates. */
export const NORMALISED_CONVENTION =
  'normalised to [-1, 1] over the edges of the photo (align_corners = false); pixel = size / 2 * (normalised + 1)';
