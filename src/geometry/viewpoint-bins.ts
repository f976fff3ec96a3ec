/**
 * Bounds of the bins that viewpoints (the angle between two directions of view, degrees) are told in, on every page; the
 * last one has no upper bound but the half turn.
 */
export const VIEWPOINT_BOUNDS = [0, 15, 30, 60, 180] as const;

/** The bins as pairs of bounds; `reach` is the widest angle that is meant. */
export const viewpointBins = (reach = 180): (readonly [low: number, high: number])[] =>
  VIEWPOINT_BOUNDS.slice(0, -1).map((low, bin) => [low, Math.min(reach, VIEWPOINT_BOUNDS[bin + 1])] as const);
