import type { Side } from './geometry.ts';

/**
 * Where a list of points puts the centre of the top-left pixel: at (0.5, 0.5) as this project does (`half`), or at
 * (0, 0) as OpenCV and many annotation tools do (`integer`). `auto`: as the list itself says, else `half`.
 */
export type PixelCentre = 'half' | 'integer';

export type PixelCentreChoice = 'auto' | PixelCentre;

/** A list as the person gave it: text of a CSV or JSON file. */
export interface PointSource {
  /** Name of the file, or what the list is called in a message. */
  name: string;
  text: string;
  centre: PixelCentreChoice;
}

/** Points of one photo with their places in the other. All in pixels, the first pixel's centre at (0.5, 0.5). */
export interface PointTable {
  side: Side;
  count: number;
  /** How the list that was read put its pixels. */
  centre: PixelCentre;
  /** Names of the points; empty where the list gave none. */
  labels: string[];
  /** x, y of each point on its own photo. */
  from: Float64Array;
  /** x, y on the other photo; NaN where the point lies outside of its photo. */
  to: Float64Array;
  /** 0…1; 0 outside. */
  certainty: Float32Array;
  /** Distance after going there and back, pixels of the point's photo; NaN outside. */
  cycle: Float32Array;
  /** Points outside of their photo. */
  outside: number;
}

/** How two sets of keypoints are brought together. */
export interface KeypointOptions {
  /** Largest distance between a warped keypoint and its partner, pixels of the partner's photo. */
  maxDistance: number;
  /** Keypoints at places less certain than this have no partner. */
  minCertainty: number;
  /**
   * `forward`: A's keypoints are taken to B and must be mutually nearest there, as RoMa's match_keypoints does.
   * `both`: B's are taken to A as well, and both answers must agree.
   */
  check: 'forward' | 'both';
}

/** Pairs of keypoints; rows of indices into the two lists, in the order of A's. */
export interface KeypointTable {
  count: number;
  indexA: Uint32Array;
  indexB: Uint32Array;
  /** x_a, y_a, x_b, y_b of each pair: the keypoints themselves, pixels, the first pixel's centre at (0.5, 0.5). */
  places: Float64Array;
  /** Between A's keypoint taken to B and B's own, pixels of B. */
  distance: Float32Array;
  certainty: Float32Array;
  /** Keypoints read in each list. */
  given: Record<Side, number>;
}

export type PointExport = { kind: 'points'; table: PointTable } | { kind: 'keypoints'; table: KeypointTable };

export const MAX_POINTS = 100_000;

export const MAX_POINTS_BYTES = 16 * 2 ** 20;

/** RoMa's 0.005 in normalised coordinates (which span 2) on a photo with this longer side. */
export const defaultKeypointDistance = (longSide: number): number =>
  Math.max(1, Math.round(0.0025 * longSide * 10) / 10);
