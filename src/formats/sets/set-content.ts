import type { KnownCamera } from '../../core/camera-model.ts';
import type { Size } from '../../core/geometry.ts';
import type { TwoViewGeometry } from '../matches/colmap-tables.ts';

/** What a set of matched photos is written from. Pixels: the centre of the first one is at (0.5, 0.5). */
export interface SetContent {
  model: string;
  photos: SetPhoto[];
  /** Pairs that were matched and that a two-view geometry explains. */
  pairs: SetPairContent[];
  tracks: SetTracks;
}

export interface SetPhoto {
  name: string;
  size: Size;
  /** Focal length that the file tells, pixels. */
  focal: number | null;
  /** The camera that was measured, in the photo's pixels; it goes before the focal length. */
  camera?: KnownCamera | null;
  /** [n, 2] keypoints, shared by all pairs of the photo. */
  keypoints: Float32Array;
}

export interface SetPairContent {
  /** Numbers of the photos, the smaller first. */
  pair: readonly [i: number, j: number];
  /** [n, 2] numbers of keypoints. */
  matches: Uint32Array;
  /** Its `inliers` has one entry a match. */
  geometry: TwoViewGeometry;
}

/** Points of the scene, each with where photos show it. */
export interface SetTracks {
  count: number;
  /** [count + 1] where the observations of each track begin. */
  begins: Uint32Array;
  /** [observations] number of the photo. */
  photos: Uint32Array;
  /** [observations, 2] */
  places: Float32Array;
  /** [count] */
  certainty: Float32Array;
}
