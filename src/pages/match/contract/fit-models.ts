/** What can be fitted: a plane's homography, epipolar geometry, or that of cameras with known focal lengths. */
export const FIT_MODELS = ['homography', 'fundamental', 'essential'] as const;
export type FitModel = (typeof FIT_MODELS)[number];

/** How models are compared; all refine each better one by least squares (LO-RANSAC). `ransac` counts inliers. */
export const FIT_METHODS = ['magsac', 'msac', 'ransac'] as const;
export type FitMethod = (typeof FIT_METHODS)[number];

/** Longer side of the photos at which thresholds are meant: a large file need not be a sharp one. */
export const MEASURED_SIDE = 640;

/** Largest residual of an inlier, pixels at a {@link MEASURED_SIDE} px long side (conventions of the field). */
export const DEFAULT_THRESHOLD: Record<FitModel, number> = { homography: 3, fundamental: 1, essential: 1 };
